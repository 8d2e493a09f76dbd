// SPDX-License-Identifier: BSL-1.0
/// Slopes of powers and logarithms of what underflows. Expected values from mpmath, 60 to 400 digits.
#include <chainrule/expr/derivative.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/verify/ulp.hpp>

#include "support/catch.hpp"

#include <limits>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

/// As number `wanted` of a kernel and alone, in float and double.
template<class T, class F>
void check_in(F f, double at, double value, double slope) {
    const std::vector<T> in(19, static_cast<T>(at));
    std::vector<T> values(in.size());
    std::vector<T> slopes(in.size());
    value_and_derivative(f, in, values, slopes);
    INFO((sizeof(T) == 4 ? "float" : "double") << " at " << at);
    CHECK(ulp_distance(evaluate(f, x = in[0]), static_cast<T>(value)) <= 1);
    CHECK(ulp_distance(evaluate(derivative(f), x = in[0]), static_cast<T>(slope)) <= 1);
    CHECK(ulp_distance(values[7], static_cast<T>(value)) <= 2);
    CHECK(ulp_distance(slopes[7], static_cast<T>(slope)) <= 2);
}
template<class F>
void check(F f, double at, double value, double slope) {
    check_in<float>(f, at, value, slope);
    check_in<double>(f, at, value, slope);
}

}  // namespace

TEST_CASE("powers of softplus where it underflows") {
    check("sqrt(softplus(x))"_f, -60, 9.3576229688401746049e-14, 4.6788114844200873025e-14);
    check("sqrt(softplus(x))"_f, -70, 6.3051167601469893856e-16, 3.1525583800734946928e-16);
    check("sqrt(softplus(x))"_f, -800, 1.915169596714005695e-174, 9.5758479835700284751e-175);
    check("sqrt(softplus(x))"_f, -1e6, 0, 0);
    check("softplus(x)^0.75"_f, -800, 2.6503965530043108163e-261, 1.9877974147532331123e-261);
    check("softplus(x)^(1/3)"_f, -1000, 1.7185916560562315404e-145, 5.7286388535207718012e-146);
    check("sqrt(softplus(-x))"_f, 800, 1.915169596714005695e-174, -9.5758479835700284751e-175);
    const double second = evaluate(derivative<2>("sqrt(softplus(x))"_f), x = -800.0);
    CHECK(ulp_distance(second, 4.7879239917850142375e-175) <= 1);
}

TEST_CASE("powers of the normal distribution function where it underflows") {
    check("sqrt(normal_cdf(x))"_f, -45, 1.2946733587472697519e-221, 2.9144521658644516739e-220);
    check("sqrt(normal_cdf(x))"_f, -1e4, 0, 0);
}

TEST_CASE("logarithms of what underflows") {
    check("log(softplus(x))"_f, -12000, -12000, 1);
    check("log(normal_cdf(x))"_f, -20, -203.91715537109726394, 20.049753068527850542);
    check("log(normal_cdf(x))"_f, -35, -616.97510126192251347, 35.02852497059668787);
    check("log(normal_cdf(x))"_f, -1000, -500007.82669481218431, 1000.00099999800001);
    check("log(normal_cdf(x))"_f, 10, -7.619853024160526066e-24, 7.6945986267064193463e-23);
    // Both are 0 or infinite where they have a limit.
    constexpr double infinity = std::numeric_limits<double>::infinity();
    CHECK(evaluate("log(normal_cdf(x))"_f, x = -infinity) == -infinity);
    CHECK(evaluate("log(normal_cdf(x))"_f, x = infinity) == 0);
    CHECK(evaluate("log(softplus(x))"_f, x = -infinity) == -infinity);
    CHECK(evaluate(derivative("log(softplus(x))"_f), x = -infinity) == 1);
}
