// SPDX-License-Identifier: BSL-1.0
/// Gaussian moments against mpmath (30 digits, quad split at kinks, roots of f′ and steep places).
#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/curve.hpp>
#include <chainrule/analysis/moments.hpp>

#include "support/catch.hpp"

#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// 1e-13 relative, with a floor of 1e-15; and the error that is claimed.
void require_close(const char* what, estimate found, double expected) {
    INFO(what << ": " << found.value << " with error " << found.error << ", expected " << expected);
    if (!std::isfinite(expected)) {
        CHECK(found.value == expected);
        return;
    }
    const double gap = std::abs(found.value - expected);
    CHECK(gap <= std::max(1e-15, 1e-13 * std::abs(expected)));
    CHECK(gap <= found.error + 2e-16 * std::abs(expected) + 1e-22);
    CHECK(found.error <= std::max(1e-15, 2e-13 * std::abs(expected)));
}

struct row {
    moments_report found;
    double expected[7];  ///< E f, E f², Var f, E f′, E f′², E f″², E ln|f′|
};

}  // namespace

TEST_CASE("moments agree with mpmath") {
    const row rows[] = {
        {moments(tanh(x), 0.015625),
         {0.0, 0.015157182886973028622, 0.015157182886973028622, 0.98484281711302697138,
          0.97034856329761102985, 0.05551155587120685577, -0.015505392019681109385}},
        {moments(tanh(x), 1.0),
         {0.0, 0.39429449039784117442, 0.39429449039784117442, 0.60570550960215882558,
          0.46440290244826824197, 0.30020381200418741072, -0.7491344149828759482}},
        {moments(tanh(x), 9.0),
         {0.0, 0.74516670799342298344, 0.74516670799342298344, 0.25483329200657701656,
          0.17422932541018908424, 0.13564433006592266124, -3.6132960468063195564}},
        {moments(sigmoid(x), 0.015625),
         {0.5, 0.2509690163629513802, 0.00096901636295138020152, 0.2490309836370486198,
          0.062018280122348708122, 0.00023673043373443775985, -1.390193021135651441}},
        {moments(sigmoid(x), 1.0),
         {0.5, 0.29337903585809296274, 0.043379035858092962738, 0.20662096414190703726,
          0.044836241350194371793, 0.0047413663630954305531, -1.6121183666948795691}},
        {moments(sigmoid(x), 9.0),
         {0.5, 0.38516209522608945724, 0.13516209522608945724, 0.11483790477391054276,
          0.020750661352740366976, 0.003745077620265926696, -2.7881560863171992756}},
        {moments(activations::silu, 0.015625),
         {0.0038911091193288846844, 0.0039514393907045732329, 0.0039362986605260488243, 0.5,
          0.25384630442791413241, 0.24618291018094143945, -0.701023058521903997}},
        {moments(activations::silu, 1.0),
         {0.20662096414190703726, 0.35577551981735215623, 0.31308329699442092254, 0.5,
          0.379482351632829309, 0.14383364443789405413, -1.1089344377508590202}},
        {moments(activations::silu, 9.0),
         {1.0335411429651948849, 4.2494099877798695018, 3.1812026935780680897, 0.5,
          0.49486548411926827868, 0.057076008803985840762, -1.3583109766249300861}},
        {moments(activations::gelu, 0.015625),
         {0.0061853374832506600714, 0.0040198584446953805336, 0.003981600044913674924, 0.5,
          0.25964556097467553586, 0.61750927098060593602, -0.71366980693136926406}},
        {moments(activations::gelu, 1.0),
         {0.28209479177387814347, 0.42522148257029867492, 0.34564401102435100703, 0.5,
          0.45585086564928712211, 0.27566444771089602476, -1.1460414508101537649}},
        {moments(activations::gelu, 9.0),
         {1.1354096349090720217, 4.4454565796314073243, 3.1563015405870551045, 0.5,
          0.51123508483362378289, 0.10144649865030561528, -2.5859896376579321699}},
        {moments(softplus(x), 0.015625),
         {0.69509651056782572048, 0.48707297940627927188, 0.0039138204027118183707, 0.5,
          0.2509690163629513802, 0.062018280122348708122, -0.69509651056782572048}},
        {moments(softplus(x), 1.0),
         {0.80605918334743978453, 0.92124590885930027868, 0.27151450180055873184, 0.5,
          0.29337903585809296274, 0.044836241350194371793, -0.80605918334743978453}},
        {moments(softplus(x), 9.0),
         {1.3940780431585996378, 4.7596555257708507651, 2.8162019353539403707, 0.5,
          0.38516209522608945724, 0.020750661352740366976, -1.3940780431585996378}},
        {moments(activations::elu, 0.015625),
         {0.0036610070910714407391, 0.01425815886595070772, 0.014244755893029832347,
          0.953793222040892356, 0.91403210294773541971, 0.41403210294773541971,
          -0.049867785050179084742}},
        {moments(activations::elu, 1.0),
         {0.16052057226655604962, 0.64494541749292386306, 0.61917856337214121988,
          0.76157829186512337168, 0.66810200122317060643, 0.16810200122317060643,
          -0.39894228040143267794}},
        {moments(activations::elu, 9.0),
         {0.81834078955986020094, 4.8217514176133225151, 4.1520697697558671166,
          0.62151394835556216712, 0.56477931432444684933, 0.064779314324446849326,
          -1.1968268412042980338}},
        {moments(activations::selu, 0.015625),
         {-0.028839974883134216625, 0.028547758329053584567, 0.027716014177793772095,
          1.3231640582288404264, 1.8317236128499919578, infinite, 0.25697764193356246594}},
        {moments(activations::selu, 1.0),
         {0.0, 1.0, 1.0, 0.98523111618579640707, 1.0715749924557992576, infinite,
          -0.092096853417691127258}},
        {moments(activations::selu, 9.0),
         {0.5920910658308844182, 5.9623822752475368809, 5.6118104450107841751,
          0.73898408618541628605, 0.75221352612562476852, infinite, -0.88998141422055648314}},
        {moments(activations::hard_swish, 0.015625),
         {0.0026041666666666666667, 0.0039265950520833333333, 0.0039198133680555555556, 0.5,
          0.25173611111111111111, infinite, -infinite}},
        {moments(activations::hard_swish, 1.0),
         {0.16621670065612330182, 0.33156737513790769459, 0.30393938356090039411, 0.5,
          0.3585315171786052437, infinite, -infinite}},
        {moments(activations::hard_swish, 9.0),
         {1.0240342382056288458, 4.305497933608451315, 3.2568518125910687142, 0.5,
          0.52807567006452772328, infinite, -infinite}},
        {moments(activations::leaky_relu, 0.015625),
         {0.049369107199677293895, 0.00781328125, 0.0053759725043067715846, 0.505, 0.50005,
          infinite, -2.302585092994045684}},
        {moments(activations::leaky_relu, 1.0),
         {0.39495285759741835116, 0.50005, 0.34406224027563338141, 0.505, 0.50005, infinite,
          -2.302585092994045684}},
        {moments(activations::leaky_relu, 9.0),
         {1.1848585727922550535, 4.50045, 3.0965601624807004327, 0.505, 0.50005, infinite,
          -2.302585092994045684}},
        {moments(exp(-square(x)), 0.015625),
         {0.98473192783466186187, 0.97014250014533189408, 0.00044553044836219710593, 0.0,
          0.057067205890901876122, 3.6623718604102321676, -2.0371007838506297038}},
        {moments(exp(-square(x)), 1.0),
         {0.57735026918962576451, 0.44721359549995793928, 0.11388026216662460595, 0.0,
          0.35777087639996635143, 1.2164209797598855948, -0.94203424217079377559}},
        {moments(exp(-square(x)), 9.0),
         {0.22941573387056176591, 0.16439898730535728889, 0.11176740835798886784, 0.0,
          0.15995577143223952433, 0.48467079091630534548, -7.8434219535026840842}},
        {moments(x * sigmoid(50_c * (x - 0.7_c)), 0.015625),
         {3.2246724343483030353e-8, 4.8274844585590729889e-9, 4.8274834187078421043e-9,
          1.3222368535568654928e-6, 3.4303072898762630976e-6, 0.0029520276803654957915,
          -33.789854506154539496}},
        {moments(x * sigmoid(50_c * (x - 0.7_c)), 1.0),
         {0.31214917992943195517, 0.45726552381803525923, 0.35982841328741837388,
          0.46032475714349020204, 1.7321619176654177363, 645.09281848770330048,
          -39.83417806646596359}},
        {moments(x * sigmoid(50_c * (x - 0.7_c)), 9.0),
         {1.1646055115942809314, 4.4836547158985571018, 3.1273487182627802848,
          0.49832509734212746822, 1.0270876633916650822, 267.09943432036507401,
          -76.531248813221008538}},
        {moments(sin(x), 0.015625),
         {0.0, 0.015383382761827959076, 0.015383382761827959076, 0.99221793826024351211,
          0.98461661723817204092, 0.015383382761827959076, -0.0078748509870310463957}},
        {moments(sin(x), 1.0),
         {0.0, 0.43233235838169365405, 0.43233235838169365405, 0.6065306597126334236,
          0.56766764161830634595, 0.43233235838169365405, -0.55797962356062712458}},
        {moments(sin(x), 9.0),
         {0.0, 0.49999999238501012764, 0.49999999238501012764, 0.011108996538242306496,
          0.50000000761498987236, 0.49999999238501012764, -0.6931471653299655647}},
    };
    int number = 0;
    for (const row& r : rows) {
        INFO("row " << number++);
        require_close("mean", r.found.mean, r.expected[0]);
        require_close("second moment", r.found.second_moment, r.expected[1]);
        require_close("variance", r.found.variance, r.expected[2]);
        require_close("slope mean", r.found.slope_mean, r.expected[3]);
        require_close("slope second moment", r.found.slope_second_moment, r.expected[4]);
        require_close("curvature second moment", r.found.curvature_second_moment, r.expected[5]);
        require_close("log slope", r.found.log_slope, r.expected[6]);
    }
}

