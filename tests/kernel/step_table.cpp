// SPDX-License-Identifier: BSL-1.0
/// Long programs of elementary functions run from a table of steps, with the same bits as straight-line code;
/// long programs of plain arithmetic do not. Chains keep a few registers, however deep they are.
#include <chainrule/activations/gaussian.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/run.hpp>
#include <chainrule/op/op.hpp>

#include "kernel/arrays.hpp"

using namespace chainrule;
using namespace chainrule::literals;
using detail::kink_rule;
namespace simd = detail::simd;

namespace {

inline constexpr parameter<"beta"> beta;

template<class F>
using value_and_slope = detail::plan<std::remove_const_t<F>, true, kink_rule::usual, "x">;

inline constexpr auto swish_8 = nest<8>(x * sigmoid(beta * x));
inline constexpr auto piecewise_64 = nest<64>(x + 0.125_c * max(x, 0.25_c * x - 1.0_c));

/// One call for `group` batches of x; beta is the same for all.
template<class Plan, class V, class Run>
void run_at(const typename V::value_type* at, typename V::value_type b, Run run, V* outputs,
            int group) {
    static_assert(Plan::inputs == 2);
    const int x_position = Plan::symbols::find("x");
    V inputs[8];
    for (int g = 0; g < group; ++g) {
        inputs[2 * g + x_position] = simd::load<V>(at + g * V::lane_count);
        inputs[2 * g + 1 - x_position] = V(b);
    }
    run(inputs, outputs);
}

template<class T>
void compare_with_straight_line_code() {
    using plan = value_and_slope<decltype(swish_8)>;
    STATIC_REQUIRE(plan::outputs == 2);
    using V = simd::batch<T, simd::native_lanes<T>>;
    constexpr int group = 4;
    constexpr int size = group * V::lane_count;
    constexpr T infinity = std::numeric_limits<T>::infinity();
    const std::vector<T> special{0,
                                 -T(0),
                                 1,
                                 -1,
                                 infinity,
                                 -infinity,
                                 std::numeric_limits<T>::quiet_NaN(),
                                 std::numeric_limits<T>::denorm_min(),
                                 std::numeric_limits<T>::max()};
    for (int round = 0; round < 40; ++round) {
        alignas(64) T at[size];
        for (int i = 0; i < size; ++i) {
            const auto k = static_cast<std::size_t>(round * size + i);
            at[i] = k < special.size() ? special[k] : arrays::ordinary<T>(k);
        }
        V from_table[2 * group];
        run_at<plan, V>(
            at, T(0.75), [](const V* in, V* out) { detail::run_table<plan, T, group>(in, out); },
            from_table, group);
        for (int g = 0; g < group; ++g) {
            V straight[2];
            run_at<plan, V>(
                at + g * V::lane_count, T(0.75),
                [](const V* in, V* out) { detail::run_unrolled<plan, T, 1>(in, out); }, straight,
                1);
            for (int k = 0; k < 2; ++k) {
                for (int lane = 0; lane < V::lane_count; ++lane) {
                    const T expected = straight[k][lane];
                    const T found = from_table[2 * g + k][lane];
                    INFO("x = " << at[g * V::lane_count + lane] << ", output " << k << ": " << found
                                << ", expected " << expected);
                    const bool both_nan = expected != expected && found != found;
                    CHECK((both_nan ||
                           std::bit_cast<arrays::bits_of<T>>(expected) ==
                               std::bit_cast<arrays::bits_of<T>>(found)));
                }
            }
        }
    }
}

}  // namespace

TEST_CASE("long programs of elementary functions run from a table, others do not") {
    STATIC_REQUIRE(detail::runs_from_table<value_and_slope<decltype(swish_8)>>);
    STATIC_REQUIRE(detail::runs_from_table<value_and_slope<decltype(nest<32>(activations::gelu))>>);
    STATIC_REQUIRE_FALSE(detail::runs_from_table<value_and_slope<decltype(activations::gelu)>>);
    STATIC_REQUIRE(value_and_slope<decltype(piecewise_64)>::steps.step_count >
                   detail::longest_inlined_program);
    STATIC_REQUIRE_FALSE(detail::runs_from_table<value_and_slope<decltype(piecewise_64)>>);
    STATIC_REQUIRE(detail::batches_in_group<value_and_slope<decltype(swish_8)>, float> == 4);
}

TEST_CASE("a table has the bits of straight-line code") {
    compare_with_straight_line_code<float>();
    compare_with_straight_line_code<double>();
}

TEST_CASE("a chain keeps a few registers, however deep it is") {
    STATIC_REQUIRE(value_and_slope<decltype(nest<32>(activations::swish))>::steps.registers <= 8);
    STATIC_REQUIRE(value_and_slope<decltype(nest<96>(activations::swish))>::steps.registers <= 8);
    using slope_only = detail::plan<std::remove_const_t<decltype(nest<96>(activations::swish))>,
                                    false, kink_rule::usual, "x">;
    STATIC_REQUIRE(slope_only::steps.registers <= 8);
}
