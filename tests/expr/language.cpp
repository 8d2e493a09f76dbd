// SPDX-License-Identifier: BSL-1.0
/// The language as the design promises it, line by line: symbols, numbers, text, calls, composition.
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <type_traits>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);
constexpr auto f = "x*sigmoid(beta*x)"_f;

// What the first page of the manual promises; at namespace scope, as users write it.
static_assert(f == my_swish);
static_assert(derivative(x * x, x) == 2_c * x);
constexpr auto d = derivative(my_swish);
constexpr auto db = derivative(my_swish, beta);
constexpr auto d2 = derivative<2>(my_swish, x);
constexpr auto o = my_swish(tanh(x));
constexpr auto deep = nest<50>(my_swish);
constexpr auto s = my_swish(beta = 1.5_c);
static_assert(evaluate(x * x, x = 3.0) == 9.0);
constexpr std::string_view t = to_string(d);
inline constexpr variable<"gate"> gate;
constexpr auto swiglu = sigmoid(x) * x * gate;

template<class T>
constexpr bool is_empty_value(T) {
    return std::is_empty_v<T> && std::is_trivially_copyable_v<T> &&
        std::is_trivially_default_constructible_v<T>;
}

}  // namespace

TEST_CASE("the contract") {
    STATIC_REQUIRE(d == "sigmoid(beta*x) + beta*x*sigmoid(beta*x)*(1 - sigmoid(beta*x))"_f);
    STATIC_REQUIRE(db == "x^2*sigmoid(beta*x)*(1 - sigmoid(beta*x))"_f);
    STATIC_REQUIRE(d2 == derivative(d));
    STATIC_REQUIRE(o == "tanh(x)*sigmoid(beta*tanh(x))"_f);
    STATIC_REQUIRE(s == "x*sigmoid(1.5*x)"_f);
    STATIC_REQUIRE(derivative(swiglu, gate) == x * sigmoid(x));
    STATIC_REQUIRE(!t.empty());
    CHECK(evaluate(deep, x = 0.0, beta = 1.0) == 0.0);
}

TEST_CASE("formulas are empty values") {
    STATIC_REQUIRE(is_empty_value(my_swish));
    STATIC_REQUIRE(is_empty_value(f));
    STATIC_REQUIRE(is_empty_value(d));
    STATIC_REQUIRE(is_empty_value(o));
    STATIC_REQUIRE(is_empty_value(deep));
    STATIC_REQUIRE(is_empty_value(s));
    STATIC_REQUIRE(is_empty_value(2.5_c));
    STATIC_REQUIRE(is_empty_value(pi));
    const auto copied = [] {
        auto inner = sigmoid(2_c * x);  // nothing dangles after the return
        auto outer = x * inner;
        return outer;
    }();
    CHECK(evaluate(copied, x = 0.0) == 0.0);
}

TEST_CASE("a symbol is its name") {
    STATIC_REQUIRE(variable<"beta">{} == parameter<"beta">{});
    STATIC_REQUIRE(parameter<"beta">{} == "beta"_f);
    STATIC_REQUIRE(parameter<"beta", 2.0>{} == parameter<"beta">{});
    STATIC_REQUIRE(!(parameter<"beta">{} == parameter<"gamma">{}));
    STATIC_REQUIRE(parameter<"beta">{} != parameter<"gamma">{});
    STATIC_REQUIRE(variable<"x">{} == x);
    STATIC_REQUIRE("x"_f == x);
    STATIC_REQUIRE(!("X"_f == x));
    STATIC_REQUIRE("beta_1 + _b2"_f == parameter<"_b2">{} + parameter<"beta_1">{});
}

