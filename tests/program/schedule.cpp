// SPDX-License-Identifier: BSL-1.0
/// What the steps of a program look like: shared work is done once, constants are folded, registers are
/// used again.
#include <chainrule/activations/exponential_linear.hpp>
#include <chainrule/activations/gaussian.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/expr/derivative.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/program/program.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;
using detail::kink_rule;
using detail::plan;

namespace {

inline constexpr parameter<"beta"> beta;

template<class F>
using value = plan<std::remove_const_t<F>, true, kink_rule::usual>;
template<class F>
using value_and_slope = plan<std::remove_const_t<F>, true, kink_rule::usual, "x">;
template<class F>
using slope = plan<std::remove_const_t<F>, false, kink_rule::usual, "x">;
template<class F>
using all_slopes = plan<std::remove_const_t<F>, true, kink_rule::usual, "x", "beta">;

template<class Plan>
constexpr int steps(Plan = {}) {
    return Plan::steps.step_count;
}

template<class Plan>
constexpr int count(std::string_view name) {
    int found = 0;
    for (const auto& step : Plan::steps.steps)
        found += detail::primitives[static_cast<std::size_t>(step.operation)].name == name;
    return found;
}

/// No step repeats the operation of an earlier one on the same values, each reads only what was written
/// before, and each result is read later or is an output.
template<class Plan>
constexpr bool is_tidy() {
    constexpr const auto& code = Plan::steps;
    constexpr std::size_t size = static_cast<std::size_t>(code.step_count);
    // Value numbers: which step (or input, or constant) a register holds.
    std::array<int, static_cast<std::size_t>(code.registers) + 1> held{};
    held.fill(-1000000);
    for (int i = 0; i < Plan::inputs; ++i) held[static_cast<std::size_t>(i)] = -1 - i;
    std::array<std::array<int, 4>, size + 1> read{};
    std::array<bool, size + 1> used{};
    for (std::size_t s = 0; s < size; ++s) {
        const auto& step = code.steps[s];
        const auto& info = detail::primitives[static_cast<std::size_t>(step.operation)];
        for (int a = 0; a < info.arity; ++a) {
            const int place = step.arguments[a];
            if (place >= code.registers || -1 - place >= code.constant_count) return false;
            const int what = place >= 0 ? held[static_cast<std::size_t>(place)] : -1000 + place;
            if (what == -1000000) return false;
            if (what >= 0) used[static_cast<std::size_t>(what)] = true;
            read[s][static_cast<std::size_t>(a)] = what;
        }
        for (std::size_t earlier = 0; earlier < s; ++earlier) {
            if (code.steps[earlier].operation == step.operation && read[earlier] == read[s])
                return false;
        }
        if (step.target < Plan::inputs || step.target >= code.registers) return false;
        held[static_cast<std::size_t>(step.target)] = static_cast<int>(s);
    }
    for (int place : code.outputs) {
        if (place >= 0 && held[static_cast<std::size_t>(place)] >= 0)
            used[static_cast<std::size_t>(held[static_cast<std::size_t>(place)])] = true;
    }
    for (std::size_t s = 0; s < size; ++s) {
        if (!used[s]) return false;
    }
    return true;
}

}  // namespace

#define STEPS(plan_kind, formula) (steps<plan_kind<decltype(formula)>>())

// ---- number of steps -------------------------------------------------------------------------------

