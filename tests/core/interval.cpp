// SPDX-License-Identifier: BSL-1.0
/// Interval arithmetic: exact where it can be, outward where it cannot, against MPFR.

#include <chainrule/core/interval.hpp>

#include "support/catch.hpp"

#include <mpfr.h>

#include <cmath>
#include <random>

using namespace chainrule;
using namespace chainrule::detail;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

static_assert(interval{1, 2}.contains(1.5) && !interval{1, 2}.contains(2.5));
static_assert(interval{1, 4}.contains(interval{2, 3}) && !interval{1, 4}.contains(interval{0, 3}));
static_assert(interval{1, 2}.width() == 1 && interval{inf, inf}.width() == 0);
static_assert(interval{1, 2}.middle() == 1.5);
static_assert((enclosure(3) / enclosure(6)).lo == 0.5L && (enclosure(3) / enclosure(6)).hi == 0.5L);
static_assert((enclosure(1) / enclosure(3)).lo < (enclosure(1) / enclosure(3)).hi);
static_assert(power(enclosure(-2, 3), 2).lo == 0 && power(enclosure(-2, 3), 2).hi == 9);
static_assert(power(enclosure(4), 0.5L).lo == 2 && power(enclosure(4), 0.5L).hi == 2);
static_assert(reciprocal(enclosure(-1, 1)).broken);
static_assert(rounded_outward(0.1L, 0.1L).lo < rounded_outward(0.1L, 0.1L).hi);
static_assert(rounded_outward(0.5L, 0.5L) == interval{0.5, 0.5});
static_assert(rounded_outward(1e-4900L, 1e4000L) == interval{0, inf});
static_assert(rounded_outward(-1e4000L, 1e4000L) == interval{-inf, inf});
static_assert(rounded_outward(1e4000L, 1e4000L).lo == std::numeric_limits<double>::max());

/// Whether low ≤ exact ≤ high.
bool encloses(const enclosure& u, mpfr_srcptr exact) {
    return mpfr_cmp_ld(exact, u.lo) >= 0 && mpfr_cmp_ld(exact, u.hi) <= 0;
}

}  // namespace

TEST_CASE("sums, products and quotients enclose the exact ones, and are exact where those are",
          "[core]") {
    std::mt19937_64 random(3);
    mpfr_t a, b, exact;
    mpfr_inits2(400, a, b, exact, static_cast<mpfr_ptr>(nullptr));
    int exact_results = 0;
    for (int i = 0; i < 60000; ++i) {
        auto number = [&] {
            const int exponent = i % 3 == 0 ? static_cast<int>(random() % 8)
                : i % 3 == 1                ? static_cast<int>(random() % 120) - 60
                                            : static_cast<int>(random() % 16000) - 8000;
            const auto digits = i % 3 == 0 ? static_cast<long double>(random() % 64) + 1
                                           : static_cast<long double>(random());
            return std::ldexp(random() % 2 == 0 ? digits : -digits, exponent);
        };
        const long double u = number(), v = number();
        mpfr_set_ld(a, u, MPFR_RNDN);
        mpfr_set_ld(b, v, MPFR_RNDN);
        auto check = [&](const enclosure& found, const char* what) {
            INFO(what << " of " << static_cast<double>(u) << " and " << static_cast<double>(v));
            const long double nearest = mpfr_get_ld(exact, MPFR_RNDN);
            if (std::abs(nearest) == unlimited || nearest == 0) return;
            REQUIRE(encloses(found, exact));
            const bool is_exact = mpfr_cmp_ld(exact, nearest) == 0;
            if (i % 3 == 0 && is_exact) {
                CHECK(found.lo == found.hi);
                ++exact_results;
            }
            CHECK(found.hi - found.lo <= 0x1p-60L * std::abs(nearest));
        };
        mpfr_set_prec(exact, 16000);
        mpfr_add(exact, a, b, MPFR_RNDN);
        mpfr_prec_round(exact, 16000, MPFR_RNDN);
        if (i % 3 != 2) check(enclosure(u) + enclosure(v), "sum");
        mpfr_set_prec(exact, 400);
        mpfr_mul(exact, a, b, MPFR_RNDN);
        check(enclosure(u) * enclosure(v), "product");
        mpfr_div(exact, a, b, MPFR_RNDN);
        check(enclosure(u) / enclosure(v), "quotient");
    }
    CHECK(exact_results > 40000);
    mpfr_clears(a, b, exact, static_cast<mpfr_ptr>(nullptr));
}

TEST_CASE("products of intervals by sign", "[core]") {
    auto same = [](const enclosure& u, long double lo, long double hi) {
        return u.lo == lo && u.hi == hi;
    };
    CHECK(same(enclosure(2, 3) * enclosure(4, 5), 8, 15));
    CHECK(same(enclosure(2, 3) * enclosure(-5, -4), -15, -8));
    CHECK(same(enclosure(-3, 2) * enclosure(4, 5), -15, 10));
    CHECK(same(enclosure(-3, 2) * enclosure(-5, 4), -12, 15));
    CHECK(same(enclosure(-3, -2) * enclosure(-5, 4), -12, 15));
    CHECK(same(enclosure(0) * enclosure(-unlimited, unlimited), 0, 0));
    CHECK(same(enclosure(0) * enclosure(unlimited), -unlimited, unlimited));  // a limit 0·inf
    CHECK(same(enclosure(unlimited) - enclosure(unlimited), -unlimited, unlimited));
    CHECK(same(enclosure(unlimited) + enclosure(1), unlimited, unlimited));
}
