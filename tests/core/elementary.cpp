// SPDX-License-Identifier: BSL-1.0
/// The elementary functions against MPFR, in constant evaluation and at run time.
#include "elementary.hpp"

#include "support/catch.hpp"

#include <random>
#include <vector>

using namespace elementary_tests;

namespace {

using reference = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

int sigmoid_exact(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t mode) {
    mpfr_neg(y, x, mode);
    mpfr_exp(y, y, mode);
    mpfr_add_ui(y, y, 1, mode);
    return mpfr_ui_div(y, 1, y, mode);
}

int softplus_exact(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t mode) {
    number e;
    mpfr_abs(e.value, x, mode);
    mpfr_neg(e.value, e.value, mode);
    mpfr_exp(e.value, e.value, mode);
    mpfr_log1p(e.value, e.value, mode);
    if (mpfr_sgn(x) > 0) return mpfr_add(y, x, e.value, mode);
    return mpfr_set(y, e.value, mode);
}

int log_sigmoid_exact(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t mode) {
    number negated;
    mpfr_neg(negated.value, x, mode);
    softplus_exact(y, negated.value, mode);
    return mpfr_neg(y, y, mode);
}

int normal_cdf_exact(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t mode) {
    number root(2.0L, 2 * precision), u(0.0L, 2 * precision);
    mpfr_sqrt(root.value, root.value, mode);
    mpfr_div(u.value, x, root.value, mode);
    mpfr_neg(u.value, u.value, mode);
    mpfr_erfc(y, u.value, mode);
    return mpfr_div_2ui(y, y, 1, mode);
}

int normal_pdf_exact(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t mode) {
    number root;
    mpfr_const_pi(root.value, mode);
    mpfr_mul_2ui(root.value, root.value, 1, mode);
    mpfr_sqrt(root.value, root.value, mode);
    mpfr_sqr(y, x, mode);
    mpfr_div_2ui(y, y, 1, mode);
    mpfr_neg(y, y, mode);
    mpfr_exp(y, y, mode);
    return mpfr_div(y, y, root.value, mode);
}

int tanh_residual_exact(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t mode) {
    if (mpfr_zero_p(x) == 0 && mpfr_get_exp(x) < -40) {  // x³ (1/3 - 2/15 x² + 17/315 x⁴)
        number square, sum(17.0L), cubic(1.0L);
        mpfr_sqr(square.value, x, mode);
        mpfr_div_ui(sum.value, sum.value, 315, mode);
        mpfr_mul(sum.value, sum.value, square.value, mode);
        mpfr_mul_ui(sum.value, sum.value, 15, mode);
        mpfr_sub_ui(sum.value, sum.value, 2, mode);
        mpfr_div_ui(sum.value, sum.value, 15, mode);
        mpfr_mul(sum.value, sum.value, square.value, mode);
        mpfr_div_ui(cubic.value, cubic.value, 3, mode);
        mpfr_add(sum.value, sum.value, cubic.value, mode);
        mpfr_mul(y, sum.value, square.value, mode);
        return mpfr_mul(y, y, x, mode);
    }
    mpfr_tanh(y, x, mode);
    return mpfr_sub(y, x, y, mode);
}

// ---------------------------------------------------------------------------- functions

using wide_function = long double (*)(long double);
using double_function = double (*)(double);

struct function {
    const char* name;
    wide_function constant;  ///< what constant evaluation computes
    wide_function run_time;
    double_function run_time_double;
    reference exact;
    std::vector<long double> edges;  ///< where the tail or the algorithm ends
};

#define CHAINRULE_ROW(name, exact, ...)                                                            \
    function {                                                                                     \
#name, own::name,                                                                          \
            [](long double                                                                         \
                   x) { return elementary::name(x); },                                             \
                                                    [](double                                      \
                                                           x) { return elementary::name(x); },     \
                                                                                            exact, \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

const std::vector<function>& functions() {
    static const std::vector<function> table = {
        CHAINRULE_ROW(square_root, mpfr_sqrt, 2, 4),
        CHAINRULE_ROW(exp, mpfr_exp, 0.34657359L, 709.782712893384L, 745.13321910194L,
                      11356.5234062941439L, 11399.4985314888L),
        CHAINRULE_ROW(expm1, mpfr_expm1, 0.34L, 36.7L, 46, 709.782712893384L, 11356.523406L),
        CHAINRULE_ROW(log, mpfr_log, 0.70710678L, 1.41421356L, 2),
        CHAINRULE_ROW(log1p, mpfr_log1p, 0.29L, 0.41L, 0.9999L),
        CHAINRULE_ROW(sin, mpfr_sin, 0.785L, 1.5707963L, 3.14159265L, 6.2831853L, 355, 1e22L,
                      0x1.6ac5b262ca1ffp849L),
        CHAINRULE_ROW(cos, mpfr_cos, 0.785L, 1.5707963L, 3.14159265L, 6.2831853L, 355, 1e22L,
                      0x1.6ac5b262ca1ffp849L),
        CHAINRULE_ROW(tan, mpfr_tan, 0.785L, 1.5707963L, 3.14159265L, 6.2831853L, 355, 1e22L,
                      0x1.6ac5b262ca1ffp849L),
        CHAINRULE_ROW(atan, mpfr_atan, 0.0625L, 0.9375L, 1.0666L, 0x1p64L, 0x1p70L),
        CHAINRULE_ROW(sinh, mpfr_sinh, 0.34L, 46, 710.4758600739439L, 11357.2165534747038L),
        CHAINRULE_ROW(cosh, mpfr_cosh, 0.34L, 46, 710.4758600739439L, 11357.2165534747038L),
        CHAINRULE_ROW(tanh, mpfr_tanh, 0.17L, 19.06L, 22.2L, 23),
        CHAINRULE_ROW(sech, mpfr_sech, 23, 710, 745.8L, 11356.5L, 11400.19L),
        CHAINRULE_ROW(asinh, mpfr_asinh, 0x1p32L, 0x1p40L),
        CHAINRULE_ROW(erf, mpfr_erf, 0.5L, 6, 6.6L),
        CHAINRULE_ROW(erfc, mpfr_erfc, 0.5L, 26.5L, 27.226L, 106.5L, 106.77L, 107),
        CHAINRULE_ROW(sigmoid, sigmoid_exact, 36, 46, 709, 745.1332L, 11355, 11399.4985L),
        CHAINRULE_ROW(softplus, softplus_exact, 36, 46, 709, 745.1332L, 11355, 11399.4985L),
        CHAINRULE_ROW(log_sigmoid, log_sigmoid_exact, 36, 46, 709, 745.1332L, 11355, 11399.4985L),
        CHAINRULE_ROW(tanh_residual, tanh_residual_exact, 1.5L, 0x1p-5400L, 0x1p-5480L),
        CHAINRULE_ROW(normal_cdf, normal_cdf_exact, 0.70710678L, 37.5L, 38.48L, 150.5L, 150.9L),
        CHAINRULE_ROW(normal_pdf, normal_pdf_exact, 37.6L, 38.58L, 150.6L, 150.97L, 160),
    };
    return table;
}

#undef CHAINRULE_ROW

/// Positive sample points; double_range leaves out what double cannot hold.
std::vector<long double> samples(const function& f, bool double_range) {
    std::mt19937_64 random(20260101);
    std::vector<long double> points = {0,
                                       1,
                                       infinity<long double>,
                                       not_a_number<long double>,
                                       smallest<double>,
                                       std::numeric_limits<double>::min(),
                                       largest<double>};
    const auto significand = [&] { return std::ldexp(static_cast<long double>(random()), -63); };
    for (int exponent = -1075; exponent < 1024; exponent += 1) {
        points.push_back(std::ldexp(significand(), exponent));
        if (exponent > -70 && exponent < 70) {
            for (int i = 0; i < 12; ++i) points.push_back(std::ldexp(significand(), exponent));
        }
    }
    for (const long double end : {1.0L, 3.0L, 12.0L, 60.0L, 160.0L, 800.0L, 12000.0L}) {
        for (int i = 0; i < 300; ++i) points.push_back(significand() * end / 2);
    }
    std::vector<long double> edges = f.edges;
    edges.push_back(1);
    for (const long double edge : edges) {
        for (int exponent = -70; exponent < -4; exponent += 3) {
            const long double away = std::ldexp(significand(), exponent);
            points.push_back(edge * (1 - away));
            points.push_back(edge * (1 + away));
        }
    }
    if (!double_range) {
        for (int exponent = -16446; exponent < 16384; exponent += 61) {
            points.push_back(std::ldexp(significand(), exponent));
        }
        for (const long double each : {smallest<long double>, largest<long double>,
                                       std::numeric_limits<long double>::min()}) {
            points.push_back(each);
        }
    }
    return points;
}

}  // namespace

// our own part holds 4 ULP; the C library is given the 16 that the evaluator needs
TEST_CASE("elementary functions are within 4 ULP of long double", "[core][elementary]") {
    if (std::numeric_limits<long double>::digits != 64) return;  // written for this format
    for (const function& f : functions()) {
        worst constant, run_time;
        number x, exact;
        for (const long double magnitude : samples(f, false)) {
            for (const long double point : {magnitude, -magnitude}) {
                mpfr_set_ld(x.value, point, MPFR_RNDN);
                f.exact(exact.value, x.value, MPFR_RNDN);
                constant.add(distance(f.constant(point), exact.value), point);
                run_time.add(distance(f.run_time(point), exact.value), point);
            }
        }
        INFO(f.name << ", " << constant.text("constant") << ", " << run_time.text("run time"));
        CHECK(constant.units <= 4);
        CHECK(run_time.units <= 16);
    }
}

TEST_CASE("elementary functions round double once", "[core][elementary]") {
    // 16 ULP of long double are 1/128 ULP of double
    constexpr double bound = 0.5 + 1.0 / 128;
    if (std::numeric_limits<long double>::digits != 64) return;
    for (const function& f : functions()) {
        worst constant, run_time;
        number x, exact;
        for (const long double magnitude : samples(f, true)) {
            for (const long double wide : {magnitude, -magnitude}) {
                const auto point = static_cast<double>(wide);
                mpfr_set_d(x.value, point, MPFR_RNDN);
                f.exact(exact.value, x.value, MPFR_RNDN);
                constant.add(distance(static_cast<double>(f.constant(point)), exact.value), wide);
                run_time.add(distance(f.run_time_double(point), exact.value), wide);
            }
        }
        INFO(f.name << ", " << constant.text("constant") << ", " << run_time.text("run time"));
        CHECK(constant.units <= bound);
        CHECK(run_time.units <= bound);
    }
}