static_assert(STEPS(value, x) == 0);
static_assert(STEPS(value_and_slope, x) == 0);  // the slope is a constant
static_assert(STEPS(value, square(x)) == 1);
static_assert(STEPS(value_and_slope, square(x)) == 2);
static_assert(STEPS(value, "2*x + 1"_f) == 1);  // one multiply-add
static_assert(STEPS(value, "2*x + 3*x"_f) == 1);
static_assert(STEPS(value, square(x) + x) <= 2);
static_assert(STEPS(value, x - x) == 0);
static_assert(STEPS(value, pow(x, 4_c)) == 2);    // by squaring
static_assert(STEPS(value, pow(x, 8_c)) == 11);   // with what each product lost
static_assert(STEPS(value, pow(x, 0.5_c)) == 1);  // a root
static_assert(STEPS(value, "x + 2*3 - 6"_f) == 0);
static_assert(STEPS(value, "sqrt(2)*exp(1)*x"_f) == 1);
static_assert(STEPS(value, tanh(x) * tanh(x) + tanh(x)) <= 3);
static_assert(STEPS(value_and_slope, sigmoid(x)) <= 4);
static_assert(STEPS(value_and_slope, exp(x)) == 1);
static_assert(STEPS(value_and_slope, activations::gelu) <= 5);
// A sum moves into a clamp where the bounds stay exact: 0 and 1, but 0.1 + 0.3 is rounded.
static_assert(STEPS(value, "min(max(3*x, -0.5), 0.5) + 0.5"_f) == 3);
static_assert(STEPS(value, "min(max(3*x, 0.1), 0.5) + 0.3"_f) == 4);
// What is below 6 is so without its lower bound 0, but not without one of 7.
static_assert(STEPS(slope, "min(max(x, 0), 6)"_f) == 2);
static_assert(STEPS(value, "max(x, 7) < 6 ? x : 2*x"_f) == 3);
// The value of leaky_relu is x times its slope; its gradients are two selections, without products.
static_assert(STEPS(value_and_slope, "x > 0 ? x : beta*x"_f) == 2);
static_assert(STEPS(value_and_slope, "x > 0 ? x : 0.25*x"_f) == 2);
static_assert(STEPS(value_and_slope, "x > 0 ? beta*x : x"_f) == 2);
static_assert(STEPS(value, "x > 0 ? x : beta*x"_f) == 2);
static_assert(STEPS(value_and_slope, "x > 0 ? x : beta*x + 1"_f) == 3);
static_assert(STEPS(all_slopes, "x > 0 ? x : beta*x"_f) == 3);
// What a condition switches off is not multiplied by 0.
static_assert(STEPS(slope, "x*min(max(x, -1), 1)"_f) == 5);

// ---- shared work -------------------------------------------------------------------------------------

using silu_plan = value_and_slope<decltype(x * sigmoid(x))>;
static_assert(steps<silu_plan>() <= 6);
// One exponential and one division: both come from sigmoid(-|x|).
static_assert(count<silu_plan>("#exp_minus_absolute") == 1 &&
              count<silu_plan>("#sigmoid_below_zero") == 1);
static_assert(count<silu_plan>("sigmoid") == 0 && count<silu_plan>("/") == 0);
using softplus_plan = value_and_slope<decltype(softplus(x))>;
static_assert(count<softplus_plan>("#exp_minus_absolute") == 1);
using tanh_plan = value_and_slope<decltype(tanh(x))>;
// e^x - 1 of elu is needed for x <= 0 only; beside its slope it shares with e^x.
static_assert(count<value<decltype(activations::elu)>>("#expm1_below_zero") == 1);
static_assert(count<value_and_slope<decltype(activations::elu)>>("expm1") == 1);
static_assert(count<value<decltype(expm1(x) * select(0_c < x, x, expm1(x)))>>("expm1") == 1);
// An argument within [-1, 1] needs no exponential, and the slope 1 - tanh² none of its own.
using tanh_chain = value_and_slope<decltype(tanh(sin(x)))>;
static_assert(count<tanh_chain>("#tanh_of_unit") == 1 && count<tanh_chain>("#tanh_scale") == 0);
static_assert(count<value<decltype(tanh(tanh(tanh(x))))>>("#tanh_of_unit") == 2);
static_assert(count<tanh_plan>("#tanh_scale") == 1 && count<tanh_plan>("tanh") == 0 &&
              count<tanh_plan>("sech") == 0);
using mish_plan = value_and_slope<decltype(activations::mish)>;
static_assert(count<mish_plan>("#capped_exp") == 1 &&
              count<mish_plan>("#tanh_softplus_scale") == 1);
// Beside 0.1 x neither the tail of tanh(softplus(beta x)) nor the rounding of beta x counts; beside -0.1 x or alone both do.
constexpr auto mish_of_beta = x * tanh(softplus(beta * x));
using settled_plan = value_and_slope<decltype(mish_of_beta + 0.1_c * x)>;
static_assert(count<settled_plan>("#capped_exp") == 1 &&
              count<settled_plan>("#tanh_softplus_slope_pair") == 0);
static_assert(count<value<decltype(mish_of_beta + 0.01_c * x)>>("#capped_exp_pair") == 1);
static_assert(count<value<decltype(mish_of_beta - 0.1_c * x)>>("#capped_exp_pair") == 1);
static_assert(count<value_and_slope<decltype(mish_of_beta)>>("#tanh_softplus_slope_pair") == 1);
static_assert(count<value_and_slope<decltype(x * tanh(softplus(1.25_c * x)))>>(
                  "#tanh_softplus_slope_pair") == 1);
