// SPDX-License-Identifier: BSL-1.0
/// The catalogue as a table: names, parameters with defaults and kinks, against the published ones; its
/// formulas against textbook forms; its texts read back.
#include <chainrule/activations/catalogue.hpp>
#include <chainrule/expr/compose.hpp>
#include <chainrule/graph/compare.hpp>
#include <chainrule/graph/describe.hpp>
#include <chainrule/graph/to_string.hpp>

#include "support/catch.hpp"

#include <boost/hana/for_each.hpp>
#include <boost/hana/size.hpp>

#include <string>

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;
namespace hana = boost::hana;

namespace {

constexpr parameter<"alpha"> alpha;
constexpr parameter<"beta"> beta;
constexpr parameter<"cap"> cap;
constexpr parameter<"lambda"> lambda;

// Names -----------------------------------------------------------------------------------------------

/// The deterministic element-wise rows of anchors/catalogue.csv, and leaky_relu6.
constexpr std::string_view published_names[] = {"identity",
                                                "affine",
                                                "relu",
                                                "leaky_relu",
                                                "prelu",
                                                "relu6",
                                                "leaky_relu6",
                                                "hard_tanh",
                                                "clip",
                                                "threshold",
                                                "thresholded_relu",
                                                "relu_general",
                                                "hard_sigmoid",
                                                "hard_swish",
                                                "hard_shrink",
                                                "soft_shrink",
                                                "shrink",
                                                "sparse_sigmoid",
                                                "step",
                                                "sign",
                                                "abs",
                                                "round",
                                                "elu",
                                                "selu",
                                                "celu",
                                                "exponential",
                                                "sigmoid",
                                                "log_sigmoid",
                                                "silu",
                                                "swish_beta",
                                                "mish",
                                                "softplus",
                                                "softplus_beta",
                                                "tanh",
                                                "tanh_shrink",
                                                "softsign",
                                                "squareplus",
                                                "sparse_plus",
                                                "gelu",
                                                "gelu_tanh",
                                                "gelu_quick",
                                                "square",
                                                "sqrt",
                                                "log",
                                                "pow",
                                                "erf",
                                                "log1mexp",
                                                "xielu",
                                                "snake",
                                                "elish",
                                                "tanhexp",
                                                "lisht",
                                                "gcu",
                                                "isru",
                                                "isrlu",
                                                "sqnl",
                                                "asinh",
                                                "tanh_p1m2",
                                                "swish"};

constexpr int times_named(std::string_view wanted) {
    int times = 0;
    hana::for_each(all, [&](const auto& entry) {
        times += entry.name == wanted ? 1 : 0;
        for (std::string_view alias : entry.aliases) times += alias == wanted ? 1 : 0;
    });
    return times;
}

constexpr bool every_published_name_is_there() {
    for (std::string_view name : published_names) {
        if (times_named(name) != 1) return false;
    }
    return true;
}
static_assert(every_published_name_is_there());

constexpr bool names_are_unique() {
    bool unique = true;
    hana::for_each(all, [&](const auto& entry) {
        unique = unique && times_named(entry.name) == 1;
        for (std::string_view alias : entry.aliases) unique = unique && times_named(alias) == 1;
    });
    return unique;
}
static_assert(names_are_unique());

constexpr bool every_entry_has_a_source() {
    bool has = true;
    hana::for_each(all, [&](const auto& entry) { has = has && !entry.source.empty(); });
    return has;
}
static_assert(every_entry_has_a_source());

// Parameters and kinks, written from the published table ----------------------------------------------

struct published_row {
    std::string_view name;
    std::string_view parameters;  ///< name=default, or name for one that must be given
    std::string_view kinks;
};

constexpr published_row published_rows[] = {
    {"identity", "", ""},
    {"affine", "alpha beta", ""},
    {"relu", "", "0"},
    {"leaky_relu", "alpha=0.01", "0"},
    {"prelu", "alpha=0.25", "0"},
    {"relu6", "cap=6", "0; cap"},
    {"leaky_relu6", "alpha=0.01", "0; 6"},
    {"relu_general", "t=0 slope=0 cap", "t; cap"},
    {"clip", "low high", "low; high"},
    {"hard_tanh", "low=-1 high=1", "low; high"},
    {"hard_sigmoid", "alpha=0.166666666666666667 beta=0.5", "-beta/alpha; (-beta + 1)/alpha"},
    {"hard_swish", "alpha=0.166666666666666667 beta=0.5", "-beta/alpha; (-beta + 1)/alpha"},
    {"sparse_sigmoid", "", "-1; 1"},
    {"threshold", "t v", "t"},
    {"thresholded_relu", "alpha=1", "alpha"},
    {"hard_shrink", "lambda=0.5", "-lambda; lambda"},
    {"soft_shrink", "lambda=0.5", "-lambda; lambda"},
    {"shrink", "lambda=0.5 bias=0", "-lambda; lambda"},
    {"elu", "alpha=1", "0"},
    {"selu", "", "0"},
    {"celu", "alpha=1", "0"},
    {"elish", "", "0"},
    {"xielu", "alpha_p beta alpha_n epsilon", "0; epsilon"},
    {"silu", "", ""},
    {"swish", "beta=1", ""},
    {"gelu", "", ""},
    {"gelu_tanh", "", ""},
    {"gelu_quick", "", ""},
    {"mish", "", ""},
    {"tanhexp", "", ""},
    {"lisht", "", ""},
    {"softplus", "", ""},
    {"softplus_beta", "beta=1", ""},
    {"squareplus", "b=4", ""},
    {"sparse_plus", "", "-1; 1"},
    {"isrlu", "alpha=0.1", "0"},
    {"sigmoid", "", ""},
    {"log_sigmoid", "", ""},
    {"tanh", "", ""},
    {"tanh_shrink", "", ""},
    {"tanh_p1m2", "", ""},
    {"softsign", "", "0"},
    {"isru", "alpha=0.1", ""},
    {"sqnl", "", "-2; 0; 2"},
    {"erf", "", ""},
    {"step", "", "0"},
    {"sign", "", "0"},
    {"round", "", "k + 0.5"},
    {"exponential", "", ""},
    {"abs", "", "0"},
    {"square", "", ""},
    {"sqrt", "", "0"},
    {"log", "", "0"},
    {"power", "alpha beta", "0"},
    {"log1mexp", "", "0"},
    {"asinh", "", ""},
    {"snake", "alpha=1", ""},
    {"gcu", "", ""},
};

template<class Entry>
std::string parameters_as_text() {
    std::string text;
    for (const activation_parameter& p : Entry::parameters) {
        if (!text.empty()) text += ' ';
        text += p.name;
        if (!p.has_default()) continue;
        char number[40];
        std::snprintf(number, sizeof number, "%.18Lg",
                      static_cast<long double>(p.default_value.value) +
                          static_cast<long double>(p.default_value.residual));
        text += '=';
        text += number;
    }
    return text;
}

template<class Entry>
std::string kinks_as_text() {
    std::string text;
    hana::for_each(Entry::kinks, [&](auto kink) {
        if (!text.empty()) text += "; ";
        text += to_string(kink);
    });
    return text;
}

template<class Entry>
constexpr bool parameters_are_the_symbols_of_the_formula() {
    using symbols = detail::symbols_of<typename Entry::formula_type>;
    if (symbols::count != Entry::parameters.size() + 1) return false;
    for (const activation_parameter& p : Entry::parameters) {
        const auto i = static_cast<decltype(symbols::list.size())>(symbols::find(p.name));
        if (symbols::find(p.name) < 0) return false;
        const extended_real known = symbols::list[i].default_value;
        if (p.has_default() ? known != p.default_value : detail::is_value(known.value))
            return false;
    }
    return true;
}

/// parse(to_string(f)) == f.
template<class F>
constexpr bool reads_back() {
    constexpr std::string_view text = to_string(F{});
    return detail::formula_text<detail::fix<text.size()>(text)>{} == F{};
}

}  // namespace

