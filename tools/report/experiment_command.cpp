// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "compiler.hpp"
#include "experiment.hpp"
#include "html.hpp"
#include "module_cache.hpp"
#include "output_directory.hpp"
#include "user_error.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <optional>
#include <string_view>

namespace chainrule::report {

void run_experiment_command(const request& wanted) {
    // Everything that can be refused is looked at before anything takes long.
    const experiment_options& options = wanted.experiment;
    const auto subject = std::make_shared<const formula>(wanted.formulas, wanted.values);
    random_numbers random(options.seed);
    split_data data;
    if (options.data) {
        std::optional<std::filesystem::path> labels;
        if (options.labels) labels = *options.labels;
        data = split_and_scale(read_labelled_file(*options.data, labels), random);
    } else {
        data = split_and_scale(two_spirals(1000, 0.03, random), random);
    }
    const compiler with = find_compiler();
    if (wanted.out) require_gnuplot();
    std::optional<output_directory> directory;
    if (wanted.out) directory.emplace(*wanted.out);

    const compiled_formula* compiled = compile(with, {subject}, short_name(*subject))[0];
    const experiment e = [&] {
        try {
            return run_experiment(subject, *compiled, options, data, random);
        } catch (
            const argument_error& problem) {  // "chainrule: in layer 3 …", where f is not finite
            std::string sentence =
                std::string(problem.what()).substr(std::string_view("chainrule: ").size());
            throw user_error(
                fmt::format("The random networks leave the domain of the formula: {}.", sentence));
        }
    }();
    const document d = write_experiment(e);
    const std::string page = wanted.out ? *wanted.out + "/report.md" : "";
    if (directory) {
        plot_script plots;
        add_experiment_pictures(plots, e);
        plots.draw(directory->draft());
        directory->write("report.md", to_markdown(d));
        directory->write("report.html", to_html(d, read_pictures(d, directory->draft())));
        directory->write("experiment.json", to_json(e));
        directory->keep();
    }
    fmt::print("{}", to_terminal(d, isatty(STDOUT_FILENO) == 1, page));
    if (directory) {
        fmt::print(
            "\nWritten: {0}, {1}/report.html, experiment.json, gradients.svg, gradients.png{2}\n",
            page, *wanted.out, e.records.empty() ? "" : ", training.svg, training.png");
    }
}

}  // namespace chainrule::report
