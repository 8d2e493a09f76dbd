// SPDX-License-Identifier: BSL-1.0
/// Sums of exponentials in logarithms and quotients, and what vanishes together with them: no overflow on the way,
/// and all digits. Expected values from mpmath, 300 to 700 digits.
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

struct sample {
    double at;
    double value;
    double slope;
};

template<class T, class F>
void check_samples_in(F f, const std::vector<sample>& samples) {
    std::vector<T> in;
    for (const sample& s : samples) in.push_back(static_cast<T>(s.at));
    std::vector<T> values(in.size());
    std::vector<T> slopes(in.size());
    std::vector<T> alone(in.size());
    value_and_derivative(f, in, values, slopes);
    forward(f, in, alone);
    for (std::size_t i = 0; i < in.size(); ++i) {
        INFO((sizeof(T) == 4 ? "float" : "double") << " at " << samples[i].at);
        const T value = static_cast<T>(samples[i].value);
        const T slope = static_cast<T>(samples[i].slope);
        CHECK(evaluate(f, x = in[i]) == value);
        CHECK(evaluate(derivative(f), x = in[i]) == slope);
        CHECK(ulp_distance(values[i], value) <= 4);
        CHECK(ulp_distance(alone[i], value) <= 4);
        CHECK(ulp_distance(slopes[i], slope) <= 4);
    }
    in.assign(1, std::numeric_limits<T>::quiet_NaN());
    values.resize(1);
    slopes.resize(1);
    value_and_derivative(f, in, values, slopes);
    CHECK(values[0] != values[0]);
    CHECK(slopes[0] != slopes[0]);
}

/// At points that are floats.
template<class F>
void check_samples(F f, const std::vector<sample>& samples) {
    check_samples_in<float>(f, samples);
    check_samples_in<double>(f, samples);
}

constexpr double inf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("logarithms of sums of exponentials") {
    check_samples("log(1 + exp(x) + exp(2*x))"_f,
                  {{-50, 1.928749847963917783018e-22, 1.928749847963917783018e-22},
                   {0.5, 1.680269670641734575856, 1.320156667829806448879},
                   {800, 1600, 2},
                   {0x1p100, 0x1p101, 2},
                   {-0x1p100, 0, 0},
                   {inf, inf, 2}});
    check_samples("log(2 + exp(x) + 3*exp(-2*x))"_f,
                  {{-900, 1801.098612288668109691, -2}, {900, 900, 1}});
    check_samples("log(exp(2*x) + exp(x))"_f, {{700, 1400, 2}, {-700, -700, 1}});
}

TEST_CASE("log(c cosh(u)) - log(c)") {
    check_samples("log(exp(x) + exp(-x)) - log(2)"_f,
                  {{0.5, 0.1201145069582775246318, 0.4621171572600097585023},
                   {-900, 899.3068528194400546906, -1},
                   {-0x1p-20, 4.547473508863951872398e-13, -9.536743164059608794207e-7}});
    check_samples("log(3*cosh(x)) - log(3)"_f,
                  {{0.5, 0.1201145069582775246318, 0.4621171572600097585023}});
}

TEST_CASE("quotients of sums of exponentials") {
    check_samples("exp(x)/(exp(x) + exp(-x) + 1)"_f,
                  {{0.5, 0.506480391055654025903, 0.3443273167341385267359},
                   {-40, 1.804851387845415164644e-35, 3.609702775690830321621e-35},
                   {80, 1, 1.804851387845415172312e-35},
                   {0x1p100, 1, 0}});
    check_samples("(exp(2*x) - exp(-x))/(exp(2*x) + exp(-x) + 2)"_f,
                  {{-3, -0.9092287177888259243326, 0.08297055638825925290588},
                   {40, 1, 7.219405551381660735254e-35},
                   {500, 1, 0},
                   {-0x1p100, -1, 0},
                   {0, 0, 0.75}});
    CHECK(evaluate(derivative<2>("log(1 + exp(x) + exp(2*x))"_f), x = 80.0) ==
          1.804851387845415172312e-35);
    CHECK(evaluate(derivative<2>("exp(x)/(exp(x) + exp(-x) + 1)"_f), x = -40.0) ==
          7.21940555138166062024e-35);
    CHECK(evaluate(derivative<2>("exp(x)/(exp(x) + exp(-x) + 1)"_f), x = 1e100) == 0);
}

TEST_CASE("complements of powers") {
    check_samples("1 - 1/(1 + exp(x))^2"_f,
                  {{-50, 3.857499695927835566034e-22, 3.857499695927835566032e-22},
                   {-2.5, 0.1459618965663517081256, 0.129571552390542224706},
                   {3, 0.9977507865533453517705, 0.00428508506996865403293}});
    check_samples("2 - 2*normal_cdf(x)^3"_f,
                  {{1.5, 0.3746603428524073693953, -0.6767414562791652752138},
                   {6, 5.91952586438605775808e-9, -3.645529702700702152948e-8}});
}

TEST_CASE("the Gudermannian and its slopes far out") {
    check_samples("atan(sinh(x))"_f, {{3, 1.471304341117192741457, 0.09932792741943320782901}});
    CHECK(evaluate(derivative<2>("atan(sinh(x))"_f), x = -80.0) == 3.609702775690830344624e-35);
    CHECK(evaluate(derivative<2>("atan(sinh(x))"_f), x = 1e6) == 0);
}
