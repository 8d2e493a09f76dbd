// SPDX-License-Identifier: BSL-1.0
/// Stacks of dense layers against mpmath (layer_stack_reference.py beside this file) and by hand.

#include <chainrule/analysis/layer_stack.hpp>
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// As in layer_stack_reference.py: all exact in binary.
Eigen::MatrixXd weight(int layer, int rows, int columns, double scale) {
    Eigen::MatrixXd result(rows, columns);
    for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < columns; ++j) {
            result(i, j) = ((7 * i + 3 * j + 5 * layer + i * j) % 11 - 5) / 8.0 * scale;
        }
    }
    return result;
}

Eigen::VectorXd bias(int layer, int rows) {
    Eigen::VectorXd result(rows);
    for (int i = 0; i < rows; ++i) result[i] = ((3 * i + layer) % 5 - 2) / 16.0;
    return result;
}

layer_stack uniform_stack(int layers, activation_kernel<double> f, double scale) {
    layer_stack result;
    for (int l = 1; l <= layers; ++l) result.add(weight(l, 3, 3, scale), bias(l, 3), f);
    return result;
}

void check_close(const Eigen::VectorXd& values, const std::vector<double>& expected) {
    REQUIRE(values.size() == static_cast<Eigen::Index>(expected.size()));
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(values[static_cast<Eigen::Index>(i)] == Approx(expected[i]).epsilon(1e-12).margin(0));
    }
}

auto near(double v) { return Approx(v).epsilon(1e-12).margin(1e-12); }

}  // namespace

TEST_CASE("two layers by hand") {
    // u1 = (1, -2), x1 = relu(u1) = (1, 0), u2 = 3 x1[0] + 5 x1[1] = 3, x2 = u2² = 9; f2' = 6.
    layer_stack layers;
    layers.add(Eigen::Matrix2d{{1, 0}, {0, -1}}, relu)
        .add(Eigen::RowVector2d{3, 5}, Eigen::Matrix<double, 1, 1>(0.0), x * x);
    const stack_profile p = profile(layers, Eigen::Vector2d{1, 2});
    REQUIRE(p.layers.size() == 2);
    check_close(p.output, {9});
    check_close(p.layers[0].singular_values, {1, 0});                 // diag(1, 0) diag(1, -1)
    check_close(p.layers[1].singular_values, {6 * std::sqrt(34.0)});  // 6 (3, 5)
    CHECK(p.layers[0].dead_units == 1);
    CHECK(p.layers[1].dead_units == 0);
    CHECK(p.log_spectral_norm == near(std::log(18)));  // 6 (3, 5) diag(1, 0) = (18, 0)
    CHECK(p.log_frobenius_norm == near(std::log(18)));
    CHECK(p.layers[0].log_jacobian == near(0));
    CHECK(p.layers[1].log_gradient == near(std::log(6)));         // dL/du2
    CHECK(p.layers[0].log_gradient == near(std::log(18)));        // dL/du1 = (18, 0)
    CHECK(p.layers[1].log_weight_gradient == near(std::log(6)));  // 6 (1, 0)
    CHECK(p.layers[0].log_weight_gradient ==
          near(std::log(18 * std::sqrt(5.0))));  // (18, 0)ᵀ (1, 2)
    CHECK(p.dead_layers().empty());
    CHECK(p.weakest() == 1);
    CHECK(p.first_below(0.5) == 1u);
    CHECK_FALSE(p.first_below(-1).has_value());
    CHECK_FALSE(p.gradient_first_below(0).has_value());
}