TEST_CASE("The catalogue lists the published parameters and kinks") {
    std::size_t row = 0;
    hana::for_each(all, [&](const auto& entry) {
        using entry_type = std::remove_cvref_t<decltype(entry)>;
        REQUIRE(row < std::size(published_rows));
        CHECK(entry.name == published_rows[row].name);
        CHECK(parameters_as_text<entry_type>() == published_rows[row].parameters);
        CHECK(kinks_as_text<entry_type>() == published_rows[row].kinks);
        ++row;
    });
    CHECK(row == std::size(published_rows));
}

TEST_CASE("The parameters of an entry are the symbols of its formula") {
    hana::for_each(all, [](const auto& entry) {
        constexpr bool agree =
            parameters_are_the_symbols_of_the_formula<std::remove_cvref_t<decltype(entry)>>();
        static_assert(agree);
        CHECK(agree);
    });
}

TEST_CASE("The text of every entry and of its derivative reads back as the same formula") {
    hana::for_each(all, [](const auto& entry) {
        using formula = typename std::remove_cvref_t<decltype(entry)>::formula_type;
        constexpr bool value = reads_back<formula>();
        constexpr bool slope = reads_back<decltype(derivative(formula{}))>();
        static_assert(value && slope);
        INFO(entry.name);
        CHECK(value);
        CHECK(slope);
    });
}

// Formulas and derivatives against textbook forms -----------------------------------------------------

