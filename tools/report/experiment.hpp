// SPDX-License-Identifier: BSL-1.0
/// chainrule experiment: random networks of a formula, measured, predicted and trained.
#pragma once

#include <chainrule/analysis/gradient_norms.hpp>
#include <chainrule/analysis/training_record.hpp>

#include "analysis.hpp"
#include "document.hpp"
#include "experiment_options.hpp"
#include "labelled_file.hpp"
#include "plots.hpp"

#include <memory>
#include <string>
#include <vector>

namespace chainrule::report {

struct experiment {
    std::shared_ptr<const formula> subject;
    experiment_options options;
    initialisation init;
    double rate = 0;
    std::string data_name;
    std::size_t training_samples = 0;
    std::size_t test_samples = 0;
    std::vector<std::size_t> widths;         ///< inputs, hidden layers, classes
    std::vector<predicted_layer> predicted;  ///< of the hidden layers, before training
    std::vector<measured_layer> measured;
    std::vector<epoch_record> records;
};

/// Draws, measures, predicts and trains, with progress on stderr. `data` has been read and split with the
/// random numbers of the seed. Throws user_error, for a formula without a critical point for example.
experiment run_experiment(std::shared_ptr<const formula> subject, const compiled_formula& compiled,
                          const experiment_options& options, const split_data& data,
                          random_numbers& random);

document write_experiment(const experiment& e);
std::string to_json(const experiment& e);
/// gradients: measured and predicted norms by layer; training: gradient norms and accuracy by epoch.
void add_experiment_pictures(plot_script& plots, const experiment& e);

}  // namespace chainrule::report