TEST_CASE("four layers of different activations and widths against mpmath") {
    layer_stack layers;
    layers.add(weight(1, 5, 4, 1), bias(1, 5), tanh(x))
        .add(weight(2, 3, 5, 1), bias(2, 3), silu)
        .add(weight(3, 4, 3, 1), bias(3, 4), relu)
        .add(weight(4, 2, 4, 1), bias(4, 2), sigmoid(x));
    const stack_profile p = profile(layers, Eigen::Vector4d{0.5, -0.25, 1, -0.75});
    check_close(p.layers[0].singular_values,
                {0.9657175162887467248, 0.65635135841575343168, 0.49923896379251541765,
                 0.18474083562054266646});
    check_close(p.layers[1].singular_values,
                {0.94448636011121695702, 0.50856209088124869765, 0.32975988420679912065});
    check_close(p.layers[2].singular_values,
                {0.92988157095701792846, 0.76628650934994650224, 0.46904184203840789457});
    check_close(p.layers[3].singular_values, {0.20319832122898423206, 0.13594126260837993945});
    CHECK(p.layers[0].log_jacobian == near(0.24940976295703414918));
    CHECK(p.layers[1].log_jacobian == near(-0.60529145412984251794));
    CHECK(p.layers[2].log_jacobian == near(-0.93625962571666445934));
    CHECK(p.layers[3].log_jacobian == near(-2.8514107307666010064));
    CHECK(p.layers[0].log_gradient == near(-2.6389984597275627296));
    CHECK(p.layers[1].log_gradient == near(-2.1635273404765734187));
    CHECK(p.layers[2].log_gradient == near(-1.6244848466450444458));
    CHECK(p.layers[3].log_gradient == near(-1.0520348449065313066));
    CHECK(p.layers[0].log_weight_gradient == near(-2.3246941300163756607));
    CHECK(p.layers[1].log_weight_gradient == near(-1.8843278097661055419));
    CHECK(p.layers[2].log_weight_gradient == near(-2.3856997984061630498));
    CHECK(p.layers[3].log_weight_gradient == near(-2.0245686592018936796));
    CHECK(p.log_spectral_norm == near(-3.132566123585605314));
    CHECK(p.log_frobenius_norm == near(-2.8514107307666010064));
    check_close(p.output, {0.5781525994368842891, 0.50697312739700091985});
    CHECK(p.weakest() == 4);
}

TEST_CASE("a thousand layers against mpmath, far below the range of double") {
    struct {
        activation_kernel<double> f;
        double scale;
        double spectral;
        double first_gradient;
        double first_weight_gradient;
        double middle_jacobian;
        double middle_gradient;
    } const cases[] = {
        {tanh(x), 1, -368.57234559304193293, -370.54176155776084529, -370.40579470001902441,
         -184.35625862042885277, -185.92746084099519735},
        {sigmoid(x), 0.5, -2427.9679848306363955, -2428.9965053112500171, -2428.8605384535081962,
         -1213.9928313607650745, -1216.7163769091757987},
        {silu, 2, -350.78430491007140325, -352.48499303852291882, -352.34902618078109794,
         -175.04833849760634475, -176.92274470939064733},
    };
    for (const auto& c : cases) {
        const stack_profile p =
            profile(uniform_stack(1000, c.f, c.scale), Eigen::Vector3d{0.5, -0.25, 1});
        CHECK(p.log_spectral_norm == near(c.spectral));
        CHECK(p.log_frobenius_norm == near(c.spectral));  // the first direction has won
        CHECK(p.layers[0].log_gradient == near(c.first_gradient));
        CHECK(p.layers[0].log_weight_gradient == near(c.first_weight_gradient));
        CHECK(p.layers[499].log_jacobian == near(c.middle_jacobian));
        CHECK(p.layers[499].log_gradient == near(c.middle_gradient));
    }
}

TEST_CASE("where it dies") {
    const stack_profile p =
        profile(uniform_stack(1000, sigmoid(x), 0.5), Eigen::Vector3d{0.5, -0.25, 1});
    // ln |dx_l/dx_0| is -24.2864 at layer 10 and falls by about 2.43 a layer.
    CHECK(p.first_below(-24.2) == 10u);
    CHECK(p.first_below(-24.3) == 11u);
    // ln |dL/du_l| is -0.8400 at layer 1000 and -2406.9297 at layer 10.
    CHECK(p.gradient_first_below(-0.1) == 999u);
    CHECK(p.gradient_first_below(-2406.0897 + 0.0001) == 10u);
    CHECK(p.gradient_first_below(-2406.0897 - 0.0001) == 9u);
    CHECK_FALSE(p.gradient_first_below(-3000).has_value());
    CHECK_FALSE(p.first_below(-3000).has_value());
}

