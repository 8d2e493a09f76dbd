// SPDX-License-Identifier: BSL-1.0
#include "plain_code.hpp"

#include <chainrule/graph/lower.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>

namespace chainrule::report {

namespace {

using detail::graph;
using detail::node;
using detail::operand;

struct no_counterpart : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Primitives in the words of <cmath>.
const std::map<std::string_view, std::string_view>& standard_functions() {
    static const std::map<std::string_view, std::string_view> table{
        {"abs", "std::abs({0})"},
        {"sign", "float(({0} > 0) - ({0} < 0))"},
        {"round", "std::nearbyint({0})"},
        {"min", "std::min({0}, {1})"},
        {"max", "std::max({0}, {1})"},
        {"select_less", "({0} < {1} ? {2} : {3})"},
        {"select_less_equal", "({0} <= {1} ? {2} : {3})"},
        {"sqrt", "std::sqrt({0})"},
        {"exp", "std::exp({0})"},
        {"expm1", "std::expm1({0})"},
        {"log", "std::log({0})"},
        {"log1p", "std::log1p({0})"},
        {"log1mexp", "std::log(1 - std::exp(-{0}))"},
        {"sin", "std::sin({0})"},
        {"cos", "std::cos({0})"},
        {"tan", "std::tan({0})"},
        {"atan", "std::atan({0})"},
        {"sinh", "std::sinh({0})"},
        {"cosh", "std::cosh({0})"},
        {"tanh", "std::tanh({0})"},
        {"sech", "(1 / std::cosh({0}))"},
        {"asinh", "std::asinh({0})"},
        {"erf", "std::erf({0})"},
        {"erfc", "std::erfc({0})"},
        {"sigmoid", "(1 / (1 + std::exp(-{0})))"},
        {"softplus", "std::log(1 + std::exp({0}))"},
        {"log_sigmoid", "(-std::log(1 + std::exp(-{0})))"},
        {"normal_cdf", "(0.5f * (1 + std::erf({0} * 0.707106781f)))"},
        {"normal_pdf", "(0.398942280f * std::exp(-0.5f * {0} * {0}))"},
        {"pow", "std::pow({0}, {1})"},
        {"pi", "3.14159265f"},
    };
    return table;
}

std::string number(double v) {
    if (std::isinf(v)) {
        return fmt::format("{}std::numeric_limits<float>::infinity()", v < 0 ? "-" : "");
    }
    std::string text = fmt::format("{:.9g}", v);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    text += "f";
    return v < 0 ? "(" + text + ")" : text;
}

/// Writes nodes as expressions; what is used more than once becomes a named constant before them.
class writer {
public:
    /// What stands for a symbol of the graph.
    using symbol_text = std::function<std::string(std::string_view)>;

    writer(const graph& from, symbol_text symbols)
        : in(from), symbol(std::move(symbols)), uses(static_cast<std::size_t>(from.size()), 0),
          text(uses.size()) {}

    std::string statements;

    void prepare(const std::vector<int>& roots) {
        for (int root : roots) ++uses[static_cast<std::size_t>(root)];
        for (int i = in.size() - 1; i >= 0; --i) {
            if (uses[static_cast<std::size_t>(i)] == 0) continue;
            const node& n = in.at(i);
            for (int k = 0; k < n.count; ++k) {
                const operand c = in.child(n, k);
                uses[static_cast<std::size_t>(c.node)] += mentions(n, k);
            }
        }
        for (int i = 0; i < in.size(); ++i) {
            if (uses[static_cast<std::size_t>(i)] > 0) write(i);
        }
    }

    [[nodiscard]] const std::string& of(int i) const { return text[static_cast<std::size_t>(i)]; }

private:
    const graph& in;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    symbol_text symbol;
    std::vector<int> uses;
    std::vector<std::string> text;

    void write(int i) {
        const node& n = in.at(i);
        std::string& mine = text[static_cast<std::size_t>(i)];
        bool is_leaf = false;
        if (n.kind == detail::constant_node) {
            mine = number(n.value);
            is_leaf = true;
        } else if (n.kind == detail::symbol_node) {
            mine = symbol(in.symbol_of(i).name);
            is_leaf = true;
        } else if (n.kind == detail::sum_node) {
            mine = sum(n);
        } else if (n.kind == detail::product_node) {
            mine = product(n);
        } else {
            mine = call(n);
            is_leaf = n.count == 0;
        }
        if (!is_leaf && (uses[static_cast<std::size_t>(i)] > 1 || mine.size() > 200)) {
            const std::string name = fmt::format("{}{}", prefix, i);
            statements += fmt::format("        const float {} = {};\n", name, mine);
            mine = name;
        }
    }

