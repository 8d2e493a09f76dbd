// SPDX-License-Identifier: BSL-1.0
/// The kernels that the library makes.
#include <chainrule/chainrule.hpp>

#include "kernels.hpp"

#include <span>

namespace counted::ours {
namespace {

inline constexpr auto sigmoid_of_x = chainrule::sigmoid(chainrule::x);

std::span<const float> in(const arrays& a) { return {a.x, a.size}; }

}  // namespace

void relu(const arrays& a) {
    chainrule::forward(chainrule::activations::relu, in(a), std::span(a.value, a.size));
}
void sigmoid(const arrays& a) {
    chainrule::forward(sigmoid_of_x, in(a), std::span(a.value, a.size));
}
void silu(const arrays& a) {
    chainrule::value_and_derivative(chainrule::activations::silu, in(a), std::span(a.value, a.size),
                                    std::span(a.slope, a.size));
}

}  // namespace counted::ours
