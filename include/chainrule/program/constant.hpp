// SPDX-License-Identifier: BSL-1.0
/// The numbers of a program and the arithmetic that works constant parts of a formula out.
#pragma once

#include <chainrule/core/elementary.hpp>
#include <chainrule/core/elementary/arithmetic.hpp>

namespace chainrule::detail {

/// A number of a program, as each element type sees it: constants of users are rounded to the element
/// type before anything is computed with them, exact constants of the catalogue are not.
struct program_constant {
    long double for_float;
    long double for_double;
    long double for_long_double;
    enum class part { rounded, rest, leading, rest_of_leading };
    /// Which part is wanted: the number rounded to the type of the arithmetic or what that loses; about the
    /// leading half of its bits, sums with which lose nothing of it, or what that loses.
    part wanted = part::rounded;
    constexpr bool operator==(const program_constant&) const = default;
};

constexpr program_constant user_constant(double v) {
    return {static_cast<long double>(elementary::narrow<float>(v)), v, v};
}
constexpr program_constant exact_constant(long double v) { return {v, v, v}; }

template<class Function>
constexpr program_constant in_each_type(Function f, const program_constant& a,
                                        const program_constant& b) {
    return {f(a.for_float, b.for_float), f(a.for_double, b.for_double),
            f(a.for_long_double, b.for_long_double)};
}
constexpr program_constant times(const program_constant& a, const program_constant& b) {
    return in_each_type([](long double u, long double v) { return elementary::multiply(u, v); }, a,
                        b);
}
constexpr program_constant sum_of(const program_constant& a, const program_constant& b) {
    return in_each_type([](long double u, long double v) { return elementary::add(u, v); }, a, b);
}
/// Whether no element type rounds the sum.
constexpr bool is_exact_sum(const program_constant& a, const program_constant& b) {
    const program_constant sum = sum_of(a, b);
    auto is_exact = [](long double u, long double v, long double s) {
        return s - u == v && s - v == u;
    };
    return is_exact(a.for_float, b.for_float, sum.for_float) &&
        is_exact(a.for_double, b.for_double, sum.for_double) &&
        is_exact(a.for_long_double, b.for_long_double, sum.for_long_double) &&
        static_cast<long double>(elementary::narrow<float>(sum.for_float)) == sum.for_float &&
        static_cast<long double>(elementary::narrow<double>(sum.for_double)) == sum.for_double;
}
constexpr program_constant raised_to(const program_constant& base, double exponent) {
    return in_each_type(
        [exponent](long double u, long double) {
            if (exponent == 1) return u;
            if (exponent == -1) return elementary::divide(1.0L, u);
            if (exponent == 0.5) return elementary::square_root(u);
            if (exponent == -0.5) return elementary::divide(1.0L, elementary::square_root(u));
            return elementary::pow(u, static_cast<long double>(exponent));
        },
        base, base);
}

/// A number in front of a product: plain, as long as no constant expression (√2, 1/3) joins it.
struct coefficient {
    double plain = 1;
    program_constant rest{};
    bool has_rest = false;
};
constexpr void multiply_into(coefficient& c, const program_constant& factor) {
    c.rest = c.has_rest ? times(c.rest, factor) : factor;
    c.has_rest = true;
}
constexpr program_constant whole(const coefficient& c) {
    return !c.has_rest ? user_constant(c.plain)
        : c.plain == 1 ? c.rest
                       : times(c.rest, user_constant(c.plain));
}

}  // namespace chainrule::detail
