// SPDX-License-Identifier: BSL-1.0
#include "catalogue_page.hpp"
#include "catalogue_scorecard.hpp"
#include "commands.hpp"
#include "compiler.hpp"
#include "html.hpp"
#include "module_cache.hpp"
#include "output_directory.hpp"
#include "plots.hpp"
#include "progress.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <optional>
#include <thread>

namespace chainrule::report {

namespace {

std::size_t processors() { return std::max(1U, std::thread::hardware_concurrency()); }

/// Formulas of one module share the cost of reading the headers, as much as that of a small formula: few large
/// modules, but two to a processor, since one takes longer than the other.
std::size_t formulas_per_module(std::size_t formulas) {
    const std::size_t modules = 2 * processors();
    return std::max<std::size_t>(5, (formulas + modules - 1) / modules);
}

/// All entries, on all processors.
std::vector<catalogue_row> analyse_all(const std::vector<catalogue_entry>& entries,
                                       const formula_list& formulas,
                                       const std::vector<const compiled_formula*>& compiled) {
    std::vector<catalogue_row> rows(entries.size());
    gradient_flow_request request;
    request.depth = default_depth;
    request.part_seconds = 3;
    request.total_seconds = 12;
    std::atomic<std::size_t> next = 0;
    std::atomic<std::size_t> done = 0;
    std::exception_ptr failure;
    std::atomic<bool> failed = false;
    auto work = [&] {
        // The last entries oscillate, which takes longest: they come first.
        for (std::size_t n = next++; n < rows.size() && !failed; n = next++) {
            const std::size_t i = rows.size() - 1 - n;
            try {
                rows[i] = {entries[i], analyse(formulas[i], compiled[i], request),
                           find_catalogue_extras(*formulas[i])};
            } catch (...) {
                if (!failed.exchange(true)) failure = std::current_exception();
            }
            ++done;
        }
    };
    progress shown("Analysing");
    {
        std::vector<std::jthread> workers;
        for (std::size_t w = 0; w < processors(); ++w) workers.emplace_back(work);
        while (done < rows.size() && !failed) {
            shown.show_share(static_cast<double>(done) / static_cast<double>(rows.size()));
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }
    if (failure) std::rethrow_exception(failure);
    // One after the other: two stop watches would disturb each other.
    constexpr int milliseconds_each = 10;
    for (catalogue_row& row : rows)
        row.found.speed = measure_throughput(*row.found.compiled, milliseconds_each);
    shown.finish(fmt::format("done after {:.1f} s", shown.seconds()));
    return rows;
}

}  // namespace

void run_catalogue(const request& wanted) {
    const compiler with = find_compiler();
    if (wanted.out) require_gnuplot();
    std::optional<output_directory> directory;
    if (wanted.out) directory.emplace(*wanted.out);

    const std::vector<catalogue_entry> entries = catalogue_entries();
    formula_list formulas;
    for (const catalogue_entry& entry : entries) {
        formulas.push_back(std::make_shared<const formula>(std::vector<std::string>{entry.text},
                                                           entry.example_values));
    }
    const auto compiled = compile(with, formulas, fmt::format("{} activations", entries.size()),
                                  formulas_per_module(entries.size()), false);
    const std::vector<catalogue_row> rows = analyse_all(entries, formulas, compiled);

    if (directory) {
        std::filesystem::create_directory(directory->draft() / picture_directory);
        plot_script plots;
        for (const catalogue_row& row : rows) {
            plots.add_thumbnail(row.found, fmt::format("{}/{}", picture_directory, row.entry.name));
        }
        plots.draw(directory->draft());
        const document page = catalogue_document(rows);
        directory->write("catalogue.md", to_markdown(page));
        directory->write("catalogue.json", catalogue_json(rows, with.version + optimisation_words));
        directory->write("index.html", to_html(page, read_pictures(page, directory->draft())));
        directory->keep();
    }
    fmt::print("{}", to_terminal(catalogue_summary(rows), isatty(STDOUT_FILENO) == 1, ""));
    if (directory)
        fmt::print("\nWritten: {0}/index.html, {0}/catalogue.md, {0}/catalogue.json, {0}/{1}\n",
                   *wanted.out, picture_directory);
}

}  // namespace chainrule::report