TEST_CASE("gains are what they are said to be") {
    const auto relu = moments(activations::relu, 1.0);
    require_close("He", relu.gain, 1.41421356237309504880);
    require_close("He, backward", relu.backward_gain, 1.41421356237309504880);
    CHECK(relu.variance_gain.value ==
          Approx(1.71285855).epsilon(1e-8));  // (1/2 − 1/2π)^(-1/2); NFNet's 1.71396 is a sample
    // √(2/(1 + 0.01²))
    require_close("leaky", moments(activations::leaky_relu, 1.0).gain, 1.414142856997835350);
    // 1/√0.39429449039784119…; torch's 5/3 is neither this nor the backward gain.
    CHECK(moments(tanh(x), 1.0).gain.value == Approx(1.5925374197228312).epsilon(1e-12));
    CHECK(moments(tanh(x), 1.0).backward_gain.value == Approx(1.467413591630795).epsilon(1e-12));
}

TEST_CASE("small and large variances, closed forms") {
    for (const double q : {1e-6, 1e-3, 0.3, 2.0, 57.0, 1e4}) {
        const auto relu = moments(activations::relu, q);
        require_close("relu", relu.mean, std::sqrt(q) * 0.39894228040143267794);
        require_close("relu", relu.second_moment, q / 2);
        // 2/π asin(2q/(1 + 2q)); E erf′² = 4/π / √(1 + 4q)
        const auto error_function = moments(erf(x), q);
        require_close("erf", error_function.mean, 0);
        require_close("erf", error_function.slope_second_moment,
                      1.2732395447351626862 / std::sqrt(1 + 4 * q));
        CHECK(error_function.second_moment.value ==
              Approx(0.63661977236758134308 * std::asin(2 * q / (1 + 2 * q))).epsilon(1e-12));
        // sin: E f² = (1 − e^(−2q))/2
        require_close("sin", moments(sin(x), q).second_moment, -std::expm1(-2 * q) / 2);
        // Var sigmoid, q → 0: q/16 to first order, no cancellation against E f = 1/2
        if (q == 1e-6)
            CHECK(moments(sigmoid(x), q).variance.value ==
                  Approx(6.249996875002213539648e-8).epsilon(1e-12));
    }
    // E e^x = e^(q/2), E e^(2x) = e^(2q): weight far out in the tail
    require_close("exp", moments(exp(x), 40.0).mean, 485165195.40979027797);
    require_close("exp", moments(exp(x), 40.0).second_moment, 5.5406223843935100525e34);
    CHECK(moments(exp(x), 1e4).second_moment.value == infinite);
    CHECK(moments(exp(square(x)), 1.0).mean.value == infinite);
}

