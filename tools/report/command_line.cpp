// SPDX-License-Identifier: BSL-1.0
#include "command_line.hpp"

#include <chainrule/core/version.hpp>

#include "chain.hpp"
#include "user_error.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace chainrule::report {

namespace {

constexpr const char* explanation = R"text(
A formula is written as in "x*sigmoid(beta*x)": + - * / ^, parentheses, a < b ? u : v, every primitive
and every activation of the catalogue by name. Symbols other than x get their values after it: beta=1.5.

  chainrule report "swish(gelu(x))" --out report
  chainrule report "x*sigmoid(beta*x)" beta=1.702 --depth 100
  chainrule report "gelu(x)" --compose "swish(x)"      analyses f2(f1(x)), f1 = gelu, f2 = swish
  chainrule experiment "gelu(x)" --depth 30 --init critical --out experiment

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

/// A whole number that must lie between two others.
template<class T>
T parse_whole(const char* option, const std::string& text, T least, T most) {
    T value = 0;
    const std::string digits = unprotected(text);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < least ||
        value > most) {
        throw user_error(fmt::format("{} must be a whole number from {} to {}, not '{}'.", option,
                                     least, most, digits));
    }
    return value;
}

/// A positive number, or 0 where that has a meaning.
double parse_positive(const char* option, const std::string& text, bool zero_allowed = false) {
    double value = 0;
    const std::string digits = unprotected(text);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || !(value < 1e300) ||
        !(value > 0 || (zero_allowed && value == 0))) {
        throw user_error(fmt::format("{} must be a positive number{}, not '{}'.", option,
                                     zero_allowed ? " or 0" : "", digits));
    }
    return value;
}

std::string parse_choice(const char* option, const std::string& text,
                         const std::vector<std::string>& choices) {
    if (std::ranges::find(choices, text) != choices.end()) return text;
    std::string list = choices[0];
    for (std::size_t i = 1; i < choices.size(); ++i) {
        list += (i + 1 == choices.size() ? " or " : ", ") + choices[i];
    }
    throw user_error(fmt::format("{} must be {}, not '{}'.", option, list, text));
}

/// The options of chainrule experiment: as text, until the command line has been read.
class experiment_command_line {
public:
    explicit experiment_command_line(CLI::App& command) {
        auto add = [&](const char* name, const char* type, const char* meaning) {
            command.add_option(name, texts[name], meaning)->type_name(type);
        };
        add("--depth", "N", "hidden layers (default 10)");
        add("--width", "N", "units of each (default 64)");
        add("--init", "SCHEME", "he (default), lecun, glorot, orthogonal or critical");
        add("--gain", "G", "of he (default √2), lecun, glorot and orthogonal (default 1)");
        add("--weight-variance", "V",
            "σ_w² of critical (default: from the formula, so that χ₁ = 1)");
        add("--bias-variance", "V", "σ_b² of critical, beside --weight-variance (default 0)");
        add("--length", "Q", "the variance of u that critical keeps (default 1)");
        add("--epochs", "N", "passes over the training data (default 100; 0: no training)");
        add("--batch", "N", "samples of one step (default 64)");
        add("--optimizer", "NAME", "adam (default) or momentum");
        add("--rate", "R", "learning rate (default 0.003 for adam, 0.05 for momentum)");
        add("--draws", "N", "random networks to measure (default 20)");
        add("--seed", "N", "of all random numbers (default 1)");
        add("--data", "FILE",
            "CSV, the class in the last column, or IDX images (default: two spirals)");
        add("--labels", "FILE", "the labels of IDX images");
    }