    /// How often the text of a node repeats its child: u * u, (u > 0) - (u < 0).
    [[nodiscard]] int mentions(const node& n, int k) const {
        if (n.kind == detail::product_node) return std::fabs(in.child(n, k).weight) > 1 ? 2 : 1;
        if (n.kind < detail::first_call) return 1;
        const auto found = standard_functions().find(detail::primitive_of(n.kind).name);
        const std::string_view words =
            found == standard_functions().end() ? detail::primitive_of(n.kind).text : found->second;
        const std::string place = fmt::format("{{{}}}", k);
        int count = 0;
        for (std::size_t at = 0; (at = words.find(place, at)) != std::string_view::npos; ++at)
            ++count;
        return std::max(1, count);
    }

    [[nodiscard]] std::string sum(const node& n) const {
        std::string result;
        for (int k = 0; k < n.count; ++k) {
            const operand term = in.child(n, k);
            const double size = std::fabs(term.weight);
            const bool is_negative = term.weight < 0;
            result += k == 0 ? (is_negative ? "-" : "") : (is_negative ? " - " : " + ");
            if (size != 1) result += number(size) + " * ";
            result += of(term.node);
        }
        if (n.value != 0) {
            result += (n.value < 0 ? " - " : " + ") + number(std::fabs(n.value));
        }
        return "(" + result + ")";
    }

    [[nodiscard]] std::string product(const node& n) const {
        std::string above;
        std::string below;
        const bool is_negated = n.value == -1;
        if (n.value != 1 && !is_negated) above = number(n.value);
        for (int k = 0; k < n.count; ++k) {
            const operand factor = in.child(n, k);
            std::string& side = factor.weight > 0 ? above : below;
            if (!side.empty()) side += " * ";
            side += power(of(factor.node), std::fabs(factor.weight));
        }
        const char* sign = is_negated ? "-" : "";
        if (below.empty()) return fmt::format("({}{})", sign, above);
        return fmt::format("({}{} / ({}))", sign, above.empty() ? "1.0f" : above, below);
    }

    static std::string power(const std::string& base, double exponent) {
        if (exponent == 1) return base;
        if (exponent == 0.5) return fmt::format("std::sqrt({})", base);
        if (exponent == 2) return fmt::format("{0} * {0}", base);
        if (exponent == 3) return fmt::format("{0} * {0} * {0}", base);
        return fmt::format("std::pow({}, {})", base, number(exponent));
    }

    [[nodiscard]] std::string call(const node& n) {
        const detail::primitive_info& primitive = detail::primitive_of(n.kind);
        std::string arguments[4];
        for (int k = 0; k < n.count; ++k) arguments[k] = of(in.child(n, k).node);
        const auto found = standard_functions().find(primitive.name);
        if (found != standard_functions().end()) {
            return fmt::format(fmt::runtime(found->second), arguments[0], arguments[1],
                               arguments[2], arguments[3]);
        }
        if (primitive.text.empty()) throw no_counterpart(std::string(primitive.name));
        return internal_call(primitive, arguments);
    }

    /// An internal primitive through the formula it is written as, such as "{0} - tanh({0})".
    std::string internal_call(const detail::primitive_info& primitive,
                              const std::string* arguments) {
        const std::string formula = fmt::format(fmt::runtime(primitive.text), "argument0",
                                                "argument1", "argument2", "argument3");
        graph meaning;
        const detail::environment no_values;
        std::vector<int> roots{detail::parser(meaning, no_values, {}, formula).parse()};
        writer inner(meaning, [&](std::string_view name) {
            return arguments[static_cast<std::size_t>(name.back() - '0')];
        });
        inner.prefix = fmt::format("{}u{}_", prefix, ++internal_calls);
        inner.prepare(roots);
        statements += inner.statements;
        return inner.of(roots[0]);
    }

    std::string prefix = "t";
    int internal_calls = 0;
};

std::string loop_body(const graph& raw, int root, const char* result_is,
                      const std::vector<parameter_value>& p) {
    std::vector<int> roots{root};
    // No rewrite rules: only zeros, ones and unused parts go.
    const graph clean = detail::simplified(raw, roots, {&detail::rewrite_nothing, false, false});
    writer out(clean, [&](std::string_view name) -> std::string {
        const auto found = std::ranges::find(p, name, &parameter_value::name);
        return found == p.end() ? "x" : number(found->value.value);
    });
    out.prepare(roots);
    return out.statements + fmt::format("        {}{};\n", result_is, out.of(roots[0]));
}

}  // namespace

plain_code write_plain_code(const formula& f) {
    plain_code result;
    rooted_graph form = f.as_written();
    try {
        result.value = loop_body(form.graph, form.root, "value[i] = ", f.parameters());
        const int slope = derive(form.graph, form.root, "x", detail::kink_rule::usual);
        result.backward =
            loop_body(form.graph, slope, "grad_in[i] = grad_out[i] * ", f.parameters());
    } catch (const no_counterpart& missing) {
        result = {{}, {}, missing.what()};
    }
    return result;
}

}  // namespace chainrule::report
