// SPDX-License-Identifier: BSL-1.0
#include "commands.hpp"
#include "compiler.hpp"
#include "flow_plots.hpp"
#include "grids.hpp"
#include "html.hpp"
#include "module_cache.hpp"
#include "output_directory.hpp"
#include "plots.hpp"
#include "progress.hpp"
#include "report_document.hpp"
#include "report_json.hpp"
#include "run_time_kernel.hpp"
#include "user_error.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace chainrule::report {

namespace {

void require_values(const run_time_kernel& f) {
    constexpr double farthest = 1e6;
    constexpr std::size_t points = 20'001;
    std::vector<double> x = even_grid(-8, 8, points);
    for (double v = farthest; v > 1e-6; v /= 1.25) x.insert(x.end(), {v, -v});
    std::vector<double> value(x.size());
    std::vector<double> slope(x.size());
    f(x.data(), value.data(), slope.data(), x.size());
    if (std::ranges::all_of(value, [](double v) { return std::isnan(v); })) {
        throw user_error(
            fmt::format("The formula has no value anywhere: it is NaN at all of {} numbers "
                        "from -1e6 to 1e6 that were tried, so there is nothing to report.",
                        x.size()));
    }
}

}  // namespace

void run_report(const request& wanted) {
    // Everything that can be refused is looked at before anything takes long.
    const auto subject = std::make_shared<const formula>(wanted.formulas, wanted.values);
    std::optional<input_file> input;
    if (wanted.input) input.emplace(*wanted.input);
    const compiler with = find_compiler();
    if (wanted.out) require_gnuplot();
    std::optional<output_directory> directory;
    if (wanted.out) directory.emplace(*wanted.out);

    const compiled_formula* compiled = compile(with, {subject}, short_name(*subject))[0];
    require_values(run_time_kernel(*subject));
    analysis a = [&] {
        progress shown("Analysing");
        gradient_flow_request looked_for;
        looked_for.depth = wanted.depth;
        looked_for.progress = [&](const std::string& part) {
            stop_if_interrupted();
            shown.show_working(part);
        };
        analysis found = analyse(subject, compiled, looked_for);
        shown.finish(fmt::format("done after {:.1f} s", shown.seconds()));
        return found;
    }();
    if (input) a.input = measure_input(*compiled, *input);
    {
        progress shown("Measuring throughput");
        a.speed = measure_throughput(*compiled);
        shown.finish("done");
    }
    document d = write_report(a, with.version + optimisation_words);
    const std::string page = wanted.out ? *wanted.out + "/report.md" : "";
    if (directory) {
        plot_script plots;
        const flow_curves curves = find_flow_curves(a);
        plots.add_function(a, function_picture);
        plots.add_chain(a, chain_picture);
        const auto pictures = std::ranges::find(d.sections, "Pictures", &section::title);
        for (block& b : add_flow_pictures(plots, title_command(a), curves))
            pictures->blocks.push_back(std::move(b));
        plots.draw(directory->draft());
        directory->write("report.md", to_markdown(d));
        directory->write("report.html", to_html(d, read_pictures(d, directory->draft())));
        directory->write("report.json", report_json(a, with.version + optimisation_words));
        directory->keep();
    }
    fmt::print("{}", to_terminal(d, isatty(STDOUT_FILENO) == 1, page));
    if (directory) {
        fmt::print("\nWritten: {0}, {1}/report.html, report.json, and the pictures as SVG and PNG "
                   "beside them\n",
                   page, *wanted.out);
    }
}

}  // namespace chainrule::report
