// SPDX-License-Identifier: BSL-1.0
/// Training a small network, to see what its gradients do meanwhile: a dense classifier with any formula
/// as its activation, run by the fused kernels. Deterministic by seed. Opt-in: needs Eigen.
#pragma once

#include <chainrule/analysis/labelled_data.hpp>
#include <chainrule/analysis/random_network.hpp>
#include <chainrule/analysis/training_record.hpp>

#include <functional>
#include <string>

namespace chainrule {

/// Dense hidden layers with one activation, a linear layer to the classes, and cross entropy.
template<class T>
class classifier {
public:
    using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
    using vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
    struct layer {
        matrix weight;
        vector bias;
    };

    /// widths: inputs, hidden layers, classes. The last layer is drawn as lecun_initialisation().
    classifier(std::span<const std::size_t> widths, activation_kernel<T> f,
               const initialisation& init, random_numbers& random)
        : activation(f) {
        for (std::size_t l = 1; l < widths.size(); ++l) {
            const initialisation& here = l + 1 == widths.size() ? last_layer : init;
            const Eigen::MatrixXd weight = draw_weights(here, widths[l], widths[l - 1], random);
            list.push_back(
                {weight.cast<T>(), draw_biases(here, widths[l], random).template cast<T>()});
        }
    }

    std::vector<layer>& layers() { return list; }
    [[nodiscard]] const std::vector<layer>& layers() const { return list; }

    /// One column of scores per sample.
    [[nodiscard]] matrix scores(const matrix& inputs) const {
        matrix value = inputs;
        for (std::size_t l = 0; l < list.size(); ++l) {
            value = ((list[l].weight * value).colwise() + list[l].bias).eval();
            if (l + 1 < list.size()) {
                matrix slope(value.rows(), value.cols());
                activate(value, value, slope);
            }
        }
        return value;
    }

    /// The share of samples whose largest score is that of their class. NaN scores count as wrong.
    [[nodiscard]] double accuracy(const matrix& inputs, std::span<const int> labels) const {
        const matrix all = scores(inputs);
        std::size_t right = 0;
        for (Eigen::Index i = 0; i < all.cols(); ++i) {
            Eigen::Index best = 0;
            all.col(i).maxCoeff(&best);
            if (all.col(i).allFinite() && best == labels[static_cast<std::size_t>(i)]) ++right;
        }
        return static_cast<double>(right) / static_cast<double>(labels.size());
    }

    /// The mean cross entropy, and its gradient in all weights and biases.
    T loss_and_gradients(const matrix& inputs, std::span<const int> labels,
                         std::vector<layer>& gradients) const {
        std::vector<matrix> values{inputs};
        std::vector<matrix> slopes;
        for (std::size_t l = 0; l < list.size(); ++l) {
            values.push_back((list[l].weight * values.back()).colwise() + list[l].bias);
            if (l + 1 == list.size()) break;
            slopes.emplace_back(values.back().rows(), values.back().cols());
            activate(values.back(), values.back(), slopes.back());
        }
        matrix gradient = values.back();
        const T samples = static_cast<T>(inputs.cols());
        T loss = 0;
        for (Eigen::Index i = 0; i < gradient.cols(); ++i) {
            auto column = gradient.col(i);
            const auto label = static_cast<Eigen::Index>(labels[static_cast<std::size_t>(i)]);
            const T largest = column.maxCoeff();
            const T own = column[label] - largest;
            column = (column.array() - largest).exp();
            const T sum = column.sum();
            loss += std::log(sum) - own;
            column /= sum;
            column[label] -= 1;
        }
        gradient /= samples;
        gradients.resize(list.size());
        for (std::size_t l = list.size(); l > 0; --l) {
            gradients[l - 1].weight = gradient * values[l - 1].transpose();
            gradients[l - 1].bias = gradient.rowwise().sum();
            if (l == 1) break;
            gradient =
                (list[l - 1].weight.transpose() * gradient).cwiseProduct(slopes[l - 2]).eval();
        }
        return loss / samples;
    }

private:
    static inline const initialisation last_layer = lecun_initialisation();
    std::vector<layer> list;
    activation_kernel<T> activation;

    void activate(const matrix& u, matrix& value, matrix& slope) const {
        const auto n = static_cast<std::size_t>(u.size());
        activation(std::span(u.data(), n), std::span(value.data(), n), std::span(slope.data(), n));
    }
};

/// Steps from gradients.
struct optimiser {
    enum class method { momentum, adam };

    method how = method::adam;
    double rate = 0.003;
    double momentum = 0.9;        ///< of both; Adam's β₁
    double square_decay = 0.999;  ///< Adam's β₂
};

struct training_options {
    optimiser steps;
    int epochs = 100;
    std::size_t batch = 64;
};

namespace detail {

/// The state of an optimiser for one array of parameters.
class parameter_steps {
public:
    explicit parameter_steps(Eigen::Index size)
        : mean(Eigen::ArrayXf::Zero(size)), square(Eigen::ArrayXf::Zero(size)) {}

