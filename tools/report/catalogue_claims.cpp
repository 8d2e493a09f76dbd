// SPDX-License-Identifier: BSL-1.0
#include "catalogue_claims.hpp"

#include <chainrule/analysis/kinks.hpp>
#include <chainrule/analysis/mean_field.hpp>
#include <chainrule/analysis/profile.hpp>
#include <chainrule/analysis/saturation.hpp>
#include <chainrule/graph/lower.hpp>

#include "numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace chainrule::report {

namespace {

/// A formula of the claims, with what is asked of it.
class subject {
public:
    explicit subject(const std::string& text)
        : parsed({text}, {}), nodes(closed(parsed.as_written())),
          function(nodes.nodes, nodes.root, {"x"}, {0.0L}) {}

    [[nodiscard]] double value(double x) const {
        return static_cast<double>(function.value(static_cast<long double>(x)));
    }
    [[nodiscard]] double slope(double x) const {
        return static_cast<double>(function.value_and_slope(static_cast<long double>(x))[1]);
    }
    /// (f(x + h) − f(x − h))/2h: knows nothing of any rule.
    [[nodiscard]] double difference_quotient(double x) const {
        const auto at = static_cast<long double>(x);
        constexpr long double h = 0x1p-20L;
        return static_cast<double>((function.value(at + h) - function.value(at - h)) / (2 * h));
    }
    [[nodiscard]] value_range range() const { return detail::range_of_formula(nodes, real_line); }
    [[nodiscard]] interval lipschitz() const {
        detail::closed_formula derived = nodes;
        derived.order = 1;
        return detail::largest_size(detail::range_of_formula(derived, real_line));
    }
    [[nodiscard]] moments_report moments() const { return detail::moments_of(function, 1); }
    /// The point of the edge of chaos with length 1.
    [[nodiscard]] edge_point edge() const {
        detail::length_map map(function);
        return detail::edge_of_chaos_at(map, 1);
    }
    [[nodiscard]] saturation_set saturation() const {
        return detail::saturation_of_formula(nodes, saturation_threshold);
    }
    [[nodiscard]] kink_collection kinks() const {
        return detail::kinks_of_formula(nodes, real_line);
    }
    [[nodiscard]] profile_report chain(std::size_t depth, double start) const {
        return profile(std::vector<layer>(depth, layer(function)), start);
    }

private:
    formula parsed;
    detail::closed_formula nodes;
    detail::analysed_function function;