static_assert(relu == max(x, 0_c));
static_assert(leaky_relu == select(x <= 0_c, alpha* x, x));
static_assert(relu6 == min(max(x, 0_c), cap));
static_assert(sparse_sigmoid == (clamp(x, -1_c, 1_c) + 1_c) / 2_c);
static_assert(elu == select(x > 0_c, x, alpha*(exp(x) - 1_c)));
static_assert(celu == select(x > 0_c, x, alpha*(exp(x / alpha) - 1_c)));
static_assert(silu == x / (1_c + exp(-x)));
static_assert(swish == x / (1_c + exp(-beta * x)));
static_assert(swish(beta = 1_c) == silu);
static_assert(gelu_quick == swish(beta = 1.702_c));
static_assert(gelu == 0.5_c * x * (1_c + erf(x / sqrt(2_c))));
static_assert(gelu_tanh == x * sigmoid(2_c * sqrt(2_c / pi) * (x + 0.044715_c * x * x * x)));
static_assert(mish == x * tanh(log(1_c + exp(x))));
static_assert(softplus_beta == log(1_c + exp(beta * x)) / beta);
static_assert(squareplus == 0.5_c * x + 0.5_c * sqrt(x * x + parameter<"b">{}));
static_assert(tanh_p1m2 == exp(x) / (exp(x) + exp(-x)));
static_assert(tanh_p1m2 == sigmoid(2_c * x));
static_assert(snake == x + sin(alpha * x) * sin(alpha * x) / alpha);
static_assert(!(gelu == gelu_tanh));
static_assert(!(silu == gelu_quick));

static_assert(derivative(identity) == 1_c);
static_assert(derivative(affine) == alpha);
static_assert(derivative(relu) == select(x > 0_c, 1_c, 0_c));
static_assert(derivative(leaky_relu) == select(x > 0_c, 1_c, alpha));
static_assert(derivative(leaky_relu, alpha) == select(x > 0_c, 0_c, x));
static_assert(derivative(elu) == select(x > 0_c, 1_c, alpha* exp(x)));
static_assert(derivative(celu) == select(x > 0_c, 1_c, exp(x / alpha)));
static_assert(derivative(hard_shrink) == select(abs(x) > lambda, 1_c, 0_c));
static_assert(derivative(silu) == sigmoid(x) * (1_c + x * (1_c - sigmoid(x))));
static_assert(derivative(swish) ==
              sigmoid(beta * x) + beta * x * sigmoid(beta * x) * (1_c - sigmoid(beta * x)));
static_assert(derivative(swish, beta) == x * x * sigmoid(beta * x) * (1_c - sigmoid(beta * x)));
static_assert(derivative(gelu) ==
              0.5_c * (1_c + erf(x / sqrt(2_c))) + x * exp(-x * x / 2_c) / sqrt(2_c * pi));
static_assert(derivative(mish) ==
              tanh(softplus(x)) + x * sigmoid(x) * (1_c - tanh(softplus(x)) * tanh(softplus(x))));
static_assert(derivative(tanhexp) == tanh(exp(x)) - x * exp(x) * (pow(tanh(exp(x)), 2_c) - 1_c));
static_assert(derivative(lisht) == tanh(x) + x * (1_c - tanh(x) * tanh(x)));
static_assert(derivative(softplus_beta) == 1_c / (1_c + exp(-beta * x)));
static_assert(derivative(squareplus) == 0.5_c + 0.5_c * x / sqrt(x * x + parameter<"b">{}));
static_assert(derivative(tanh_shrink) == tanh(x) * tanh(x));
static_assert(derivative(softsign) == 1_c / ((1_c + abs(x)) * (1_c + abs(x))));
static_assert(derivative(isru) == 1_c / pow(1_c + alpha * x * x, 1.5_c));
static_assert(derivative(tanh_p1m2) == 0.5_c * (1_c - tanh(x) * tanh(x)));
static_assert(derivative(snake) == 1_c + 2_c * sin(alpha * x) * cos(alpha * x));
static_assert(derivative(gcu) == cos(x) - x * sin(x));
static_assert(derivative(affine(affine)) == alpha * alpha);

// Text ------------------------------------------------------------------------------------------------

static_assert("swish(gelu(x))"_f == swish(gelu));
static_assert("leaky_relu(x, alpha = 0.2)"_f == leaky_relu(alpha = 0.2_c));
static_assert("swish_beta(x, beta = 1)"_f == silu);
static_assert("2*exponential(hard_silu(x))"_f == 2_c * exp(hard_swish));

TEST_CASE("Every name and alias is known to formula text") {
    constexpr detail::named_formulas known = detail::announced_formulas(detail::rank<1>{}, 0);
    hana::for_each(all, [&](const auto& entry) {
        CHECK(known.find(entry.name) >= 0);
        for (std::string_view alias : entry.aliases) CHECK(known.find(alias) >= 0);
    });
    CHECK(known.find("swiglu") < 0);
}