TEST_CASE("kinks, jumps and dead zones are said so") {
    CHECK(moments(activations::relu, 1.0).has_kink);
    CHECK(moments(activations::relu, 1.0).curvature_second_moment.value == infinite);
    CHECK(moments(activations::relu, 1.0).log_slope.value == -infinite);
    CHECK_FALSE(moments(activations::relu, 1.0).has_jump);
    CHECK(moments(activations::hard_tanh, 1e-6).curvature_second_moment.value == infinite);
    const auto shrink = moments(activations::hard_shrink, 1.0);
    CHECK(shrink.has_jump);
    require_close("almost everywhere", shrink.slope_second_moment,
                  0.61707507745197379);  // erfc(1/√8)
    const auto softsign = moments(activations::softsign, 1.0);
    CHECK_FALSE(softsign.has_kink);
    CHECK_FALSE(softsign.has_jump);
    CHECK(std::isfinite(softsign.curvature_second_moment.value));
    const auto round_off = moments(round(x), 1.0);
    CHECK(round_off.has_jump);
    CHECK(round_off.log_slope.value == -infinite);
    // A double root of f′ without a change of sign: E ln 3x² = ln 3 − (γ + ln 2)
    require_close("cube", moments(x * x * x, 1.0).log_slope, -0.171750556793368478628);
    // Double roots of f′, next to which its formula cancels; 20 digits with mpmath, from 1 + cos x = 2 cos² x/2.
    require_close("x + sin x", moments(x + sin(x), 1.0).log_slope, 0.39181860759806697830);
    require_close("tanh of it", moments(tanh(x + sin(x)), 1.0).log_slope, -1.2904285056932785128);
    require_close("x + cos 3x / 3", moments(x + cos(3_c * x) / 3_c, 2.0).log_slope,
                  -0.69314718055994507746);
    CHECK(std::isnan(moments(log(x), 1.0).mean.value));
    CHECK(std::isnan(moments(log(x), 1.0).slope_second_moment.value));
    // f′ of gelu is less than any long double at x = -160, but not 0.
    CHECK(std::isnan(moments(activations::gelu, 1000.0).log_slope.value));
    CHECK(std::isfinite(moments(activations::gelu, 20.0).log_slope.value));
}

