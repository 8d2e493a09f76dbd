// SPDX-License-Identifier: BSL-1.0
/// Steps with what their rounding lost: hi + lo, where a rounded argument would cost e^u its digits, and powers.
#pragma once

#include <chainrule/program/step_writer.hpp>

namespace chainrule::detail {

class carried_writer : public step_writer {
protected:
    /// A step and, where its rounding matters, the step that has what was lost.
    struct carried {
        int hi = -1;
        int lo = -1;
    };
    constexpr carried multiply(const carried& a, const carried& b) {
        if (a.hi < 0) return b;
        carried p{step<op::multiply_primitive>(a.hi, b.hi)};
        p.lo = step<op::product_error_primitive>(a.hi, b.hi, p.hi);
        if (b.lo >= 0) p.lo = step<op::multiply_add_primitive>(a.hi, b.lo, p.lo);
        if (a.lo >= 0) p.lo = step<op::multiply_add_primitive>(a.lo, b.hi, p.lo);
        return p;
    }
    constexpr carried add(const carried& a, const carried& b) {
        if (a.hi < 0) return b;
        carried s{step<op::add_primitive>(a.hi, b.hi)};
        s.lo = step<op::sum_error_primitive>(a.hi, b.hi, s.hi);
        if (a.lo >= 0) s.lo = step<op::add_primitive>(s.lo, a.lo);
        if (b.lo >= 0) s.lo = step<op::add_primitive>(s.lo, b.lo);
        return s;
    }
    constexpr carried scaled(const carried& a, double factor) {
        if (factor == 1) return a;
        auto times_factor = [&](int s) {
            if (s < 0) return s;
            return factor == -1 ? step<op::negate_primitive>(s)
                                : step<op::multiply_primitive>(number(factor), s);
        };
        double size = factor < 0 ? -factor : factor;
        while (size > 1 && size < 1e9) size /= 2;
        while (size < 1 && size > 1e-9) size *= 2;
        if (size == 1) return {times_factor(a.hi), times_factor(a.lo)};
        return multiply({number(factor)}, a);
    }
    constexpr carried carry_number(const program_constant& c) {
        carried result{number(c)};
        const bool is_exact =
            c.for_float == static_cast<long double>(elementary::narrow<float>(c.for_float)) &&
            c.for_double == static_cast<long double>(elementary::narrow<double>(c.for_double));
        program_constant rest = c;
        rest.wanted = program_constant::part::rest;
        if (!is_exact) result.lo = number(rest);
        return result;
    }

    /// base^exponent by multiplications and a root, else by pow
    constexpr int emit_power(int base, double exponent) {
        if (exponent == 1) return base;
        const double whole = elementary::floor(exponent);
        const bool has_root = exponent == whole + 0.5;
        if ((exponent != whole && !has_root) || exponent > 64)
            return step<op::pow_primitive>(base, number(exponent));
        int result = has_root ? step<op::sqrt_primitive>(base) : -1;
        const int count = static_cast<int>(whole);
        // A product of n factors has n - 1 roundings, which add up. An odd factor comes last: it has the sign of a zero.
        constexpr int most_roundings = 3;
        if (count - 1 > most_roundings) {
            const carried even = power(multiply({base}, {base}), count / 2);
            const int rounded = step<op::add_primitive>(even.hi, even.lo);
            result = result < 0 ? rounded : step<op::multiply_primitive>(result, rounded);
            return count % 2 == 0 ? result : step<op::multiply_primitive>(result, base);
        }
        int square = base;
        for (int bits = count; bits > 0; bits /= 2) {
            if (bits % 2 == 1)
                result = result < 0 ? square : step<op::multiply_primitive>(result, square);
            if (bits > 1) square = step<op::multiply_primitive>(square, square);
        }
        return result;
    }

private:
    /// base^exponent by multiplications
    constexpr carried power(carried base, int exponent) {
        carried result;
        for (; exponent > 0; exponent /= 2) {
            if (exponent % 2 == 1) result = multiply(result, base);
            if (exponent > 1) base = multiply(base, base);
        }
        return result;
    }
};

}  // namespace chainrule::detail
