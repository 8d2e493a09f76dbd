// SPDX-License-Identifier: BSL-1.0
#include "experiment.hpp"

#include <chainrule/analysis/training.hpp>

#include "kinks.hpp"
#include "numbers.hpp"
#include "progress.hpp"
#include "user_error.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

namespace chainrule::report {

namespace {

initialisation choose_initialisation(const experiment_options& o,
                                     const activation_kernel<double>& f,
                                     std::span<const double> kinks) {
    if (o.init == "he") return he_initialisation(o.gain.value_or(std::numbers::sqrt2));
    if (o.init == "lecun") return lecun_initialisation(o.gain.value_or(1));
    if (o.init == "glorot") return glorot_initialisation(o.gain.value_or(1));
    if (o.init == "orthogonal") return orthogonal_initialisation(o.gain.value_or(1));
    if (o.weight_variance) {
        return critical_initialisation(*o.weight_variance, o.bias_variance.value_or(0));
    }
    const initialisation found = critical_initialisation_of(f, o.length, kinks);
    if (!(found.bias_variance >= 0) || !std::isfinite(found.weight_variance)) {
        throw user_error(fmt::format(
            "This formula has no critical initialisation at length {0}: σ_w² = {1} would need "
            "σ_b² = {2}; try another --length or give --weight-variance and --bias-variance.",
            show(o.length), show(found.weight_variance), show(found.bias_variance)));
    }
    return found;
}

std::string quoted_json(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        if (static_cast<unsigned char>(c) < 0x20)
            result += fmt::format("\\u{:04x}", static_cast<int>(c));
        else result += c;
    }
    return result + '"';
}

/// JSON has no infinity and no NaN.
std::string json(double v) { return std::isfinite(v) ? fmt::format("{}", v) : "null"; }

/// "he (σ_w² = 2, σ_b² = 0)".
std::string describe_initialisation(const experiment& e) {
    return fmt::format("{} (σ_w² = {}, σ_b² = {})", e.options.init, show(e.init.weight_variance),
                       show(e.init.bias_variance));
}

/// Layers or epochs for a table: all if they are few, else some evenly spaced, ends included.
std::vector<std::size_t> some_of(std::size_t count, std::size_t most) {
    std::vector<std::size_t> result;
    if (count <= most) {
        for (std::size_t i = 0; i < count; ++i) result.push_back(i);
    } else {
        for (std::size_t i = 0; i < most; ++i) result.push_back(i * (count - 1) / (most - 1));
    }
    return result;
}

section write_start(const experiment& e) {
    section s{"Gradients before training", {}};
    table t{
        {"layer", "q", "χ", "predicted |∂L/∂u|", "measured", "least … largest", "measured |∂L/∂W|"},
        {}};
    for (const std::size_t l : some_of(e.measured.size(), 20)) {
        const predicted_layer& p = e.predicted[l];
        const measured_layer& m = e.measured[l];
        t.rows.push_back({fmt::format("{}", l + 1), show(p.length, 4), show(p.chi, 4),
                          show_exponential(p.log_gradient), show_exponential(m.log_gradient),
                          fmt::format("{} … {}", show_exponential(m.log_gradient_low),
                                      show_exponential(m.log_gradient_high)),
                          show_exponential(m.log_weight_gradient)});
    }
    s.blocks.emplace_back(paragraph{fmt::format(
        "From layer {} back to layer 1 the gradient is multiplied by {}; mean-field theory "
        "predicts {}.",
        e.measured.size(),
        show_exponential(e.measured.front().log_gradient - e.measured.back().log_gradient),
        show_exponential(e.predicted.front().log_gradient - e.predicted.back().log_gradient))});
    s.blocks.emplace_back(std::move(t));
    s.blocks.emplace_back(picture{"gradients", "Gradient norms by layer: measured and predicted"});
    s.blocks.emplace_back(
        paragraph{fmt::format("Root mean squares over {} networks, for a random loss gradient of "
                              "mean square 1 per unit of the last "
                              "hidden layer; q is the predicted variance of u, χ = σ_w² E f′(u)² "
                              "(E f′(u)² alone in the last layer).",
                              e.options.draws)});
    return s;
}

section write_training(const experiment& e) {
    section s{"Training", {}};
    table t{{"epoch", "loss", "training accuracy", "test accuracy", "|∂L/∂W| of layer 1",
             "of the last layer"},
            {}};
    for (const std::size_t i : some_of(e.records.size(), 11)) {
        const epoch_record& r = e.records[i];
        t.rows.push_back({fmt::format("{}", i + 1), show(r.loss, 4), show_share(r.train_accuracy),
                          show_share(r.test_accuracy),
                          show_exponential(r.log_weight_gradients.front()),
                          show_exponential(r.log_weight_gradients.back())});
    }
    s.blocks.emplace_back(
        paragraph{fmt::format("After {} epochs {} of the test samples are classified correctly.",
                              e.records.size(), show_share(e.records.back().test_accuracy))});
    s.blocks.emplace_back(std::move(t));
    s.blocks.emplace_back(
        picture{"training", "Gradient norms by layer in the course of training, and accuracy"});
    return s;
}

}  // namespace

