// SPDX-License-Identifier: BSL-1.0
/// Numbers that carry their derivatives by N unknowns, for the equations that Newton's method solves: written
/// once, they give residual and Jacobian.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

namespace chainrule::detail {

/// v + Σ dᵢ εᵢ with εᵢ εⱼ = 0.
template<std::size_t N>
struct dual_number {
    long double value = 0;
    std::array<long double, N> slopes{};

    dual_number() = default;
    /// Without derivatives: a constant.
    dual_number(long double constant)  // NOLINT(google-explicit-constructor): 2 * d is wanted
        : value(constant) {}
    dual_number(long double v, const std::array<long double, N>& d) : value(v), slopes(d) {}

    /// The unknown number `which`.
    static dual_number unknown(long double value, std::size_t which) {
        dual_number result(value);
        result.slopes[which] = 1;
        return result;
    }

    friend dual_number operator+(const dual_number& a, const dual_number& b) {
        return combined(a.value + b.value, a, 1, b, 1);
    }
    friend dual_number operator-(const dual_number& a, const dual_number& b) {
        return combined(a.value - b.value, a, 1, b, -1);
    }
    friend dual_number operator*(const dual_number& a, const dual_number& b) {
        return combined(a.value * b.value, a, b.value, b, a.value);
    }
    friend dual_number operator/(const dual_number& a, long double divisor) {
        return combined(a.value / divisor, a, 1 / divisor, {}, 0);
    }
    friend dual_number sqrt(const dual_number& a) {
        const long double root = std::sqrt(a.value);
        return combined(root, a, 1 / (2 * root), {}, 0);
    }

    /// `value` with the slopes of u·a + v·b: what the chain rule says of a function of a and b with the partial
    /// derivatives u and v.
    static dual_number combined(long double value, const dual_number& a, long double u,
                                const dual_number& b, long double v) {
        dual_number result(value);
        for (std::size_t i = 0; i < N; ++i) result.slopes[i] = u * a.slopes[i] + v * b.slopes[i];
        return result;
    }
};

}  // namespace chainrule::detail
