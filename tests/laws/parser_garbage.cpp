// SPDX-License-Identifier: BSL-1.0
/// The parser answers any text with a formula or with an error that names a position in it.
#include <chainrule/graph/compare.hpp>

#include "support/catch.hpp"
#include "support/random_formula.hpp"
#include "support/rule_laws.hpp"

using namespace laws;

namespace {

/// Parses, checks the answer, and returns whether the text was a formula.
bool is_understood(const std::string& text) {
    graph raw;
    const int root = parse_text(raw, text);
    INFO("text: " << text.substr(0, 100));
    if (raw.problem.kind == failure_kind::none) {
        std::vector<int> roots{root};
        const graph out = simplified(raw, roots, for_text);
        CHECK((roots[0] >= 0 && roots[0] < out.size()));
        return true;
    }
    CHECK(raw.problem.kind == failure_kind::syntax);
    CHECK(raw.problem.position >= 1);
    CHECK(raw.problem.position <= text.size() + 1);
    CHECK(raw.problem.expected_size > 0);
    CHECK(raw.problem.text == text);
    return false;
}

std::string repeated(const std::string& text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result;
}

}  // namespace

TEST_CASE("random characters") {
    std::mt19937 random(7);
    const std::string alphabet = "x+-*/^()., 019eE<>=?:_asintuhopl\t\n\x01\x80\xff#\"\\&|!%'";
    int formulas = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string text;
        const std::size_t length = random() % 24;
        for (std::size_t k = 0; k < length; ++k) text += alphabet[random() % alphabet.size()];
        formulas += is_understood(text) ? 1 : 0;
    }
    CHECK(formulas > 0);
    CHECK(formulas < 10000);
}

TEST_CASE("random words") {
    std::mt19937 random(8);
    const std::vector<std::string> words{"x",      "beta",
                                         "1",      "2.5",
                                         "1e5",    "+",
                                         "-",      "*",
                                         "/",      "^",
                                         "(",      ")",
                                         ",",      "<",
                                         "<=",     ">",
                                         "?",      ":",
                                         "sin(",   "max(",
                                         "pow(",   "select(",
                                         "tanh",   "pi",
                                         "clamp(", "select_less(",
                                         "sqrt("};
    int formulas = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string text;
        const std::size_t length = random() % 16;
        for (std::size_t k = 0; k < length; ++k) text += words[random() % words.size()];
        formulas += is_understood(text) ? 1 : 0;
    }
    CHECK(formulas > 0);
}

TEST_CASE("formulas with one character changed, lost or doubled") {
    formula_generator generator(9);
    int formulas = 0;
    for (int i = 0; i < 3000; ++i) {
        std::string text = formula_generator::write(generator.make(3));
        REQUIRE(is_understood(text));
        const std::size_t at = generator.pick(text.size());
        switch (generator.pick(3)) {
        case 0:
            text[at] = "()+*x1.,?"[generator.pick(9)];
            break;
        case 1:
            text.erase(at, 1);
            break;
        default:
            text.insert(at, 1, text[at]);
        }
        formulas += is_understood(text) ? 1 : 0;
    }
    CHECK(formulas > 0);
    CHECK(formulas < 3000);
}

TEST_CASE("every beginning of a formula") {
    const std::string text =
        "select(x <= 1.5e-3, max(-x^2, alpha), (a < b ? sin(x) : 2)/clamp(x, 0, 6)) - 1";
    for (std::size_t i = 0; i <= text.size(); ++i) is_understood(text.substr(0, i));
    CHECK(is_understood(text));
}

TEST_CASE("very long and very deep formulas") {
    CHECK(is_understood("x" + repeated(" + x", 5000)));
    CHECK(is_understood("x" + repeated(" * x", 5000)));
    CHECK(is_understood("x" + repeated(" - sin(x)", 300)));
    CHECK_FALSE(is_understood(repeated("(", 100000)));
    CHECK_FALSE(is_understood(repeated("-", 100000) + "x"));
    CHECK_FALSE(is_understood(repeated("sin(", 100000)));
    CHECK_FALSE(is_understood(repeated("x^", 100000)));
    CHECK_FALSE(is_understood(repeated("x<1?", 100000)));
    CHECK_FALSE(is_understood(repeated("x<1?x:", 100000)));
    CHECK(is_understood(repeated("(", 100) + "x" + repeated(")", 100)));
    // Many different terms: more than one node holds.
    std::string many = "x";
    for (int i = 0; i < 1000; ++i) many += " + a" + std::to_string(i) + "*x^" + std::to_string(i);
    CHECK(is_understood(many));
    many = "1";
    for (int i = 1; i < 400; ++i) many += "*(x + " + std::to_string(i) + ".1)";
    CHECK(is_understood(many));
}

TEST_CASE("numbers at the ends of the range") {
    CHECK(is_understood("1e308*x"));
    CHECK(is_understood("1e-320*x"));
    CHECK(is_understood("1e-400*x"));
    CHECK_FALSE(is_understood("1e309*x"));
    CHECK(is_understood("1e300*x*1e300"));
    CHECK(is_understood("1e-300*x*1e-300"));
    CHECK(is_understood("x^1e300^2"));
    CHECK(is_understood("2^10000*x"));
    CHECK(is_understood("(2*x)^10000"));
    CHECK(is_understood("x^0.1^0.1"));
    CHECK(is_understood("0^0 + 0/0 + 1/0 + x/0"));
}