experiment run_experiment(std::shared_ptr<const formula> subject, const compiled_formula& compiled,
                          const experiment_options& options, const split_data& data,
                          random_numbers& random) {
    experiment e;
    e.subject = std::move(subject);
    e.options = options;
    e.training_samples = data.training.size();
    e.test_samples = data.test.size();
    e.data_name = options.data.value_or("two spirals");
    e.rate = options.rate.value_or(options.optimiser == "adam" ? 0.003 : 0.05);
    e.widths.push_back(static_cast<std::size_t>(data.training.inputs.rows()));
    e.widths.insert(e.widths.end(), static_cast<std::size_t>(options.depth),
                    static_cast<std::size_t>(options.width));
    e.widths.push_back(static_cast<std::size_t>(data.training.classes));

    const activation_kernel<double> f(compiled.value_and_slope_double);
    std::vector<double> kinks;
    for (const kink& k : find_kinks(*e.subject)) kinks.push_back(k.at);
    e.init = choose_initialisation(options, f, kinks);
    const std::span<const std::size_t> hidden(e.widths.data(), e.widths.size() - 1);
    {
        progress shown("Measuring gradients of random networks");
        const Eigen::MatrixXd inputs =
            data.training.inputs
                .leftCols(std::min<Eigen::Index>(options.draws, data.training.inputs.cols()))
                .cast<double>();
        e.predicted = predict_gradients(hidden, f, e.init, inputs, kinks);
        e.measured = measure_gradients(hidden, f, e.init, inputs, options.draws, random);
        shown.finish(fmt::format("done after {:.1f} s", shown.seconds()));
    }
    if (options.epochs == 0) return e;
    classifier<float> network(e.widths, activation_kernel<float>(compiled.value_and_slope_float),
                              e.init, random);
    training_options how;
    how.steps.how =
        options.optimiser == "adam" ? optimiser::method::adam : optimiser::method::momentum;
    how.steps.rate = e.rate;
    how.epochs = options.epochs;
    how.batch = static_cast<std::size_t>(options.batch);
    progress shown("Training");
    int done = 0;
    e.records = train(network, data.training, data.test, how, random, [&](const epoch_record&) {
        stop_if_interrupted();
        shown.show_share(static_cast<double>(++done) / options.epochs);
    });
    shown.finish(fmt::format("done after {:.1f} s", shown.seconds()));
    return e;
}

document write_experiment(const experiment& e) {
    document d{fmt::format("Experiment with {}", describe(*e.subject)), {}};
    section s{"Setup", {}};
    s.blocks.emplace_back(
        table{{},
              {{"network",
                fmt::format("{} inputs, {} hidden layers of {}, {} classes", e.widths.front(),
                            e.options.depth, e.options.width, e.widths.back())},
               {"initialisation", describe_initialisation(e)},
               {"data",
                fmt::format("{}: {} training and {} test samples", e.data_name, e.training_samples,
                            e.test_samples)},
               {"steps",
                fmt::format("{}, rate {}, batches of {}, {} epochs", e.options.optimiser,
                            show(e.rate), e.options.batch, e.options.epochs)},
               {"seed", fmt::format("{}", e.options.seed)}}});
    d.sections.push_back(std::move(s));
    d.sections.push_back(write_start(e));
    if (!e.records.empty()) d.sections.push_back(write_training(e));
    return d;
}