static_assert(count<value_and_slope<decltype(exp(x) * exp(x) + exp(x))>>("exp") <= 2);
static_assert(count<value_and_slope<decltype(exp(x) + beta * exp(x))>>("exp") == 1);
static_assert(count<all_slopes<decltype(x * sigmoid(beta * x))>>("#exp_minus_absolute_pair") == 1);
// The rounding of beta*x does not reach the exponential; that of 2*x does not exist.
static_assert(count<value<decltype(sigmoid(beta * x))>>("#product_error") == 1);
static_assert(count<value<decltype(sigmoid(2_c * x))>>("#product_error") == 0);
static_assert(count<value<decltype(exp(-square(x)))>>("#exp_pair") == 1);
static_assert(count<value<decltype(sigmoid(x) * sigmoid(x) + sigmoid(x) + tanh(sigmoid(x)))>>(
                  "#sigmoid_shared") == 1);

static_assert(is_tidy<silu_plan>());
static_assert(is_tidy<slope<decltype(x * sigmoid(x))>>());
static_assert(is_tidy<value_and_slope<decltype(activations::mish)>>());
static_assert(is_tidy<value_and_slope<decltype(activations::gelu_tanh)>>());
static_assert(is_tidy<all_slopes<decltype(x * sigmoid(beta * x))>>());
static_assert(is_tidy<value_and_slope<decltype(nest<8>(x * sigmoid(x)))>>());
static_assert(is_tidy<all_slopes<decltype(nest<8>(x + tanh(x * sigmoid(beta * x))))>>());

// ---- registers ------------------------------------------------------------------------------------------

static_assert(value<decltype(tanh(exp(sin(cos(x)))))>::steps.registers ==
              2);  // x and one that is reused
static_assert(value<decltype(nest<32>(tanh(x)))>::steps.registers == 2);
static_assert(value<decltype(nest<32>(x * sigmoid(x)))>::steps.registers <= 4);

// ---- constants ------------------------------------------------------------------------------------------

static_assert(count<value<decltype("sqrt(2)*x"_f)>>("sqrt") == 0);
static_assert(count<value<decltype("x*exp(2 + 1)*tanh(0.5)"_f)>>("exp") == 0);
static_assert(count<value<decltype(x * sqrt(2_c / pi))>>("/") == 0);

TEST_CASE("a program of one layer has the steps of the formula") {
    constexpr const auto& code = value<decltype("2*x + 1"_f)>::steps;
    REQUIRE(code.steps.size() == 1);
    const auto& step = code.steps[0];
    CHECK(detail::primitives[static_cast<std::size_t>(step.operation)].name == "multiply_add");
    CHECK(step.target == 1);
    CHECK(code.outputs[0] == 1);
}

TEST_CASE("the programs of a deep chain grow by the same number of steps per layer") {
    constexpr int at_8 = STEPS(value_and_slope, nest<8>(x * sigmoid(x)));
    constexpr int at_16 = STEPS(value_and_slope, nest<16>(x * sigmoid(x)));
    constexpr int at_24 = STEPS(value_and_slope, nest<24>(x * sigmoid(x)));
    CHECK(at_16 - at_8 == at_24 - at_16);
    // Two steps more than a layer needs by itself, for one exponential and one division less: e^−|u| and σ(−|u|).
    CHECK((at_16 - at_8) / 8 <= 9);
    constexpr int at_64 = STEPS(value_and_slope, nest<64>(x * sigmoid(x)));
    constexpr int at_128 = STEPS(value_and_slope, nest<128>(x * sigmoid(x)));
    constexpr int at_192 = STEPS(value_and_slope, nest<192>(x * sigmoid(x)));
    CHECK(at_128 - at_64 == at_192 - at_128);
    // The same layers put together from functions that were differentiated once.
    CHECK((at_128 - at_64) / 64 <= 7);
}

TEST_CASE("a program is the same for equal formulas") {
    CHECK(STEPS(value_and_slope, x * sigmoid(x)) == STEPS(value_and_slope, sigmoid(x) * x));
    CHECK(STEPS(value_and_slope, "x*sigmoid(x)"_f) == STEPS(value_and_slope, x / (1_c + exp(-x))));
}