    static detail::closed_formula closed(const rooted_graph& f) {
        return detail::with_defaults(f.graph, f.root, 0);
    }
};

std::string nested(const std::string& name, int times) {
    std::string result = "x";
    for (int i = 0; i < times; ++i) result = name + "(" + result + ")";
    return result;
}

double measured(const std::vector<catalogue_row>& rows, const std::string& name,
                double throughput::*which) {
    const auto row =
        std::ranges::find_if(rows, [&](const catalogue_row& r) { return r.entry.name == name; });
    return row != rows.end() && row->found.speed ? *row->found.speed.*which
                                                 : std::numeric_limits<double>::quiet_NaN();
}

std::string nanoseconds(const std::vector<catalogue_row>& rows, const std::string& name) {
    return fmt::format("{} {:.2f} / {:.2f}", name, measured(rows, name, &throughput::fused_value),
                       measured(rows, name, &throughput::fused_backward));
}

using claim = std::vector<std::string>;

claim logistic_formula() {
    const subject written("2/(1+exp(-x))");
    const subject logistic("1/(1+exp(-x))");
    const subject shifted("1+tanh(x/2)");
    const value_range found = written.range();
    double most = 0;
    for (int i = -400; i <= 400; ++i)
        most = std::max(most, std::abs(written.value(i / 10.0) - shifted.value(i / 10.0)));
    return {
        "sigmoid is 2/(1 + e^−x), between 0 and 1", "wrong",
        fmt::format("2/(1 + e^−x) lies between {} and {}, and is {} at 0, not {}. It is "
                    "1 + tanh(x/2): on 801 points between -40 and 40 the largest difference is {}. "
                    "The logistic function is 1/(1 + e^−x).",
                    show(found.inf.lo), show(found.sup.hi), show(written.value(0)),
                    show(logistic.value(0)), most < 1e-15 ? "below 1e-15" : show(most, 2)),
        "`chainrule report \"2/(1+exp(-x))\"`"};
}

claim chain_rule() {
    const subject outer("tanh(x)");
    const subject inner("sigmoid(x)");
    const subject both("tanh(sigmoid(x))");
    constexpr double at = 1;
    const double right = outer.slope(inner.value(at)) * inner.slope(at);
    const double claimed = outer.value(at) * inner.slope(at);
    return {"(f₂(f₁(x)))′ = f₂(x)·f₁′(x)", "wrong",
            fmt::format("It is f₂′(f₁(x))·f₁′(x). For f₁ = sigmoid, f₂ = tanh at x = 1: the claim "
                        "gives {}, the rule {}, the difference quotient of f₂(f₁(x)) {}.",
                        show(claimed), show(right), show(both.difference_quotient(at))),
            "`chainrule report \"sigmoid(x)\" --compose \"tanh(x)\"`"};
}

claim weight_slope() {
    // As a function of the weight w, called x here: u = 2 w + 0.1.
    const subject layer_of_weight("sigmoid(2*x+0.1)");
    const subject activation("sigmoid(x)");
    constexpr double weight = 0.5;
    constexpr double u = 2 * weight + 0.1;
    return {"For f₁ = Act(w x + b): ∂f₁/∂w = Act(w x + b)·x", "wrong",
            fmt::format("It is Act′(w x + b)·x. For sigmoid, w = 0.5, b = 0.1, x = 2: the claim "
                        "gives {}, the rule {}, the difference quotient {}.",
                        show(activation.value(u) * 2), show(activation.slope(u) * 2),
                        show(layer_of_weight.difference_quotient(weight))),
            "`chainrule report \"sigmoid(2*x+0.1)\"`, x standing for w"};
}

claim quarter_per_layer() {
    std::string numbers;
    for (const int n : {2, 3, 10}) {
        const interval found = subject(nested("sigmoid", n)).lipschitz();
        numbers += fmt::format("{}n = {}: {}, not {}", n == 2 ? "" : "; ", n, show(found.middle()),
                               show(std::pow(0.25, n)));
    }
    const profile_report deep = subject("sigmoid(x)").chain(10, 0.5);
    return {
        "A chain of n sigmoids shrinks the gradient by 0.25 per layer: 0.25^n", "only partly",
        fmt::format("0.25^n is an upper bound that is never reached for n ≥ 2: only at u = 0 is "
                    "the slope 1/4, and no sigmoid before gives 0. sup |(σ∘…∘σ)′| for {}. From "
                    "x₀ = 0.5 ten layers leave {}.",
                    numbers, show_exponential(deep.log_slope)),
        "`chainrule report \"sigmoid(x)\"`, section on compositions"};
}

claim centring() {
    const estimate logistic = subject("sigmoid(x)").moments().mean;
    const estimate hyperbolic = subject("tanh(x)").moments().mean;
    return {"sigmoid is not zero-centred, tanh is", "right",
            fmt::format("E f over x ~ N(0,1): sigmoid {}, tanh {}.", show(logistic.value),
                        std::abs(hyperbolic.value) <= hyperbolic.error + 1e-15
                            ? "0"
                            : show(hyperbolic.value)),
            "scorecard, zero-centred"};
}

claim sigmoid_against_tanh() {
    const profile_report chain = subject("tanh(x)").chain(1000, 0.5);
    return {
        "The slope of tanh reaches 1, so its gradient does not vanish", "wrong",
        fmt::format("sup |tanh′| = {}, but only at 0. 1000 layers from x₀ = 0.5 leave {} "
                    "(ln {}), shrinking like a power of the depth; with σ_w² = 1 the signal itself "
                    "fades.",
                    show(subject("tanh(x)").lipschitz().hi), show_exponential(chain.log_slope),
                    show(chain.log_slope)),
        "`chainrule report \"tanh(x)\" --depth 1000`"};
}

claim dying() {
    const saturation_set rectified = subject("relu(x)").saturation();
    const subject leaky("leaky_relu(x)");
    return {
        "ReLU dies, leaky ReLU does not", "right",
        fmt::format("The slope of relu is exactly 0 on {} of N(0,1); a unit whose inputs all lie "
                    "there gets no gradient at all. leaky_relu has {} dead zone: its least "
                    "slope is {}. Its gradient still shrinks: E ln|f′| = {} per layer, a factor of "
                    "{}.",
                    show_share(rectified.dead_measure(0, 1)),
                    leaky.saturation().has_dead_zone() ? "a" : "no", show(leaky.slope(-1)),
                    show(leaky.moments().log_slope.value),
                    show_exponential(leaky.moments().log_slope.value)),
        "scorecard, dead zone"};
}

claim differentiable() {
    const subject f("relu(x)");
    const kink_collection found = f.kinks();
    return {"ReLU is not differentiable at 0", "right",
            fmt::format("{} kink, at {}: slope {} from the left, {} from the right. Programs must "
                        "choose; chainrule, like PyTorch, takes {}. It matters to inputs that are "
                        "exactly 0 only.",
                        found.size(), show(found[0].at), show(found[0].left_slope),
                        show(found[0].right_slope), show(f.slope(0))),
            "`chainrule report \"relu(x)\"`"};
}

claim modern() {
    std::string numbers;
    for (const char* name : {"gelu", "silu", "mish"}) {
        const subject f(std::string(name) + "(x)");
        const profile_report chain = f.chain(50, 0.5);
        const auto lost = chain.first_below(std::log(lost_below));
        numbers += fmt::format("{}{}: f′(0) = {}, sup |f′| = {}, 50 layers from 0.5 leave {}{}",
                               numbers.empty() ? "" : "; ", name, show(f.slope(0)),
                               show(f.lipschitz().middle()), show_exponential(chain.log_slope),
                               lost ? fmt::format(" (below 1e-6 from layer {})", *lost) : "");
    }
    const edge_point edge = subject("gelu(x)").edge();
    return {
        "GELU and swish do not vanish", "wrong",
        "They have no dead half, and slopes above 1 somewhere, but 0 attracts their chains, and "
        "there the slope is about one half. " +
            numbers +
            fmt::format(". Weights on the edge of chaos keep the gradient: for gelu at length 1 "
                        "σ_w² = {}, σ_b² = {}.",
                        show(edge.weight_variance), show(edge.bias_variance)),
        "`chainrule report \"gelu(x)\"`"};
}

claim clipped() {
    const subject six("relu6(x)");
    const subject leaky("leaky_relu6(x)");
    const saturation_set set = leaky.saturation();
    return {
        "ReLU6 saturates, and leaky ReLU6 is missing from frameworks", "right",
        fmt::format("relu6 has slope 0 on {} of N(0,1): below 0 and above 6. leaky_relu6 is here: "
                    "slope {} below 0; above 6 it saturates as well, on {} of N(0,1).",
                    show_share(six.saturation().dead_measure(0, 1)), show(leaky.slope(-1)),
                    show_share(set.dead_measure(0, 1))),
        "`chainrule report \"leaky_relu6(x)\"`"};
}

claim rowwise() {
    return {
        "softmax and maxout belong in a list of activations", "only partly",
        "They are functions of a whole row, not of one number: they have no slope f′(x) but a "
        "matrix of derivatives, so that dead zone, kinks and moments mean something else. No row "
        "of this page is about them. Of two inputs softmax is the sigmoid of their difference.",
        "—"};
}

claim cost(const std::vector<catalogue_row>& rows) {
    const double cheap = measured(rows, "relu", &throughput::fused_value);
    const double dear = measured(rows, "tanh", &throughput::fused_value);
    const double plain_cheap = measured(rows, "relu", &throughput::plain_value);
    const double plain_dear = measured(rows, "tanh", &throughput::plain_value);
    return {
        "ReLU is cheap, sigmoid and tanh are dear", "only partly",
        fmt::format(
            "Nanoseconds per float in the first-level cache, forward / backward: {}; {}; {}; {}; "
            "{}. tanh costs {:.1f} times what relu does here, and {:.1f} times in loops "
            "over std:: functions ({:.2f} against {:.2f} ns). On arrays in memory both "
            "wait for memory.",
            nanoseconds(rows, "relu"), nanoseconds(rows, "sigmoid"), nanoseconds(rows, "tanh"),
            nanoseconds(rows, "silu"), nanoseconds(rows, "gelu"), dear / cheap,
            plain_dear / plain_cheap, plain_dear, plain_cheap),
        "scorecard, ns"};
}

}  // namespace

section catalogue_claims(const std::vector<catalogue_row>& rows) {
    table t{{"claim", "verdict", "what is so", "see"}, {}};
    t.rows = {logistic_formula(),
              chain_rule(),
              weight_slope(),
              quarter_per_layer(),
              centring(),
              dying(),
              sigmoid_against_tanh(),
              modern(),
              differentiable(),
              clipped(),
              rowwise(),
              cost(rows)};
    return {
        "Claims",
        {paragraph{"What articles say of activations, and what is so. The numbers are worked out "
                   "by the program that writes this page."},
         std::move(t)}};
}

}  // namespace chainrule::report
