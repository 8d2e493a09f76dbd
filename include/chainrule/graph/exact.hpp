// SPDX-License-Identifier: BSL-1.0
/// Arithmetic on constants that says whether it was exact. Constants are folded only when nothing is
/// rounded, so that folding never changes a formula: 2·3 becomes 6, 1/3 stays 1/3.
#pragma once

#include <chainrule/core/elementary.hpp>

namespace chainrule::detail {

struct exact_result {
    double value = 0;
    bool exact = false;
};

constexpr bool is_integer(double v) {
    return v >= -9007199254740992.0 && v <= 9007199254740992.0 &&
        static_cast<double>(static_cast<long long>(v)) == v;
}
constexpr bool is_even(double v) { return is_integer(v) && static_cast<long long>(v) % 2 == 0; }
constexpr double magnitude(double v) { return v < 0 ? -v : v; }

/// By magnitude, then by sign.
constexpr bool orders_before(double a, double b) {
    return magnitude(a) != magnitude(b) ? magnitude(a) < magnitude(b) : a < b;
}

/// Far from overflow and underflow, so that error-free transformations hold.
constexpr bool is_moderate(double v) {
    return v == 0 || (magnitude(v) < 1e140 && magnitude(v) > 1e-140);
}

constexpr exact_result exact_sum(double a, double b) {
    if (!is_moderate(a) || !is_moderate(b)) return {};
    const double sum = a + b;
    const double part = sum - a;
    return {sum, (a - (sum - part)) + (b - part) == 0};
}

/// a·b − product, exactly, for moderate numbers.
constexpr double product_error(double a, double b, double product) {
    constexpr double split = 134217729.0;  // 2^27 + 1
    const double a_high = split * a - (split * a - a);
    const double b_high = split * b - (split * b - b);
    const double a_low = a - a_high;
    const double b_low = b - b_high;
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
}

constexpr exact_result exact_product(double a, double b) {
    if (!is_moderate(a) || !is_moderate(b)) return {};
    if (a == 1) return {b, true};
    if (b == 1) return {a, true};
    const double product = a * b;
    return {product, product_error(a, b, product) == 0};
}

/// The parts of a number that is a sum of doubles, largest first, none adding anything to another: they
/// depend on the number only, not on how it was written as a sum.
template<class List>
constexpr void distil(List& parts) {
    for (bool changed = true; changed;) {
        changed = false;
        for (int i = 0; i < parts.size(); ++i) {
            for (int j = i + 1; j < parts.size(); ++j) {
                if (magnitude(parts[i]) < magnitude(parts[j])) std::swap(parts[i], parts[j]);
                if (!is_moderate(parts[i]) || !is_moderate(parts[j])) continue;
                const double high = parts[i] + parts[j];
                const double low = parts[j] - (high - parts[i]);
                if (high == parts[i]) continue;
                parts[i] = high;
                parts[j] = low;
                changed = true;
            }
        }
    }
    int kept = 0;
    for (double part : parts) {
        if (part != 0) parts[kept++] = part;
    }
    parts.resize(kept);
}

/// Adds up what can be added without rounding: pair by pair, smallest numbers first. The result is a
/// function of the numbers, not of their order.
template<class List>
constexpr void add_exactly(List& parts) {
    for (bool changed = true; changed && parts.size() > 1;) {
        changed = false;
        for (int i = 1; i < parts.size(); ++i) {
            for (int j = i; j > 0 && orders_before(parts[j], parts[j - 1]); --j)
                std::swap(parts[j], parts[j - 1]);
        }
        for (int i = 0; i < parts.size() && !changed; ++i) {
            for (int j = i + 1; j < parts.size() && !changed; ++j) {
                const exact_result total = exact_sum(parts[i], parts[j]);
                if (!total.exact) continue;
                parts[i] = total.value;
                parts.erase(j);
                changed = true;
            }
        }
    }
}

constexpr exact_result exact_quotient(double a, double b) {
    if (!is_moderate(a) || !is_moderate(b) || b == 0) return {};
    const double quotient = a / b;
    const exact_result back = exact_product(quotient, b);
    return {quotient, back.exact && back.value == a};
}

/// base^exponent where that is a number without rounding: integer powers and roots of perfect squares.
constexpr exact_result exact_power(double base, double exponent) {
    if (exponent == 0.5 && base >= 0 && is_moderate(base)) {
        const double root = elementary::square_root(base);
        const exact_result back = exact_product(root, root);
        return {root, back.exact && back.value == base};
    }
    if (!is_integer(exponent) || magnitude(exponent) > 64) return {};
    exact_result result{1, true};
    for (int i = 0; i < static_cast<int>(magnitude(exponent)) && result.exact; ++i) {
        result = exact_product(result.value, base);
    }
    if (result.exact && exponent < 0) result = exact_quotient(1, result.value);
    return result;
}

}  // namespace chainrule::detail