TEST_CASE("a dead layer is named, and everything beyond it is exactly 0") {
    layer_stack layers;
    layers.add(Eigen::Matrix2d{{1, 0}, {0, 1}}, tanh(x))
        .add(Eigen::Matrix2d{{1, 2}, {3, 4}}, Eigen::Vector2d{-50, -60}, relu)
        .add(Eigen::Matrix2d{{1, 2}, {3, 4}}, tanh(x));
    const stack_profile p = profile(layers, Eigen::Vector2d{0.5, 0.25});
    CHECK(p.dead_layers() == std::vector<std::size_t>{2});
    CHECK(p.layers[1].is_dead());
    check_close(p.layers[1].singular_values, {0, 0});
    CHECK(p.weakest() == 2);
    CHECK(p.log_spectral_norm == -infinity);
    CHECK(p.log_frobenius_norm == -infinity);
    CHECK(p.layers[0].log_jacobian > -1);
    CHECK(p.layers[2].log_jacobian == -infinity);
    CHECK(p.layers[2].log_gradient > -1);
    CHECK(p.layers[2].log_weight_gradient == -infinity);  // its inputs are 0
    CHECK(p.layers[1].log_gradient == -infinity);
    CHECK(p.layers[0].log_weight_gradient == -infinity);
    CHECK(p.first_below(-1e300) == 2u);
    CHECK(p.gradient_first_below(-1e300) == 2u);
}

TEST_CASE("small singular values keep their digits beside large ones") {
    layer_stack layers;
    layers.add(weight(2, 3, 3, 1), Eigen::Vector3d{0, -300, -650}, sigmoid(x));
    const stack_profile p = profile(layers, Eigen::Vector3d{1, -1, 0.5});
    check_close(p.layers[0].singular_values,
                {0.1433043405854520409, 1.7917847913956382452e-131, 9.6602390993151328353e-284});
}

TEST_CASE("a direction of size 2^-1000 is still there when the large one is cut off") {
    layer_stack layers;
    const auto identity_kernel = activation_kernel<double>(identity);
    for (int l = 0; l < 100; ++l) {
        layers.add(Eigen::Matrix2d{{1, 0}, {0, 1.0 / 1024}}, identity_kernel);
    }
    layers.add(Eigen::Matrix2d{{0, 0}, {0, 1}}, identity_kernel);
    for (int l = 0; l < 100; ++l) {
        layers.add(Eigen::Matrix2d{{1, 0}, {0, 1.0 / 1024}}, identity_kernel);
    }
    const stack_profile p = profile(layers, Eigen::Vector2d{1, 1});
    CHECK(p.layers[99].log_jacobian == near(0));
    CHECK(p.layers[100].log_jacobian == near(-1000 * std::numbers::ln2));
    CHECK(p.log_spectral_norm == near(-2000 * std::numbers::ln2));
    CHECK(p.log_frobenius_norm == near(-2000 * std::numbers::ln2));
}

TEST_CASE("exploding stacks do not overflow") {
    layer_stack layers;
    for (int l = 0; l < 1000; ++l) {
        layers.add(Eigen::Matrix2d{{0, 1e3}, {-1e3, 0}}, Eigen::Vector2d{0, 0}, identity);
    }
    const stack_profile p = profile(layers, Eigen::Vector2d{0, 0}, Eigen::Vector2d{3, 4});
    CHECK(p.log_spectral_norm == near(1000 * std::log(1e3)));
    CHECK(p.log_frobenius_norm == near(1000 * std::log(1e3) + 0.5 * std::numbers::ln2));
    CHECK(p.layers[0].log_gradient == near(999 * std::log(1e3) + std::log(5)));
    CHECK(p.layers[0].log_weight_gradient == -infinity);  // x_0 = 0
}