    template<class Parameters, class Gradient>
    void step(const optimiser& o, long count, Parameters&& parameters, const Gradient& gradient) {
        const auto beta = static_cast<float>(o.momentum);
        if (o.how == optimiser::method::momentum) {
            mean = beta * mean + gradient;
            parameters -= static_cast<float>(o.rate) * mean;
            return;
        }
        const auto decay = static_cast<float>(o.square_decay);
        mean = beta * mean + (1 - beta) * gradient;
        square = decay * square + (1 - decay) * gradient.square();
        const auto power = static_cast<double>(count);
        const double first = 1 - std::pow(o.momentum, power);
        const double second = 1 - std::pow(o.square_decay, power);
        parameters -= static_cast<float>(o.rate / first) * mean /
            ((square / static_cast<float>(second)).sqrt() + 1e-8f);
    }

private:
    Eigen::ArrayXf mean;
    Eigen::ArrayXf square;
};

inline void require_samples(const labelled_data& data, const char* what, Eigen::Index inputs) {
    if (data.size() == 0 || data.inputs.cols() != static_cast<Eigen::Index>(data.size())) {
        throw argument_error(std::string("chainrule: the ") + what + " data have " +
                             std::to_string(data.inputs.cols()) + " samples and " +
                             std::to_string(data.size()) +
                             " labels; they need one label per sample");
    }
    if (data.inputs.rows() != inputs) {
        throw argument_error(std::string("chainrule: the ") + what + " data have " +
                             std::to_string(data.inputs.rows()) +
                             " values per sample, but the network takes " + std::to_string(inputs));
    }
}

}  // namespace detail

/// Trains in place; `each_epoch` is called after each. The same seed gives the same numbers on the same
/// machine. Adam: Kingma and Ba, ICLR 2015. Throws argument_error for data that do not fit the network.
inline std::vector<epoch_record> train(
    classifier<float>& network, const labelled_data& training, const labelled_data& test,
    const training_options& options, random_numbers& random,
    const std::function<void(const epoch_record&)>& each_epoch = {}) {
    const Eigen::Index inputs = network.layers().front().weight.cols();
    detail::require_samples(training, "training", inputs);
    detail::require_samples(test, "test", inputs);
    std::vector<detail::parameter_steps> weight_steps;
    std::vector<detail::parameter_steps> bias_steps;
    for (const auto& layer : network.layers()) {
        weight_steps.emplace_back(layer.weight.size());
        bias_steps.emplace_back(layer.bias.size());
    }
    std::vector<std::size_t> order(training.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::vector<classifier<float>::layer> gradients;
    std::vector<epoch_record> records;
    long steps = 0;
    for (int epoch = 0; epoch < options.epochs; ++epoch) {
        for (std::size_t i = order.size(); i > 1; --i)
            std::swap(order[i - 1], order[random.below(i)]);
        epoch_record record;
        std::vector<double> squares(network.layers().size());
        std::size_t batches = 0;
        for (std::size_t first = 0; first < order.size(); first += options.batch) {
            const std::size_t count = std::min(options.batch, order.size() - first);
            Eigen::MatrixXf samples(inputs, static_cast<Eigen::Index>(count));
            std::vector<int> labels(count);
            for (std::size_t i = 0; i < count; ++i) {
                samples.col(static_cast<Eigen::Index>(i)) =
                    training.inputs.col(static_cast<Eigen::Index>(order[first + i]));
                labels[i] = training.labels[order[first + i]];
            }
            record.loss +=
                static_cast<double>(network.loss_and_gradients(samples, labels, gradients));
            ++batches;
            ++steps;
            for (std::size_t l = 0; l < gradients.size(); ++l) {
                auto& layer = network.layers()[l];
                squares[l] += gradients[l].weight.cast<double>().squaredNorm();
                weight_steps[l].step(options.steps, steps, layer.weight.reshaped().array(),
                                     gradients[l].weight.reshaped().array());
                bias_steps[l].step(options.steps, steps, layer.bias.array(),
                                   gradients[l].bias.array());
            }
        }
        record.loss /= static_cast<double>(batches);
        for (const double square : squares) {
            record.log_weight_gradients.push_back(0.5 *
                                                  std::log(square / static_cast<double>(batches)));
        }
        record.train_accuracy = network.accuracy(training.inputs, training.labels);
        record.test_accuracy = network.accuracy(test.inputs, test.labels);
        if (each_epoch) each_epoch(record);
        records.push_back(std::move(record));
    }
    return records;
}

}  // namespace chainrule