TEST_CASE("narrow places far from 0 are seen") {
    // exp(−(w(x − 3/2))²): closed forms, by completing the square; 20 digits with mpmath.
    const auto needle = exp(-square(10000_c * (x - 1.5_c)));
    const auto bump = exp(-square(100_c * (x - 1.5_c)));
    // tanh(30·tanh(30x − 10)): Gauss–Legendre panels split around 1/3 ± 4^k/2000, numpy in long double.
    const auto nested = tanh(30_c * tanh(30_c * x - 10_c));
    const row rows[] = {
        {moments(needle, 1.0),
         {0.000022956396191542073983, 0.000016232623393280960433, 0.000016232096397154857386,
          0.000034434594115140140399, 1623.2623444007908182, 486978702812.96776246, 0}},
        {moments(needle, 100.0),
         {6.9919640915323241247e-6, 4.9440652229957549582e-6, 4.9440163354338976807e-6,
          1.048794613677408888e-7, 494.40652228749343643, 148321956687.45623687, 0}},
        {moments(bump, 1.0),
         {0.002295711346817543907, 0.0016232876995762030383, 0.0016180174089882962169,
          0.0034433948504837916709, 16.23338423766018789, 486996.45415919602463, 0}},
        {moments(nested, 1.0),
         {-0.26111719157700730154, 0.99916060163523079396, 0.93097841389816726743,
          0.75476611389404790753, 452.69753493867978023, 293463983.70154690742, 0}},
    };
    for (const row& r : rows) {
        require_close("mean", r.found.mean, r.expected[0]);
        require_close("second moment", r.found.second_moment, r.expected[1]);
        require_close("variance", r.found.variance, r.expected[2]);
        require_close("slope mean", r.found.slope_mean, r.expected[3]);
        require_close("slope second moment", r.found.slope_second_moment, r.expected[4]);
        require_close("curvature second moment", r.found.curvature_second_moment, r.expected[5]);
    }
    // σ tanh(x/σ), σ = 1e-8: E f² = σ² − …, E f′² from the same panels around 0.
    const auto tiny = moments(0.00000001_c * tanh(100000000_c * x), 1.0);
    require_close("tiny", tiny.slope_mean, 7.9788456080286533353e-09);
    require_close("tiny", tiny.slope_second_moment, 5.3192304053524352811e-09);
    CHECK(tiny.second_moment.value == Approx(9.9999999202115436e-17).epsilon(1e-14));
}

