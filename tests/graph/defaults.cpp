// SPDX-License-Identifier: BSL-1.0
/// What a formula knows of its symbols: names in order, defaults, and defaults that contradict.
#include <chainrule/graph/compare.hpp>
#include <chainrule/graph/describe.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/program/evaluate.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

using detail::symbols_of;

template<class F>
constexpr std::size_t count(F) {
    return symbols_of<F>::count;
}
template<class F>
constexpr bool has(F, std::string_view name) {
    return symbols_of<F>::find(name) >= 0;
}
template<class F>
constexpr double default_of(F, std::string_view name) {
    return symbols_of<F>::list[symbols_of<F>::find(name)].default_value.value;
}
template<class F>
constexpr bool conflicts(F, std::string_view name) {
    return symbols_of<F>::list[symbols_of<F>::find(name)].has_conflicting_defaults;
}

inline constexpr parameter<"k", 2.0> k;
inline constexpr parameter<"k"> plain_k;
inline constexpr parameter<"k", 3.0> other_k;

}  // namespace

TEST_CASE("the symbols of a formula") {
    STATIC_REQUIRE(count(x * k) == 2);
    STATIC_REQUIRE(has(x * k, "x"));
    STATIC_REQUIRE(has(x * k, "k"));
    STATIC_REQUIRE(!has(x * k, "beta"));
    STATIC_REQUIRE(count("x*sigmoid(beta*x) + pi"_f) == 2);
    STATIC_REQUIRE(count(2_c + pi) == 0);
    // A replaced symbol is gone.
    STATIC_REQUIRE(!has((x * k)(k = 2_c), "k"));
    STATIC_REQUIRE(!has((x * k)(2_c), "x"));
    STATIC_REQUIRE(has((x * k)(parameter<"z">{}), "z"));
    STATIC_REQUIRE(count(nest<100>(x * k)) == 2);
}

TEST_CASE("defaults") {
    STATIC_REQUIRE(default_of(x * k, "k") == 2.0);
    STATIC_REQUIRE(!detail::is_value(default_of(x * plain_k, "k")));
    STATIC_REQUIRE(default_of(x * k + plain_k, "k") == 2.0);
    STATIC_REQUIRE(default_of(plain_k + x * k, "k") == 2.0);
    STATIC_REQUIRE(default_of((x * k)(x * k), "k") == 2.0);
    STATIC_REQUIRE(default_of(derivative(x * x * k), "k") == 2.0);
    STATIC_REQUIRE(evaluate(x * k, x = 3.0) == 6.0);
    STATIC_REQUIRE(evaluate(x * k, x = 3.0, k = 5.0) == 15.0);
    STATIC_REQUIRE((x * k)(3.0) == 6.0);
    STATIC_REQUIRE(evaluate(derivative(x * x * k), x = 3.0) == 12.0);
    STATIC_REQUIRE(evaluate("k*x"_f(k = k), x = 3.0) == 6.0);
}

TEST_CASE("two different defaults of one name") {
    STATIC_REQUIRE(!conflicts(x * k, "k"));
    STATIC_REQUIRE(!conflicts(x * k + k, "k"));
    STATIC_REQUIRE(!conflicts(x * k + plain_k, "k"));
    STATIC_REQUIRE(conflicts(x * k + other_k, "k"));
    STATIC_REQUIRE(conflicts((x * k)(x * other_k), "k"));
    STATIC_REQUIRE(conflicts(derivative(x * k + x * x * other_k), "k"));
    // A value ends the contradiction.
    STATIC_REQUIRE(evaluate(x * k + other_k, x = 1.0, k = 4.0) == 8.0);
    STATIC_REQUIRE(evaluate((x * k + other_k)(k = 4_c), x = 1.0) == 8.0);
}

TEST_CASE("a default is exact if it is given as long double") {
    constexpr parameter<"sixth", 1.0L / 6> sixth;
    STATIC_REQUIRE(default_of(sixth * x, "sixth") == 1.0 / 6);
    STATIC_REQUIRE(symbols_of<decltype(sixth * x)>::list[0].default_value.residual != 0);
}
