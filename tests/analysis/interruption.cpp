// SPDX-License-Identifier: BSL-1.0
#include <chainrule/analysis/interruption.hpp>
#include <chainrule/analysis/moments.hpp>
#include <chainrule/analysis/range.hpp>
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

thread_local int calls = 0;
void count() { ++calls; }
struct enough {};
void stop() {
    if (++calls > 100) throw enough();
}

}  // namespace

TEST_CASE("the interruption is called between evaluations, and only where it is set",
          "[analysis][interruption]") {
    calls = 0;
    analysis_interruption = &count;
    const interval with = range_of(tanh(x * x)).sup;
    analysis_interruption = nullptr;
    const int seen = calls;
    CHECK(seen > 0);
    const interval without = range_of(tanh(x * x)).sup;
    CHECK(calls == seen);
    CHECK(with.lo == without.lo);
    CHECK(with.hi == without.hi);
}

TEST_CASE("an interruption that throws leaves analyses, and the next one is unharmed",
          "[analysis][interruption]") {
    const double before = moments(tanh(3_c * x), 1.0).mean.value;
    for (int i = 0; i < 2; ++i) {
        calls = 0;
        analysis_interruption = &stop;
        CHECK_THROWS_AS(moments(tanh(3_c * x), 1.0), enough);
        calls = 0;
        CHECK_THROWS_AS(range_of(sin(x) * tanh(3_c * x)), enough);
        analysis_interruption = nullptr;
    }
    CHECK(moments(tanh(3_c * x), 1.0).mean.value == before);
}
