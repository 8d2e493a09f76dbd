// SPDX-License-Identifier: BSL-1.0
/// Differences of gates keep their digits around 0 and far out. Expected values from mpmath, 200 digits.
#include <chainrule/expr/derivative.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/verify/ulp.hpp>

#include "support/catch.hpp"

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
void check_in(F f, const std::vector<sample>& samples) {
    std::vector<T> in;
    for (const sample& s : samples) in.push_back(static_cast<T>(s.at));
    std::vector<T> values(in.size());
    std::vector<T> slopes(in.size());
    value_and_derivative(f, in, values, slopes);
    for (std::size_t i = 0; i < in.size(); ++i) {
        INFO((sizeof(T) == 4 ? "float" : "double") << " at " << samples[i].at);
        const T value = static_cast<T>(samples[i].value);
        const T slope = static_cast<T>(samples[i].slope);
        CHECK(ulp_distance(evaluate(f, x = in[i]), value) <= 1);
        CHECK(ulp_distance(evaluate(derivative(f), x = in[i]), slope) <= 1);
        CHECK(ulp_distance(values[i], value) <= 4);
        CHECK(ulp_distance(slopes[i], slope) <= 4);
    }
}
template<class F>
void check(F f, const std::vector<sample>& samples) {
    check_in<float>(f, samples);
    check_in<double>(f, samples);
}

}  // namespace

TEST_CASE("gelu and silu, which are x/2 + ... both") {
    const std::vector<sample> samples{
        {0x1p-30, 1.2918683518894278307e-19, 2.7742661610512561698e-10},
        {0.0078125, 9.0905452725735188292e-6, 0.0023271360487445205735},
        {-0.25, 0.0091324561992814050534, -0.071663333313438335053},
        {0.75, 0.070645461335804120635, 0.1566257772424816091},
        {-1.5, 0.17342748380624741158, -0.086175037930836581057},
        {8.0, 0.0026828010437268480626, -0.0023465512355455195835},
        {30.0, 2.8072868906517896862e-12, -2.7137106609631340013e-12},
        {-9.0, 0.001110551183876084552, 0.00098701957189739930179},
    };
    check("x*normal_cdf(x) - x*sigmoid(x)"_f, samples);
    check("x*(normal_cdf(x) - sigmoid(x))"_f, samples);
}

TEST_CASE("two gates of one kind, and two that are odd") {
    check("sigmoid(2*x) - sigmoid(x)"_f,
          {{0x1p-30, 2.3283064365386962879e-10, 0.24999999999999999962},
           {-0.5, -0.10859924742815031461, 0.15822015428136921601},
           {30.0, 9.3576229688384233028e-14, -9.3576229688366720006e-14},
           {-9.0, -0.0001233793460067189694, -0.00012334888980628729168}});
    check("tanh(x) - erf(x)"_f,
          {{4.0, -0.00067068484367505592774, 0.0013408237006791782144},
           {-9.0, 3.0459959025520697889e-8, 6.0919917123232291941e-8}});
}