TEST_CASE("float weights, row-major weights and expressions are taken") {
    using row_major = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    row_major w(2, 3);
    w << 1, 2, 3, 4, 5, 6;
    layer_stack layers;
    layers.add(w, Eigen::Vector2f{0.5f, 1}, identity).add(w.leftCols(2) * 2, identity);
    REQUIRE(layers.size() == 2);
    CHECK(layers.layers()[0].weight(0, 2) == 3);
    CHECK(layers.layers()[1].weight(1, 1) == 10);
    const stack_profile p = profile(layers, Eigen::Vector3d{1, 1, 1});
    check_close(p.output, {2 * 6.5 + 4 * 16, 8 * 6.5 + 10 * 16});
}

TEST_CASE("a kernel compiled elsewhere stands for an activation") {
    const activation_kernel<double> triple(
        [](const double* in, double* value, double* slope, std::size_t n) {
            for (std::size_t i = 0; i < n; ++i) {
                value[i] = 3 * in[i];
                slope[i] = 3;
            }
        });
    layer_stack layers;
    layers.add(Eigen::Matrix2d{{1, 0}, {0, 2}}, triple);
    check_close(profile(layers, Eigen::Vector2d{1, 1}).layers[0].singular_values, {6, 3});
}

TEST_CASE("misuse is refused with a sentence and leaves the stack as it was") {
    layer_stack layers;
    CHECK_THROWS_WITH(profile(layers, Eigen::Vector2d{1, 1}),
                      "chainrule: the layer_stack has no layers; add() some");
    layers.add(Eigen::MatrixXd::Ones(3, 2), tanh(x));
    CHECK_THROWS_WITH(layers.add(Eigen::MatrixXd::Ones(2, 4), tanh(x)),
                      "chainrule: layer 2 takes 4 inputs, but the layer before it has 3 units; "
                      "weights have one row "
                      "per unit and one column per input (transpose those of Keras)");
    CHECK_THROWS_AS(layers.add(Eigen::MatrixXd::Ones(2, 4), tanh(x)), argument_error);
    CHECK_THROWS_WITH(layers.add(Eigen::MatrixXd::Ones(2, 3), Eigen::VectorXd::Ones(1), tanh(x)),
                      "chainrule: layer 2 has 2 units but 1 bias");
    CHECK_THROWS_WITH(layers.add(Eigen::MatrixXd(0, 3), tanh(x)),
                      "chainrule: the weights of layer 2 are an empty matrix");
    Eigen::MatrixXd broken = Eigen::MatrixXd::Ones(2, 3);
    broken(1, 2) = std::nan("");
    CHECK_THROWS_WITH(
        layers.add(broken, tanh(x)),
        "chainrule: the weights of layer 2 hold a NaN at row 1, column 2 (counted from "
        "0); a gradient needs finite numbers");
    CHECK_THROWS_WITH(
        layers.add(Eigen::MatrixXd::Ones(2, 3), Eigen::Vector2d{0, -infinity}, tanh(x)),
        "chainrule: the biases of layer 2 hold an infinite number at index 1 (counted from 0); a "
        "gradient needs finite numbers");
    CHECK(layers.size() == 1);
    CHECK_THROWS_WITH(profile(layers, Eigen::Vector3d{1, 1, 1}),
                      "chainrule: layer 1 takes 2 inputs, but the input has 3 elements");
    CHECK_THROWS_WITH(profile(layers, Eigen::Vector2d{1, 1}, Eigen::Vector2d{1, 1}),
                      "chainrule: the last layer has 3 units, but the gradient of the loss has 2 "
                      "elements");
    CHECK_THROWS_WITH(profile(layers, Eigen::Vector2d{1, infinity}),
                      "chainrule: the elements of the input hold an infinite number at index 1 "
                      "(counted from 0); a gradient needs finite numbers");
    layers.add(Eigen::RowVector3d{-1, -1, -1}, sqrt(x));
    CHECK_THROWS_WITH(profile(layers, Eigen::Vector2d{1, 1}),
                      "chainrule: in layer 2 the activation or its slope is not finite at unit 0 "
                      "(counted from 0), where u = -2.89208");
}