    [[nodiscard]] experiment_options parse() const {
        experiment_options o;
        auto with = [&](const char* name, auto use) {
            if (const std::string& text = texts.at(name); !text.empty()) use(text);
        };
        auto whole = [&](const char* name, int& target, int least, int most) {
            with(name,
                 [&](const std::string& text) { target = parse_whole(name, text, least, most); });
        };
        whole("--depth", o.depth, 1, 1000);
        whole("--width", o.width, 1, 4096);
        whole("--epochs", o.epochs, 0, 100000);
        whole("--batch", o.batch, 1, 1000000);
        whole("--draws", o.draws, 1, 10000);
        with("--seed", [&](const std::string& text) {
            o.seed = parse_whole<std::uint64_t>("--seed", text, 0, ~std::uint64_t{0});
        });
        with("--init", [&](const std::string& text) {
            o.init =
                parse_choice("--init", text, {"he", "lecun", "glorot", "orthogonal", "critical"});
        });
        with("--optimizer", [&](const std::string& text) {
            o.optimiser = parse_choice("--optimizer", text, {"adam", "momentum"});
        });
        with("--gain", [&](const std::string& text) { o.gain = parse_positive("--gain", text); });
        with("--rate", [&](const std::string& text) { o.rate = parse_positive("--rate", text); });
        with("--length",
             [&](const std::string& text) { o.length = parse_positive("--length", text); });
        with("--weight-variance", [&](const std::string& text) {
            o.weight_variance = parse_positive("--weight-variance", text);
        });
        with("--bias-variance", [&](const std::string& text) {
            o.bias_variance = parse_positive("--bias-variance", text, true);
        });
        with("--data", [&](const std::string& text) { o.data = text; });
        with("--labels", [&](const std::string& text) { o.labels = text; });
        const bool critical = o.init == "critical";
        if (critical && o.gain)
            throw user_error("--gain does not go with --init critical; give --weight-variance.");
        if (!critical && (o.weight_variance || o.bias_variance || !texts.at("--length").empty())) {
            throw user_error(fmt::format(
                "--weight-variance, --bias-variance and --length go with --init critical, "
                "not with {}.",
                o.init));
        }
        if (o.bias_variance && !o.weight_variance) {
            throw user_error("--bias-variance needs --weight-variance beside it.");
        }
        if (o.labels && !o.data) throw user_error("--labels needs the images in --data.");
        return o;
    }

private:
    std::map<std::string, std::string> texts;
};

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
    report->add_option("--out", out, "directory for report.html, report.md and the pictures")
        ->type_name("DIR");
    CLI::App* trial = app.add_subcommand(
        "experiment", "gradients of random networks of a formula, measured, predicted and trained");
    trial->footer(explanation);
    trial->add_option("FORMULA", formula, "the activation, in x")->required();
    trial->add_option("name=value", values, "values of its other symbols");
    experiment_command_line trial_options(*trial);
    trial
        ->add_option("--out", out,
                     "directory for report.html, report.md, experiment.json and the pictures")
        ->type_name("DIR");
    CLI::App* catalogue =
        app.add_subcommand("catalogue", "one page with every activation of the library");
    catalogue->add_option("--out", out, "directory for catalogue.md, index.html and the pictures")
        ->type_name("DIR");

    if (count > 1 && words[1][0] != '-') {
        const std::string command = words[1];
        if (command != "report" && command != "catalogue" && command != "experiment") {
            throw user_error(fmt::format(
                "'{}' is not a command; the commands are report, experiment and catalogue.",
                command));
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
    result.what = report->parsed() ? request::kind::report
        : trial->parsed()          ? request::kind::experiment
                                   : request::kind::catalogue;
    if (!out.empty()) result.out = out;
    const bool out_given =
        report->count("--out") + catalogue->count("--out") + trial->count("--out") > 0;
    if (out_given && out.empty()) throw user_error("--out needs the name of a directory.");
    if (catalogue->parsed()) return result;

    result.formulas.push_back(unprotected(formula));
    for (const std::string& text : composed) result.formulas.push_back(unprotected(text));
    for (const std::string& text : values)
        result.values.push_back(parse_given_value(unprotected(text)));
    if (trial->parsed()) {
        result.experiment = trial_options.parse();
        return result;
    }
    result.depth = parse_depth(depth);
    if (report->count("--input") > 0) result.input = input;
    return result;
}

}  // namespace chainrule::report