TEST_CASE("a slope too small for any number is not a dead zone") {
    CHECK(std::isnan(moments(tanh(1000_c * x), 1.0).log_slope.value));
    CHECK(std::isnan(moments(exp(-square(100_c * (x - 1.5_c))), 1.0).log_slope.value));
    CHECK(moments(max(tanh(1000_c * x), 0_c), 1.0).log_slope.value == -infinite);
}

TEST_CASE("the slope of a root, and the logarithm of a slope") {
    // mpmath, and closed forms: E √max(x, 0), its slope, E ln f′ = -E(x + e^-x) = -√e.
    const auto root = moments("sqrt(max(x, 0))"_f, 1.0);
    CHECK(std::fabs(root.mean.value - 0.41108947933122928) <= 1e-15);
    CHECK(std::fabs(root.slope_mean.value - 0.43001999366225976) <= 2e-14);
    CHECK(root.slope_mean.error <= 1e-13);
    CHECK(std::isinf(root.slope_second_moment.value));
    CHECK(root.log_slope.value == -std::numeric_limits<double>::infinity());
    // Some arguments round to a root of f′, where the formula gives 0.
    const auto peak = moments("x/(1 + abs(x))^2"_f, 1.0);
    CHECK(std::fabs(peak.log_slope.value + 2.5562808197409700) <= 1e-13 * 2);
    // f′ underflows beyond -9.3, which 5e-21 of N(0, 1) are.
    const auto gumbel = moments("exp(-exp(-x))"_f, 1.0);
    CHECK(std::fabs(gumbel.log_slope.value + 1.6487212707001282) <= gumbel.log_slope.error);
    CHECK(gumbel.log_slope.error <= 1e-13);
    CHECK(std::isnan(moments("exp(-exp(-x))"_f, 4.0).log_slope.value));
}

