// SPDX-License-Identifier: BSL-1.0
/// Kernels that agree with evaluate() pass; an allowance too small for any kernel fails with a message
/// that says where.

#include <chainrule/expr/constant.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/verify/kernel_check.hpp>

#include "support/catch.hpp"
#include "verify/contains.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);

}  // namespace

TEMPLATE_TEST_CASE("kernels agree with evaluate", "", float, double) {
    auto passes = [](auto f, auto... bindings) {
        const auto result = check_kernel<TestType>(f, {}, bindings...);
        CAPTURE(result.message());
        CHECK(result.passed);
        CHECK(result.checked > 10000);
    };
    passes(my_swish, beta = 1.5);
    passes(max(x, 0_c));
    passes("x > 0 ? x : alpha*(exp(x) - 1)"_f, parameter<"alpha">{} = 0.75);
    passes(x * x * x - x);
    passes("min(max(x/6 + 0.5, 0), 1)"_f);  // no double hits its kinks
    passes(x * sigmoid(x) * "1e-37"_f);     // subnormal float results
}

TEST_CASE("a kernel is not within a hundredth of an ULP of evaluate, and the message says where") {
    const auto result = check_kernel<float>(
        my_swish, {.from = -5, .to = 5, .points = 201, .allowed_ulps = 0.01}, beta = 1.5);
    REQUIRE_FALSE(result.passed);
    const std::string message = result.message();
    CAPTURE(message);
    CHECK_THAT(message, contains_text("elements of type float"));
    CHECK_THAT(message, contains_text("at x = " + detail::number_text(result.at)));
    CHECK_THAT(message, contains_text("gives " + detail::number_text(result.actual)));
    CHECK_THAT(message,
               contains_text("but evaluate gives " + detail::number_text(result.expected)));
    CHECK_THAT(message, contains_text(" ULP apart") && contains_text("formula: "));
    CHECK(result.ulps >= 1);
    const auto exact = evaluate(my_swish, x = static_cast<float>(result.at), beta = 1.5f);
    const bool is_value = static_cast<double>(exact) == result.expected;
    CHECK((is_value || result.verb.find("value)") == std::string::npos));
}
