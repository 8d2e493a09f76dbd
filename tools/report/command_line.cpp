// SPDX-License-Identifier: BSL-1.0
#include "command_line.hpp"

#include <chainrule/core/version.hpp>

#include "chain.hpp"
#include "user_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace chainrule::report {

namespace {

constexpr const char* explanation = R"text(
A formula is written as in "x*sigmoid(beta*x)": + - * / ^, parentheses, a < b ? u : v, every primitive
and every activation of the catalogue by name. Symbols other than x get their values after it: beta=1.5.

  chainrule report "swish(gelu(x))" --out report
  chainrule report "x*sigmoid(beta*x)" beta=1.702 --depth 100
  chainrule report "gelu(x)" --compose "swish(x)"      analyses f2(f1(x)), f1 = gelu, f2 = swish

The formula is compiled through the library by the local C++ compiler ($CXX, c++, g++ or clang++) and
kept in $XDG_CACHE_HOME/chainrule. Exit code: 0, or 2 with one sentence for anything that is wrong with
the input.)text";

/// CLI11 takes "-x*tanh(x)" for an option. A space in front makes it a formula, which is what every word
/// is that begins with a single minus.
std::vector<std::string> protected_words(int count, const char* const* words) {
    std::vector<std::string> result;
    for (int i = count - 1; i > 0; --i) {
        std::string word = words[i];
        const bool is_formula = word.size() > 1 && word[0] == '-' && word[1] != '-' && word != "-h";
        result.push_back(is_formula ? " " + word : word);
    }
    return result;  // in reverse, as CLI11 wants them
}

std::string unprotected(const std::string& word) {
    return word.starts_with(" -") ? word.substr(1) : word;
}

int parse_depth(const std::string& text) {
    int depth = 0;
    const std::string digits = unprotected(text);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), depth);
    if (error != std::errc() || end != digits.data() + digits.size() || depth < 1 ||
        depth > largest_depth) {
        throw user_error(fmt::format("--depth must be a whole number from 1 to {}, not '{}'.",
                                     largest_depth, digits));
    }
    return depth;
}

}  // namespace

request read_command_line(int count, const char* const* words) {
    CLI::App app("Derivatives, kinks, gradient flow and speed of an activation formula.",
                 "chainrule");
    app.set_version_flag("--version",
                         fmt::format("chainrule {}.{}.{}", library_version.major,
                                     library_version.minor, library_version.patch));
    app.footer(explanation);
    app.require_subcommand(1);

    std::string formula;
    std::vector<std::string> values;
    std::vector<std::string> composed;
    std::string depth = std::to_string(default_depth);
    std::string input;
    std::string out;

    CLI::App* report = app.add_subcommand("report", "the report of one formula");
    report->footer(explanation);
    report->add_option("FORMULA", formula, "the formula, in x")->required();
    report->add_option("name=value", values, "values of its other symbols");
    report
        ->add_option(
            "--compose", composed,
            "a formula that is applied to the result of what stands before it: FORMULA is f1(x), "
            "the first --compose f2(f1(x)), the next f3(f2(f1(x))) ...")
        ->allow_extra_args(false)
        ->take_all()
        ->type_name("FORMULA");
    report
        ->add_option("--depth", depth,
                     fmt::format("layers of the chain (default {})", default_depth))
        ->type_name("N");
    report
        ->add_option(
            "--input", input,
            "real pre-activations: .npy (float32, float64) or text with one number per line")
        ->type_name("FILE");
    report->add_option("--out", out, "directory for report.md and the pictures")->type_name("DIR");
    CLI::App* catalogue =
        app.add_subcommand("catalogue", "one page with every activation of the library");
    catalogue->add_option("--out", out, "directory for catalogue.md, index.html and the pictures")
        ->type_name("DIR");

    if (count > 1 && words[1][0] != '-') {
        const std::string command = words[1];
        if (command != "report" && command != "catalogue") {
            throw user_error(fmt::format(
                "'{}' is not a command; the commands are report and catalogue.", command));
        }
    }
    try {
        app.parse(protected_words(count, words));
    } catch (const CLI::Success& answer) {
        app.exit(answer);
        return {};
    } catch (const CLI::ParseError& problem) {
        std::string sentence = problem.what();
        if (!sentence.ends_with('.')) sentence += '.';
        throw user_error(fmt::format("{} See chainrule --help.", sentence));
    }

    request result;
    result.what = report->parsed() ? request::kind::report : request::kind::catalogue;
    if (!out.empty()) result.out = out;
    const bool out_given = report->count("--out") + catalogue->count("--out") > 0;
    if (out_given && out.empty()) throw user_error("--out needs the name of a directory.");
    if (catalogue->parsed()) return result;

    result.formulas.push_back(unprotected(formula));
    for (const std::string& text : composed) result.formulas.push_back(unprotected(text));
    for (const std::string& text : values)
        result.values.push_back(parse_given_value(unprotected(text)));
    result.depth = parse_depth(depth);
    if (report->count("--input") > 0) result.input = input;
    return result;
}

}  // namespace chainrule::report