TEST_CASE("poles") {
    // E √|x| = 2^(1/4) Γ(3/4)/√π; E f′² = E 1/(4|x|) is infinite, E f′ is not.
    const auto root = moments(sqrt(abs(x)), 1.0);
    require_close("square root", root.mean, 0.822178958662458552336604770605);
    CHECK(std::abs(root.slope_mean.value) <= 1e-9);
    CHECK(root.slope_second_moment.value == infinite);
    // E ln²|x| = (γ + ln 2)²/4 + π²/8
    const auto logarithm = moments(log(abs(x)), 1.0);
    require_close("logarithm", logarithm.second_moment, 1.6371559899184156941459306074);
    CHECK(logarithm.slope_second_moment.value == infinite);
    const auto tangent = moments(tan(x), 1.0);
    CHECK(std::isnan(tangent.mean.value));
    CHECK(tangent.second_moment.value == infinite);
    CHECK(moments(1_c / x, 1.0).second_moment.value == infinite);
}

TEST_CASE("numbers that double does not hold stand in a graph once") {
    // The report puts alpha = 1/10 into the graph: as a number and what rounding it lost.
    const auto closed = detail::closed_formula_of<std::decay_t<decltype(activations::isru)>>();
    const detail::analysed_function f(closed.nodes, closed.root, {"x"}, {0.0L});
    CHECK(static_cast<double>(f.value(1)) == Approx(1 / std::sqrt(1.1)).epsilon(1e-15));
    CHECK(static_cast<double>(f.value_and_slope(1)[1]) ==
          Approx(std::pow(1.1, -1.5)).epsilon(1e-15));
}

TEST_CASE("moments of a formula with parameters and of a chain") {
    const auto given = moments(activations::swish(parameter<"beta">{} = 2_c), 1.0);
    const auto scaled = moments(x * sigmoid(2_c * x), 1.0);
    CHECK(given.mean.value == scaled.mean.value);
    CHECK(moments(nest<20>(activations::silu), 1.0).slope_second_moment.value > 0);
    CHECK(moments(derivative(activations::gelu), 1.0).mean.value == Approx(0.5).epsilon(1e-14));
}

TEST_CASE("a product of two functions beside a selection, as elish") {
    // Its inner slopes, taken unsimplified, once made a program that wrote beside its memory. mpmath quad, 30 digits.
    const auto m = moments(activations::elish, 1.0);
    CHECK(m.mean.value == Approx(0.23921673940376913).epsilon(1e-13));
    CHECK(m.second_moment.value == Approx(0.34306728013594963).epsilon(1e-13));
}

TEST_CASE("the rounding of a difference of equals is in the errors") {
    const auto m = moments(activations::gelu_tanh - activations::gelu, 1.0);  // even
    CHECK(m.slope_mean.error >= std::fabs(m.slope_mean.value));
    CHECK(m.slope_mean.error < 1e-18);
}

TEST_CASE("a variance that is none is refused") {
    CHECK_THROWS_WITH(moments(tanh(x), -1.0),
                      "chainrule: the variance of the input is -1.000000; give a finite number "
                      "that is not negative");
    CHECK_THROWS(moments(tanh(x), std::numeric_limits<double>::quiet_NaN()));
    CHECK_THROWS(moments(tanh(x), infinite));
}

TEST_CASE("the quadrature nodes are those of Boost") {
    const auto& nodes = boost::math::quadrature::gauss_kronrod<long double, 31>::abscissa();
    const auto& weights = boost::math::quadrature::gauss_kronrod<long double, 31>::weights();
    const auto& gauss = boost::math::quadrature::gauss<long double, 15>::weights();
    REQUIRE(nodes.size() == detail::kronrod_nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        CHECK(std::abs(nodes[i] - detail::kronrod_nodes[i]) < 1e-19L);
        CHECK(std::abs(weights[i] - detail::kronrod_weights[i]) < 1e-19L);
    }
    REQUIRE(gauss.size() == detail::gauss_weights.size());
    for (std::size_t i = 0; i < gauss.size(); ++i)
        CHECK(std::abs(gauss[i] - detail::gauss_weights[i]) < 1e-19L);
}
