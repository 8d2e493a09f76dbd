// SPDX-License-Identifier: BSL-1.0
/// Powers, and the roots of sums, against MPFR.
#include "elementary.hpp"
#include "support/catch.hpp"

#include <random>

using namespace elementary_tests;

TEST_CASE("pow is within 5 ULP of long double", "[core][elementary]") {
    std::mt19937_64 random(20260102);
    const auto unit = [&] { return std::ldexp(static_cast<long double>(random()), -64); };
    worst constant, run_time, constant_double, run_time_double;
    number a, b, exact;
    const auto try_at = [&](long double base, long double exponent) {
        mpfr_set_ld(a.value, base, MPFR_RNDN);
        mpfr_set_ld(b.value, exponent, MPFR_RNDN);
        mpfr_pow(exact.value, a.value, b.value, MPFR_RNDN);
        constant.add(distance(own::pow(base, exponent), exact.value), base);
        run_time.add(distance(elementary::pow(base, exponent), exact.value), base);
        const auto x = static_cast<double>(base), y = static_cast<double>(exponent);
        if (!(x > 0) || std::isinf(x) || std::isinf(y)) return;
        mpfr_set_d(a.value, x, MPFR_RNDN);
        mpfr_set_d(b.value, y, MPFR_RNDN);
        mpfr_pow(exact.value, a.value, b.value, MPFR_RNDN);
        constant_double.add(distance(static_cast<double>(own::pow(static_cast<long double>(x),
                                                                  static_cast<long double>(y))),
                                     exact.value),
                            base);
        run_time_double.add(distance(elementary::pow(x, y), exact.value), base);
    };
    for (int i = 0; i < 10000; ++i) {
        const auto exponent_of_base = static_cast<int>(random() % 2100) - 1070;
        const long double base = std::ldexp(1 + unit(), exponent_of_base);
        // the logarithm of the result spreads over the range of double, then of long double
        const long double target = (2 * unit() - 1) * (i % 2 == 0 ? 745 : 11450);
        try_at(base, target / std::log(base));
        const long double near_one = 1 + (2 * unit() - 1) * std::ldexp(1.0L, -(i % 60) - 1);
        if (near_one != 1) try_at(near_one, target / std::log(near_one));
        const auto whole = static_cast<long double>(random() % 40) - 20;
        try_at((i % 3 == 0 ? -1 : 1) * 20 * unit(), whole);
        try_at(unit() * 100, (2 * unit() - 1) * 4);
        try_at(std::ldexp(1 + unit(), (i * 3) % 32800 - 16440), 4 * unit() - 2);
    }
    INFO(constant.text("constant") << ", " << run_time.text("run time"));
    CHECK(constant.units <= 5);
    CHECK(run_time.units <= 16);
    INFO(constant_double.text("constant") << ", " << run_time_double.text("run time"));
    CHECK(constant_double.units <= 0.5 + 1.0 / 128);
    CHECK(run_time_double.units <= 0.5 + 1.0 / 128);
}

TEST_CASE("pow with whole exponents is exact where the result is", "[core][elementary]") {
    for (int base = -9; base <= 9; ++base) {
        long double product = 1;
        for (int exponent = 0; exponent <= 20; ++exponent) {
            CAPTURE(base, exponent);
            const auto a = static_cast<double>(base), b = static_cast<double>(exponent);
            const auto wide = own::pow(static_cast<long double>(a), static_cast<long double>(b));
            // the product is exact: 9^20 has 64 bits
            CHECK(static_cast<double>(wide) == static_cast<double>(product));
            CHECK(elementary::pow(a, b) == static_cast<double>(product));
            if (exponent <= 8) CHECK(wide == product);
            product *= base;
        }
    }
}

TEST_CASE("roots of sums neither overflow nor cancel", "[core][elementary]") {
    std::mt19937_64 random(20260103);
    const auto unit = [&] { return std::ldexp(static_cast<long double>(random()), -64); };
    worst root, conjugate;
    const auto try_at = [&](long double u, long double v, mpfr_prec_t bits) {
        number a(u, bits), b(v, bits), exact(0.0L, bits), sum(0.0L, bits);
        mpfr_sqr(exact.value, a.value, MPFR_RNDN);
        mpfr_add(exact.value, exact.value, b.value, MPFR_RNDN);
        mpfr_sqrt(exact.value, exact.value, MPFR_RNDN);
        mpfr_add(sum.value, a.value, exact.value, MPFR_RNDN);
        root.add(distance(own::root_sum_square(u, v), exact.value), u);
        conjugate.add(distance(own::conjugate_sum(u, v), sum.value), u);
    };
    for (int i = 0; i < 4000; ++i) {  // the range of double
        const auto exponent_of = [&] { return static_cast<int>(random() % 2098) - 1074; };
        const int exponent = exponent_of();
        const long double u = std::ldexp(1 + unit(), exponent);
        const long double far = std::ldexp(1 + unit(), exponent_of());
        const int near = std::clamp(2 * exponent + static_cast<int>(random() % 8) - 4, -1074, 1020);
        for (const long double v : {far, std::ldexp(1 + unit(), near), 0.0L}) {
            try_at(u, v, 6400);
            try_at(-u, v, 6400);
        }
        const long double moderate = 1 + 10 * unit();
        try_at(moderate, -unit() * moderate * moderate, 6400);
        try_at(-moderate, -unit() * moderate * moderate, 6400);
    }
    for (int i = 0; i < 60; ++i) {  // the range of long double
        const auto exponent_of = [&] { return static_cast<int>(random() % 32828) - 16444; };
        const long double u = std::ldexp(1 + unit(), exponent_of());
        const long double v = std::ldexp(1 + unit(), exponent_of());
        try_at(u, v, 100000);
        try_at(-u, v, 100000);
    }
    for (const long double u : {largest<long double>, smallest<long double>, 0.0L, 0x1p8000L}) {
        for (const long double v :
             {largest<long double>, smallest<long double>, 0.0L, 0x1p16001L}) {
            try_at(u, v, 100000);
            try_at(-u, v, 100000);
        }
    }
    try_at(0x1p8001L, -0x1p16001L, 100000);
    INFO(root.text("root_sum_square") << ", " << conjugate.text("conjugate_sum"));
    CHECK(root.units <= 2);
    CHECK(conjugate.units <= 3);
}
