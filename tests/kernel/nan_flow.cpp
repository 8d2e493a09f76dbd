// SPDX-License-Identifier: BSL-1.0
/// Which selections are freed of NaN, and that outputs are NaN wherever an input is all the same.

#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr variable<"gate"> gate;
inline constexpr parameter<"alpha"> alpha;

template<class F, bool Value, fixed_string... Names>
using plan_of = detail::plan<F, Value, detail::kink_rule::usual, Names...>;

/// How many selections of a program still make NaN.
template<class Plan>
constexpr int careful() {
    int count = 0;
    for (std::size_t i = 0; i < Plan::steps.steps.size(); ++i) {
        const bool is_selection = detail::nan_flow<Plan>::is_selection(Plan::steps.steps[i]);
        if (is_selection && detail::unordered_choices<Plan>[i] == detail::unordered::nan) ++count;
    }
    return count;
}

using leaky = std::remove_const_t<decltype(select(0_c < x, x, alpha* x))>;
using ramp = std::remove_const_t<decltype(x * min(max(x, -1_c), 1_c))>;
// The arm that is taken for NaN in x says nothing of it.
using gated = std::remove_const_t<decltype(select(x < 1_c, gate, 2_c))>;
// inf - inf is NaN though no input is: the comparison must say so.
using difference = std::remove_const_t<decltype(select(x - gate < 1_c, x, gate* x))>;

}  // namespace

static_assert(careful<plan_of<leaky, true>>() == 0);
static_assert(careful<plan_of<leaky, false, "x">>() == 1);
static_assert(careful<plan_of<ramp, false, "x">>() == 0);
static_assert(careful<plan_of<gated, true>>() == 1);
static_assert(careful<plan_of<difference, true>>() == 1);

TEST_CASE("NaN in an input is NaN in every output that depends on it", "[kernel]") {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> in{nan, -2, nan, 0.5F, 3, nan, -infinity, infinity, 0};
    std::vector<float> value(in.size());
    std::vector<float> slope(in.size());
    auto check = [&](auto f) {
        value_and_derivative(f, in, value, slope);
        for (std::size_t i = 0; i < in.size(); ++i) {
            INFO(in[i] << ": " << value[i] << ", slope " << slope[i]);
            CHECK(std::isnan(value[i]) == std::isnan(in[i]));
            CHECK(std::isnan(slope[i]) == std::isnan(in[i]));
        }
    };
    check(leaky{}(alpha = 0.25_c));
    check(ramp{});
    check(activations::relu6);
    check(activations::hard_swish);
    check(activations::elu);
    check(activations::celu);
    check(activations::soft_shrink);
    check(activations::hard_tanh);
    check(select(abs(x) < 1_c, x, select(x < 0_c, -1_c, 1_c)));

    const std::vector<float> up(in.size(), 1.0F);
    for (const float a : {0.25F, -3.0F, 0.0F, infinity}) {
        forward(leaky{}, in, value, alpha = a);
        backward(leaky{}, up, x = in, grad(x) = slope, alpha = a);
        for (std::size_t i = 0; i < in.size(); ++i) {
            INFO(in[i] << " with alpha = " << a);
            CHECK(std::isnan(slope[i]) == std::isnan(in[i]));
            if (std::isnan(in[i])) CHECK(std::isnan(value[i]));
        }
    }
}

TEST_CASE("a gate that is not chosen is not looked at", "[kernel]") {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> in{0, 2, nan, nan, 0};
    const std::vector<float> gates{nan, nan, 1, nan, 5};
    std::vector<float> out(in.size());
    forward(gated{}, out, x = in, gate = gates);
    CHECK(std::isnan(out[0]));
    CHECK(out[1] == 2);
    CHECK(std::isnan(out[2]));
    CHECK(std::isnan(out[3]));
    CHECK(out[4] == 5);
}