std::string to_json(const experiment& e) {
    std::string text = fmt::format(
        "{{\n  \"formula\": {},\n  \"depth\": {},\n  \"width\": {},\n  \"initialisation\": {},\n"
        "  \"weight_variance\": {},\n  \"bias_variance\": {},\n  \"seed\": {},\n  \"data\": {},\n"
        "  \"training_samples\": {},\n  \"test_samples\": {},\n  \"layers\": [",
        quoted_json(describe(*e.subject)), e.options.depth, e.options.width,
        quoted_json(e.options.init), json(e.init.weight_variance), json(e.init.bias_variance),
        e.options.seed, quoted_json(e.data_name), e.training_samples, e.test_samples);
    for (std::size_t l = 0; l < e.measured.size(); ++l) {
        const predicted_layer& p = e.predicted[l];
        const measured_layer& m = e.measured[l];
        text += fmt::format(
            "{}\n    {{\"layer\": {}, \"length\": {}, \"chi\": {}, \"predicted_log_gradient\": {}, "
            "\"measured_log_gradient\": {}, \"predicted_log_weight_gradient\": {}, "
            "\"measured_log_weight_gradient\": {}}}",
            l == 0 ? "" : ",", l + 1, json(p.length), json(p.chi), json(p.log_gradient),
            json(m.log_gradient), json(p.log_weight_gradient), json(m.log_weight_gradient));
    }
    text += "\n  ],\n  \"epochs\": [";
    for (std::size_t i = 0; i < e.records.size(); ++i) {
        const epoch_record& r = e.records[i];
        text += fmt::format("{}\n    {{\"loss\": {}, \"training_accuracy\": {}, \"test_accuracy\": "
                            "{}, \"log_weight_gradients\": [",
                            i == 0 ? "" : ",", json(r.loss), json(r.train_accuracy),
                            json(r.test_accuracy));
        for (std::size_t l = 0; l < r.log_weight_gradients.size(); ++l) {
            text += (l == 0 ? "" : ", ") + json(r.log_weight_gradients[l]);
        }
        text += "]}";
    }
    return text + "\n  ]\n}\n";
}

void add_experiment_pictures(plot_script& plots, const experiment& e) {
    std::string rows;
    std::vector<double> shown_logarithms;
    for (std::size_t l = 0; l < e.measured.size(); ++l) {
        for (const double v : {e.predicted[l].log_gradient, e.measured[l].log_gradient_low,
                               e.measured[l].log_gradient_high}) {
            shown_logarithms.push_back(v);
        }
        const measured_layer& m = e.measured[l];
        rows += fmt::format("{} {} {} {} {}\n", l + 1, decades(e.predicted[l].log_gradient),
                            decades(m.log_gradient), decades(m.log_gradient_low),
                            decades(m.log_gradient_high));
    }
    std::string data = plots.add_block(rows);
    plots.add_picture(
        "gradients", picture_width, picture_height,
        fmt::format(
            "{0}{4}set xlabel 'layer l'\nset ylabel 'size of ∂L/∂u_l before training'\n"
            "set xrange [0.5:{1}]\nplot {2} using 1:4:5 with filledcurves fillcolor rgb c_band "
            "title 'range of {3} networks', {2} using 1:2 with lines linewidth 2.4 "
            "linecolor rgb c_second title 'predicted', {2} using 1:3 with points pointtype 7 "
            "pointsize 0.7 linecolor rgb c_first title 'measured'\n",
            key_below, static_cast<double>(e.measured.size()) + 0.5, data, e.options.draws,
            decade_axis(shown_logarithms)));
    if (e.records.empty()) return;
    const std::vector<std::size_t> shown = some_of(e.widths.size() - 1, 5);
    rows.clear();
    shown_logarithms.clear();
    for (std::size_t i = 0; i < e.records.size(); ++i) {
        rows += fmt::format("{} {:.6g}", i + 1, e.records[i].test_accuracy);
        for (const std::size_t l : shown) {
            shown_logarithms.push_back(e.records[i].log_weight_gradients[l]);
            rows += ' ' + decades(shown_logarithms.back());
        }
        rows += '\n';
    }
    data = plots.add_block(rows);
    const char* const colours[] = {"c_first", "c_third", "c_faint", "c_caution", "c_second"};
    std::string curves;
    for (std::size_t i = 0; i < shown.size(); ++i) {
        curves += fmt::format(
            "{} using 1:{} with lines linewidth 1.8 linecolor rgb {} title '|∂L/∂W_{{{}}}|', ",
            data, i + 3, colours[i], shown[i] + 1);
    }
    plots.add_picture(
        "training", picture_width, picture_height,
        fmt::format(
            "{0}{3}set xlabel 'epoch'\nset ylabel 'size of ∂L/∂W_l'\nset y2label 'test accuracy'\n"
            "set y2range [0:1]\nset y2tics\nset border 11\nplot {1}{2} using 1:2 axes x1y2 with "
            "lines dashtype 3 linewidth 1.5 linecolor rgb c_ink title 'test accuracy'\n",
            key_below, curves, data, decade_axis(shown_logarithms)));
}

}  // namespace chainrule::report
