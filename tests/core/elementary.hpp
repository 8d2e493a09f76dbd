// SPDX-License-Identifier: BSL-1.0
/// What the tests of the elementary functions share: distances from MPFR's results.
#pragma once

#include <chainrule/core/elementary.hpp>

#include <mpfr.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>

namespace elementary_tests {

namespace elementary = chainrule::detail::elementary;
namespace own = chainrule::detail::elementary::own;

template<class T>
constexpr T infinity = std::numeric_limits<T>::infinity();
template<class T>
constexpr T not_a_number = std::numeric_limits<T>::quiet_NaN();
template<class T>
constexpr T largest = std::numeric_limits<T>::max();
template<class T>
constexpr T smallest = std::numeric_limits<T>::denorm_min();

/// Equal, with the sign of zero; NaN equals NaN.
template<class T>
constexpr bool same(T a, T b) {
    if (elementary::is_nan(a) || elementary::is_nan(b)) {
        return elementary::is_nan(a) && elementary::is_nan(b);
    }
    return a == b && elementary::sign_bit(a) == elementary::sign_bit(b);
}

/// Within 4 ULP of a value that MPFR rounded to long double.
constexpr bool close(long double a, long double b) {
    return elementary::absolute(a - b) <= 0x1p-61L * elementary::absolute(b) + 0x1p-16443L;
}

constexpr mpfr_prec_t precision = 256;

struct number {
    mpfr_t value;
    explicit number(mpfr_prec_t bits = precision) { mpfr_init2(value, bits); }
    explicit number(long double x, mpfr_prec_t bits = precision) : number(bits) {
        mpfr_set_ld(value, x, MPFR_RNDN);
    }
    number(const number&) = delete;
    number& operator=(const number&) = delete;
    ~number() { mpfr_clear(value); }
};

/// |computed - exact| in units of the last place of exact, subnormals included. What is beyond the
/// largest number counts as the power of two above it, so that inf is right from there on.
template<class T>
double distance(T computed, mpfr_srcptr exact) {
    constexpr int digits = std::numeric_limits<T>::digits;
    constexpr int limit = std::numeric_limits<T>::max_exponent;
    constexpr int lowest = std::numeric_limits<T>::min_exponent - digits;
    if (std::isnan(computed) || mpfr_nan_p(exact) != 0) {
        return std::isnan(computed) && mpfr_nan_p(exact) != 0 ? 0 : infinity<double>;
    }
    number a(static_cast<long double>(computed)), b, bound, unit;
    mpfr_set(b.value, exact, MPFR_RNDN);
    mpfr_set_ui_2exp(bound.value, 1, limit, MPFR_RNDN);
    for (mpfr_ptr each : {a.value, b.value}) {
        if (mpfr_cmpabs(each, bound.value) > 0) {
            mpfr_setsign(each, bound.value, mpfr_signbit(each), MPFR_RNDN);
        }
    }
    const long exponent = mpfr_zero_p(b.value) != 0
        ? lowest
        : std::max(static_cast<long>(mpfr_get_exp(b.value)) - digits, static_cast<long>(lowest));
    mpfr_set_ui_2exp(unit.value, 1, exponent, MPFR_RNDN);
    mpfr_sub(a.value, a.value, b.value, MPFR_RNDN);
    mpfr_div(a.value, a.value, unit.value, MPFR_RNDN);
    return std::abs(mpfr_get_d(a.value, MPFR_RNDN));
}

struct worst {
    double units = 0;
    long double at = 0;
    void add(double distance_here, long double x) {
        if (distance_here > units) {
            units = distance_here;
            at = x;
        }
    }
    std::string text(const char* what) const {
        std::ostringstream out;
        out.precision(22);
        out << what << ": " << static_cast<float>(units) << " ULP at " << at;
        return out.str();
    }
};

}  // namespace elementary_tests
