// SPDX-License-Identifier: BSL-1.0
/// A function over an interval of floats as a polynomial through values in long double: a truth that costs a
/// few multiplications per float, so that all of them can be looked at.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace kernel_error {

/// The polynomial of degree 11 in t = (x - middle) * scale, |t| <= 1, through 12 Chebyshev points.
struct polynomial_fit {
    static constexpr int size = 12;
    /// Allowed distance from the function at the points between, in parts of it: 2^-16 ULP of float.
    static constexpr long double tolerance = 0x1p-40L;

    double coefficients[size]{};

    template<class Number>
    [[nodiscard]] Number at(Number t) const {
        Number result = Number(coefficients[size - 1]);
        for (int k = size - 2; k >= 0; --k) result = result * t + Number(coefficients[k]);
        return result;
    }

    struct basis {
        long double nodes[size];
        long double chebyshev[size][size];  ///< T_k at the nodes, times 2 / size
        long double monomials[size][size];  ///< of T_k
        basis() : monomials{} {
            const long double pi = std::acos(-1.0L);
            for (int i = 0; i < size; ++i) {
                const long double angle = pi * (2 * i + 1) / (2 * size);
                nodes[i] = std::cos(angle);
                for (int k = 0; k < size; ++k)
                    chebyshev[k][i] = std::cos(k * angle) * (k == 0 ? 1 : 2) / size;
            }
            monomials[0][0] = monomials[1][1] = 1;
            for (int k = 2; k < size; ++k) {
                for (int j = 0; j < size; ++j) {
                    monomials[k][j] =
                        (j > 0 ? 2 * monomials[k - 1][j - 1] : 0) - monomials[k - 2][j];
                }
            }
        }
    };
    static constexpr int probes = 6;
    static constexpr double probe_at[probes] = {-1,         -0.953125, -0.3828125,
                                                0.13671875, 0.7265625, 1};

    /// From the function's values at the nodes and at the probes; false if the probes are not met.
    bool fit(const std::array<long double, size>& values,
             const std::array<long double, probes>& between) {
        static const basis table;
        // Where a float overflows, or there is no value, that is all there is to say.
        auto all = [&](auto holds) {
            return std::all_of(values.begin(), values.end(), holds) &&
                std::all_of(between.begin(), between.end(), holds);
        };
        const double infinity = std::numeric_limits<double>::infinity();
        *this = {};
        if (all([](long double v) { return v > 0x1p129L; }))
            return coefficients[0] = infinity, true;
        if (all([](long double v) { return v < -0x1p129L; }))
            return coefficients[0] = -infinity, true;
        if (all([](long double v) { return v != v; })) return coefficients[0] = NAN, true;
        if (!all([](long double v) { return std::fabs(v) < 0x1p135L; })) return false;
        long double sums[size]{};
        for (int k = 0; k < size; ++k) {
            long double a = 0;
            for (int i = 0; i < size; ++i)
                a += table.chebyshev[k][i] * values[static_cast<std::size_t>(i)];
            for (int j = 0; j <= k; ++j) sums[j] += a * table.monomials[k][j];
        }
        for (int k = 0; k < size; ++k) coefficients[k] = static_cast<double>(sums[k]);
        for (int i = 0; i < probes; ++i) {
            const long double truth = between[static_cast<std::size_t>(i)];
            const long double error = std::fabs(static_cast<long double>(at(probe_at[i])) - truth);
            if (!(error <= tolerance * std::max(std::fabs(truth), 0x1p-126L))) return false;
        }
        return true;
    }
};

}  // namespace kernel_error