TEST_CASE("numbers") {
    STATIC_REQUIRE(1.702_c == constant<1.702>);
    STATIC_REQUIRE(2_c == constant<2>);
    STATIC_REQUIRE(1e-3_c == 0.001_c);
    STATIC_REQUIRE(1'000_c == 1e3_c);
    STATIC_REQUIRE(.5_c == 0.5_c);
    STATIC_REQUIRE(-1_c == constant<-1.0>);
    STATIC_REQUIRE(!(0.1_c == 0.2_c));
    STATIC_REQUIRE("2.5e-3*x"_f == 2.5e-3_c * x);
    STATIC_REQUIRE("1E3"_f == 1000_c);
    STATIC_REQUIRE(".5 + 5."_f == 5.5_c);
    // == compares what is written, not how exactly it is meant.
    STATIC_REQUIRE(exact_constant<0.1L> * x == 0.1_c * x);
    STATIC_REQUIRE(evaluate(pi) == 3.141592653589793);
    STATIC_REQUIRE("pi"_f == pi);
    STATIC_REQUIRE(!(pi == 3.141592653589793_c));
}

TEST_CASE("the grammar of formula text") {
    STATIC_REQUIRE("-x^2"_f == -(x * x));
    STATIC_REQUIRE("2^3^2"_f == 512_c);
    STATIC_REQUIRE("x^-1"_f == 1_c / x);
    STATIC_REQUIRE("x^-y^2"_f == pow(x, -("y*y"_f)));
    STATIC_REQUIRE("1 - 2 - 3"_f == -4_c);
    STATIC_REQUIRE("8/4/2"_f == 1_c);
    STATIC_REQUIRE("2*-x"_f == -2_c * x);
    STATIC_REQUIRE("--x"_f == x);
    STATIC_REQUIRE("+x"_f == +x);
    STATIC_REQUIRE("  x\t*\n( x )  "_f == x * x);
    STATIC_REQUIRE("x < 0 ? -x : x"_f == select(x < 0_c, -x, x));
    STATIC_REQUIRE("x >= 0 ? 1 : 2"_f == select(x >= 0_c, 1_c, 2_c));
    STATIC_REQUIRE("select(x > 1, x, 1)"_f == select(x > 1_c, x, 1_c));
    STATIC_REQUIRE("x < 0 ? 1 : x < 1 ? 2 : 3"_f ==
                   select(x < 0_c, 1_c, select(x < 1_c, 2_c, 3_c)));
    STATIC_REQUIRE("(x < 0 ? 1 : 2)*x"_f == select(x < 0_c, 1_c, 2_c) * x);
    STATIC_REQUIRE("1 + (x < 0 ? 1 : 2)"_f == 1_c + select(x < 0_c, 1_c, 2_c));
    STATIC_REQUIRE("x < 0 ? 1 : 2 + 1"_f == select(x < 0_c, 1_c, 3_c));
    STATIC_REQUIRE("max(x, 0) + min(x, 0)"_f == max(x, 0_c) + min(x, 0_c));
    STATIC_REQUIRE("clamp(x, -1, 1)"_f == clamp(x, -1_c, 1_c));
    STATIC_REQUIRE("pow(x, a)"_f == "x^a"_f);
    STATIC_REQUIRE("neg(x)"_f == -x);
    STATIC_REQUIRE("square(x)*reciprocal(x)"_f == x);
}

TEST_CASE("composition and substitution") {
    constexpr parameter<"a"> a;
    constexpr parameter<"b"> b;
    STATIC_REQUIRE(sin(x)(cos(x)) == sin(cos(x)));
    STATIC_REQUIRE((x * a)(2_c) == 2_c * a);
    STATIC_REQUIRE(compose(sin(x), cos(x), exp(x)) == sin(cos(exp(x))));
    STATIC_REQUIRE(compose(sin(x)) == sin(x));
    STATIC_REQUIRE(!(compose(sin(x), cos(x)) == compose(cos(x), sin(x))));
    // Simultaneous: a and b change places.
    STATIC_REQUIRE((a - b)(a = b, b = a) == b - a);
    STATIC_REQUIRE((a * x + b)(x = a, a = b, b = x) == a * b + x);
    // What replaces a symbol is read outside: its x is not the x inside.
    STATIC_REQUIRE((x + a)(x = sin(x), a = x) == sin(x) + x);
    STATIC_REQUIRE((a * x)(cos(x), a = x * x) == x * x * cos(x));
    STATIC_REQUIRE((a * x)(a = a + 1_c) == (a + 1_c) * x);
    // An unused replacement changes nothing; renaming is substitution.
    STATIC_REQUIRE(sin(x)(a = 2_c) == sin(x));
    STATIC_REQUIRE(f(beta = parameter<"beta2">{}) == "x*sigmoid(beta2*x)"_f);
    // Substitution reaches through composition, text, derivatives and nest.
    STATIC_REQUIRE((a * x)(sin(x))(a = 3_c) == 3_c * sin(x));
    STATIC_REQUIRE("sin(a*x)"_f(a = 2_c) == sin(2_c * x));
    STATIC_REQUIRE(derivative(sin(a * x))(a = 2_c) == 2_c * cos(2_c * x));
    STATIC_REQUIRE(nest<2>(a * x)(a = 3_c) == 9_c * x);
    STATIC_REQUIRE((a * x)((a * x)(a = b)) == a * b * x);
    // Differentiating before or after giving a value are different things for x, and the same for others.
    STATIC_REQUIRE(derivative(x * x)(x = 3_c) == 6_c);
    STATIC_REQUIRE(derivative((x * x)(x = 3_c)) == 0_c);
    STATIC_REQUIRE(derivative((x * x * a)(a = x)) == 3_c * x * x);
    STATIC_REQUIRE(derivative(x * x * a)(a = x) == 2_c * x * x);
    STATIC_REQUIRE(derivative(x * x)(sin(x)) == 2_c * sin(x));
}

TEST_CASE("nest") {
    STATIC_REQUIRE(nest<0>(sin(x)) == x);
    STATIC_REQUIRE(nest<1>(sin(x)) == sin(x));
    STATIC_REQUIRE(nest<3>(sin(x)) == sin(sin(sin(x))));
    STATIC_REQUIRE(nest<10>(x + 1_c) == x + 10_c);
    STATIC_REQUIRE(nest<4>(x * x) == "x^16"_f);
    STATIC_REQUIRE(nest<2>(nest<3>(exp(x))) == nest<6>(exp(x)));
    STATIC_REQUIRE(nest<2>(sin(x))(cos(x)) == sin(sin(cos(x))));
    STATIC_REQUIRE(derivative(nest<2>(sin(x))) == cos(sin(x)) * cos(x));
    STATIC_REQUIRE(derivative(nest<3>(beta * x)) == "beta^3"_f);
    STATIC_REQUIRE(derivative(nest<3>(beta * x), beta) == "3*beta^2*x"_f);
}

TEST_CASE("calls with numbers evaluate") {
    constexpr auto square_plus = x * x + 1_c;
    STATIC_REQUIRE(square_plus(2.0) == 5.0);
    STATIC_REQUIRE(square_plus(2.0f) == 5.0f);
    STATIC_REQUIRE(std::is_same_v<decltype(square_plus(2.0f)), float>);
    STATIC_REQUIRE(square_plus(x = 2.0) == 5.0);
    STATIC_REQUIRE((beta * x)(2.0, beta = 3.0) == 6.0);
    STATIC_REQUIRE((beta * x)(beta = 3_c)(2.0) == 6.0);
    STATIC_REQUIRE((parameter<"gain", 4.0>{} * x)(1.0) == 4.0);
    double values[] = {0, 1, 2};
    for (double& v : values) v = square_plus(v);
    CHECK(values[2] == 5.0);
}
