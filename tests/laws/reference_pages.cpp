// SPDX-License-Identifier: BSL-1.0
/// The pages of the manual that list what is there: docs/reference/primitives.md and catalogue.md, and
/// the tables of docs/explanation/numerics.md. The test compares them with the library;
/// CHAINRULE_WRITE_DOCS=1 in the environment writes them.
#include <chainrule/activations/catalogue.hpp>
#include <chainrule/graph/simplify.hpp>
#include <chainrule/graph/to_string.hpp>
#include <chainrule/program/evaluate.hpp>

#include "support/catch.hpp"
#include "support/oracle.hpp"

#include <boost/hana/for_each.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

using namespace chainrule;
using namespace chainrule::literals;
namespace hana = boost::hana;

namespace {

const std::filesystem::path root = CHAINRULE_SOURCE_DIRECTORY;

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Compares the part of a page behind the first and before the second mark, or writes it.
void check_page(const std::filesystem::path& page, const std::string& wanted) {
    const std::string begin = "<!-- written by tests/laws/reference_pages.cpp -->\n";
    const std::string end = "<!-- end -->\n";
    const std::string text = read(root / page);
    const std::size_t first = text.find(begin);
    const std::size_t last = text.find(end);
    INFO(page.string() << ": if this is wanted, CHAINRULE_WRITE_DOCS=1 renews the page");
    REQUIRE(first != std::string::npos);
    REQUIRE(last != std::string::npos);
    const std::string before = text.substr(0, first + begin.size());
    const std::string after = text.substr(last);
    if (std::getenv("CHAINRULE_WRITE_DOCS") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
        std::ofstream(root / page) << before << wanted << after;
    } else {
        CHECK(text == before + wanted + after);
    }
}

std::string in_table(std::string_view text) {
    std::string result;
    for (char c : text) {
        if (c == '|') result += '\\';
        result += c;
    }
    return result;
}

std::string code(std::string_view text) { return text.empty() ? "" : "`" + in_table(text) + "`"; }

// ------------------------------------------------------------------------------------ primitives

/// The comment on top of the header that defines a primitive.
std::string meaning_of(std::string_view name, std::string& header) {
    const std::string quoted = '"' + std::string(name) + '"';
    for (const auto& entry : std::filesystem::directory_iterator(root / "include/chainrule/op")) {
        std::istringstream lines(read(entry.path()));
        std::string meaning;
        bool on_top = true;
        for (std::string line; std::getline(lines, line);) {
            on_top = on_top && line != "#pragma once";
            if (on_top && line.starts_with("/// "))
                meaning += (meaning.empty() ? "" : " ") + line.substr(4);
            if (line.find("string_view name") == line.npos || line.find(quoted) == line.npos)
                continue;
            header = entry.path().filename().string();
            return meaning;
        }
    }
    return "";
}

std::string partial_derivatives(const detail::primitive_info& primitive) {
    using namespace chainrule::detail;
    static constexpr std::string_view names[] = {"u", "v", "w", "z"};
    std::string result;
    for (int which = 0; which < primitive.arity; ++which) {
        graph g;
        int arguments[4]{};
        for (int k = 0; k < primitive.arity; ++k) arguments[k] = g.symbol(names[k]);
        std::vector<int> roots{primitive.build(g, arguments).node};
        g = simplified(g, roots, for_programs);
        roots[0] = derive(g, roots[0], names[which], kink_rule::usual);
        g = simplified(g, roots, for_text);
        printer p(g);
        p.print(roots[0]);
        const std::string text(p.text.begin(), p.text.end());
        result += (which > 0 ? ", " : "") + code(text);
    }
    return result;
}

/// "{0} - tanh({0})" as "u - tanh(u)"; an operator as "u*v".
std::string written_as(const detail::primitive_info& primitive) {
    std::string result;
    if (primitive.text.empty()) {
        const std::string name(primitive.name);
        return primitive.arity == 2 ? "u" + name + "v" : name;
    }
    for (std::size_t i = 0; i < primitive.text.size(); ++i) {
        if (primitive.text[i] == '{') {
            result += "uvwz"[primitive.text[i + 1] - '0'];
            i += 2;
        } else {
            result += primitive.text[i];
        }
    }
    return result;
}

bool is_operator(std::string_view name) { return name.find_first_of("+-*/") != name.npos; }

std::string primitives_page() {
    std::string called = "| name | meaning | partial derivatives |\n|---|---|---|\n";
    std::string written = "| name | meaning | written |\n|---|---|---|\n";
    for (const detail::primitive_info& primitive : detail::primitives) {
        if (primitive.name.front() == '#') continue;  // a step of programs, no name in formulas
        std::string header;
        const std::string meaning = in_table(meaning_of(primitive.name, header));
        CHECK(!meaning.empty());
        const std::string link =
            "[`" + std::string(primitive.name) + "`](../../include/chainrule/op/" + header + ")";
        if (primitive.arity == 0 || !primitive.text.empty() || is_operator(primitive.name)) {
            written += "| " + link + " | " + meaning + " | " + code(written_as(primitive)) + " |\n";
        } else {
            called +=
                "| " + link + " | " + meaning + " | " + partial_derivatives(primitive) + " |\n";
        }
    }
    return called + "\nNot called by name, but written:\n\n" + written;
}

// ------------------------------------------------------------------------------------- catalogue

std::string number(long double v) {
    char text[64];
    std::snprintf(text, sizeof text, "%.17Lg", v);
    return text;
}

std::string default_of(const activation_parameter& p) {
    if (!p.has_default()) return std::string(p.name);
    std::string value = number(static_cast<long double>(p.default_value.value) +
                               static_cast<long double>(p.default_value.residual));
    return std::string(p.name) + " = " + value;
}

std::string catalogue_page() {
    std::string page =
        "| name | f(x) | f′(x) | parameters | kinks | source |\n|---|---|---|---|---|---|\n";
    hana::for_each(activations::all, [&](const auto& entry) {
        std::string names = code(entry.name);
        for (std::string_view alias : entry.aliases) names += " " + code(alias);
        std::string parameters;
        for (const activation_parameter& p : entry.parameters) {
            parameters += (parameters.empty() ? "" : ", ") + default_of(p);
        }
        std::string kinks;
        hana::for_each(entry.kinks,
                       [&](auto k) { kinks += (kinks.empty() ? "" : ", ") + code(to_string(k)); });
        page += "| " + names + " | " + code(to_string(entry.expression)) + " | " +
            code(to_string(derivative(entry.expression))) + " | " + parameters + " | " + kinks +
            " | " + in_table(entry.source) + " |\n";
    });
    return page;
}

// -------------------------------------------------------------------------------------- numerics

std::string short_number(double v) {
    char text[64];
    std::snprintf(text, sizeof text, "%.6g", v);
    return text;
}

/// In units of the last place of the true value.
double ulps_off(double v, const oracle::number& truth) {
    const double nearest = truth.to_double();
    const double unit = std::nextafter(std::abs(nearest), HUGE_VAL) - std::abs(nearest);
    return oracle::abs((oracle::number(v) - truth) / oracle::number(unit)).to_double();
}

std::string error_of(double v, const oracle::number& truth) {
    if (std::isnan(v)) return "NaN";
    if (std::isinf(v)) return "∞";
    if (v == 0) return "0";
    const double ulps = ulps_off(v, truth);
    char text[64];
    std::snprintf(text, sizeof text, ulps < 10 ? "%.1f ULP" : "%.0e ULP", ulps);
    return text;
}

std::string page_row(std::string_view name, std::string_view text, double at, double textbook,
                     double ours) {
    const oracle::number truth = oracle::value_of(text, {{"x", oracle::number(at)}});
    CHECK(ulps_off(ours, truth) < 0.6);
    return "| " + std::string(name) + " | " + code(text) + " | " + short_number(at) + " | " +
        short_number(truth.to_double()) + " | " + error_of(textbook, truth) + " | " +
        error_of(ours, truth) + " |\n";
}

double logistic(double v) { return 1 / (1 + std::exp(-v)); }

std::string numerics_page() {
    std::string page = "| | textbook | x | true value | textbook in double | `evaluate` in double "
                       "|\n|---|---|---|---|---|---|\n";
#define CHAINRULE_ROW(name, text, at, textbook)                                                    \
    {                                                                                              \
        const double v = at;                                                                       \
        page += page_row(name, text, v, textbook, evaluate(text##_f, x = v));                      \
    }
    CHAINRULE_ROW("σ′", "sigmoid(x)*(1 - sigmoid(x))", 40, logistic(v) * (1 - logistic(v)))
    CHAINRULE_ROW("tanh′", "1 - tanh(x)^2", 20, 1 - std::tanh(v) * std::tanh(v))
    CHAINRULE_ROW("softplus", "log(1 + exp(x))", 800, std::log(1 + std::exp(v)))
    CHAINRULE_ROW("softplus", "log(1 + exp(x))", -40, std::log(1 + std::exp(v)))
    CHAINRULE_ROW("gelu", "x/2*(1 + erf(x/sqrt(2)))", -9,
                  v / 2 * (1 + std::erf(v / std::sqrt(2.0))))
    CHAINRULE_ROW("gelu", "x/2*erfc(-x/sqrt(2))", -30, v / 2 * std::erfc(-v / std::sqrt(2.0)))
    CHAINRULE_ROW("tanh_shrink", "x - tanh(x)", 1e-6, v - std::tanh(v))
    CHAINRULE_ROW("elu", "exp(x) - 1", -1e-12, std::exp(v) - 1)
    CHAINRULE_ROW("squareplus", "(x + sqrt(x^2 + 4))/2", -1e9, (v + std::sqrt(v * v + 4)) / 2)
    CHAINRULE_ROW("squareplus", "(x + sqrt(x^2 + 4))/2", 1e200, (v + std::sqrt(v * v + 4)) / 2)
    CHAINRULE_ROW("log1mexp", "log(1 - exp(-x))", 1e-20, std::log(1 - std::exp(-v)))
    CHAINRULE_ROW("tail of a Gaussian", "exp(-x^2)", 26.4, std::exp(-(v * v)))
    CHAINRULE_ROW("swish in its tail", "x*sigmoid(1.702*x)", -400, v * logistic(1.702 * v))
    CHAINRULE_ROW("snake", "1 - cos(x)", 1e-9, 1 - std::cos(v))
#undef CHAINRULE_ROW
    return page;
}

}  // namespace

TEST_CASE("the page of primitives") {
    check_page("docs/reference/primitives.md", primitives_page());
}
TEST_CASE("the page of the catalogue") {
    check_page("docs/reference/catalogue.md", catalogue_page());
}
TEST_CASE("the table of numerics") { check_page("docs/explanation/numerics.md", numerics_page()); }
