// SPDX-License-Identifier: BSL-1.0
/// The code that the manual shows about checking derivatives (docs/how_to/check_a_derivative.md).
#include <chainrule/chainrule.hpp>
#include <chainrule/verify/catch2.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);

}  // namespace

// [check]
TEST_CASE("my activation has correct derivatives") {
    CHECK_THAT(my_swish, HasCorrectDerivatives().on(-20, 20).order(2).with(beta = 1.5));
    CHECK_THAT(my_swish, HasCorrectDerivatives().wrt(beta).with(beta = 1.5));  // with respect to β
    CHECK_THAT(x * x, HasDerivative(2_c * x).on(-3, 3));        // a derivative found by hand
    CHECK_THAT(my_swish, HasCorrectKernel().with(beta = 1.5));  // kernels agree with evaluate
}
// [/check]

TEST_CASE("a wrong derivative is found, and said where") {
    CHECK_THAT(x * x, !HasDerivative(3_c * x).on(-3, 3));
    // [without_catch2]
    const gradient_check_result result =
        check_claimed_derivative(x * x, 3_c * x, {.from = -3, .to = 3});
    if (!result.passed) std::puts(result.message().c_str());
    // [/without_catch2]
    CHECK_FALSE(result.passed);
    CHECK(result.message().find("ULP") != std::string::npos);
}
