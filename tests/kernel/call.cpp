// SPDX-License-Identifier: BSL-1.0
/// Misuse found at run time: the sentence names the ranges, and nothing has been written.
#include <chainrule/expr/derivative.hpp>
#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/op.hpp>

#include "kernel/arrays.hpp"

#include <stdexcept>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr variable<"gate"> gate;
inline constexpr auto f = x * sigmoid(beta * x);
inline constexpr auto gated = x * gate;

/// The sentence of the argument_error that a call throws; empty if it throws none.
template<class Call>
std::string sentence_of(Call call) {
    try {
        call();
    } catch (const argument_error& error) {
        const std::invalid_argument& base = error;  // part of the contract
        return base.what();
    }
    return {};
}

std::string lengths(const std::string& name, int size, const std::string& reference,
                    int reference_size) {
    return "chainrule: '" + name + "' has " + std::to_string(size) + " elements, but '" +
        reference + "' has " + std::to_string(reference_size) +
        "; all ranges of one call must have the same length";
}
std::string overlap(const std::string& output, const std::string& other) {
    return "chainrule: the output '" + output + "' partly overlaps '" + other +
        "'; use a separate array, or exactly the same one to work in place";
}
std::string shared(const std::string& output, const std::string& other) {
    return "chainrule: the outputs '" + output + "' and '" + other +
        "' overlap; each output needs an array of its own";
}

}  // namespace

TEMPLATE_TEST_CASE("lengths that differ", "", float, double) {
    using T = TestType;
    const std::vector<T> in(20, T(1));
    const std::vector<T> longer(21, T(1));
    const std::vector<T> nothing;
    arrays::guarded<T> out(20);
    arrays::guarded<T> longer_out(21);
    arrays::guarded<T> other(20);

    CHECK(sentence_of([&] { forward(f, in, longer_out.span(), beta = 1.5); }) ==
          lengths("out", 21, "x", 20));
    CHECK(sentence_of([&] { forward(f, longer, out.span(), beta = 1.5); }) ==
          lengths("out", 20, "x", 21));
    CHECK(sentence_of([&] { forward(f, nothing, out.span(), beta = 1.5); }) ==
          lengths("out", 20, "x", 0));
    CHECK(sentence_of([&] { forward(gated, out.span(), x = in, gate = longer); }) ==
          lengths("gate", 21, "x", 20));
    CHECK(sentence_of([&] { forward(f, in, out.span(), beta = longer); }) ==
          lengths("beta", 21, "x", 20));
    CHECK(sentence_of([&] {
              value_and_derivative(f, in, out.span(), longer_out.span(), beta = 1.5);
          }) == lengths("slope", 21, "x", 20));
    CHECK(sentence_of([&] {
              value_and_derivative(f, in, longer_out.span(), out.span(), beta = 1.5);
          }) == lengths("value", 21, "x", 20));
    CHECK(sentence_of([&] { backward(f, in, longer, out.span(), beta = 1.5); }) ==
          lengths("grad_out", 21, "x", 20));
    CHECK(sentence_of([&] { backward(f, in, in, longer_out.span(), beta = 1.5); }) ==
          lengths("grad_in", 21, "x", 20));
    CHECK(sentence_of([&] {
              forward_backward(f, in, in, longer_out.span(), out.span(), beta = 1.5);
          }) == lengths("out", 21, "x", 20));
    CHECK(sentence_of([&] {
              forward_backward(f, in, in, out.span(), longer_out.span(), beta = 1.5);
          }) == lengths("grad_in", 21, "x", 20));
    CHECK(sentence_of([&] {
              forward_backward(f, in, longer, out.span(), other.span(), beta = 1.5);
          }) == lengths("grad_out", 21, "x", 20));
    CHECK(sentence_of([&] { backward(gated, in, x = in, gate = longer, grad(x) = out.span()); }) ==
          lengths("gate", 21, "x", 20));
    CHECK(sentence_of([&] {
              backward(gated, in, x = in, gate = in, grad(x) = longer_out.span());
          }) == lengths("grad(x)", 21, "x", 20));
    T sum = T(-7);
    CHECK(sentence_of([&] { backward(f, longer, x = in, beta = 1.5, grad(beta) = sum); }) ==
          lengths("grad_out", 21, "x", 20));
    CHECK(sum == T(-7));
    // A formula that does not depend on x still checks what it was given.
    CHECK(sentence_of([&] { forward(derivative(x), longer, out.span()); }) ==
          lengths("out", 20, "x", 21));
    CHECK(sentence_of([&] { forward(beta, out.span(), x = longer, beta = 2.0); }) ==
          lengths("out", 20, "x", 21));

    CHECK(out.untouched());
    CHECK(other.untouched());
    CHECK(longer_out.untouched());
}

TEMPLATE_TEST_CASE("partial overlap", "", float, double) {
    using T = TestType;
    std::vector<T> memory(100);
    for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<T>(i);
    const std::vector<T> before = memory;
    const std::vector<T> elsewhere(20, T(1));
    arrays::guarded<T> out(20);
    auto part = [&](std::size_t begin) { return std::span<T>(memory).subspan(begin, 20); };

    CHECK(sentence_of([&] { forward(f, part(30), part(31), beta = 1.5); }) == overlap("out", "x"));
    CHECK(sentence_of([&] { forward(f, part(30), part(49), beta = 1.5); }) == overlap("out", "x"));
    CHECK(sentence_of([&] { forward(f, part(30), part(11), beta = 1.5); }) == overlap("out", "x"));
    CHECK(sentence_of([&] { forward(gated, part(30), x = elsewhere, gate = part(20)); }) ==
          overlap("out", "gate"));
    CHECK(sentence_of([&] {
              value_and_derivative(f, part(30), part(40), out.span(), beta = 1.5);
          }) == overlap("value", "x"));
    CHECK(sentence_of([&] {
              value_and_derivative(f, part(30), out.span(), part(40), beta = 1.5);
          }) == overlap("slope", "x"));
    CHECK(sentence_of([&] {
              value_and_derivative(f, elsewhere, part(30), part(31), beta = 1.5);
          }) == shared("slope", "value"));
    CHECK(sentence_of([&] {
              value_and_derivative(f, elsewhere, part(30), part(30), beta = 1.5);
          }) == shared("slope", "value"));
    CHECK(sentence_of([&] { backward(f, elsewhere, part(30), part(31), beta = 1.5); }) ==
          overlap("grad_in", "grad_out"));
    CHECK(sentence_of([&] { backward(f, part(30), elsewhere, part(31), beta = 1.5); }) ==
          overlap("grad_in", "x"));
    CHECK(sentence_of([&] {
              forward_backward(f, elsewhere, elsewhere, part(30), part(30), beta = 1.5);
          }) == shared("out", "grad_in"));
    CHECK(sentence_of([&] {
              forward_backward(f, part(30), elsewhere, part(35), out.span(), beta = 1.5);
          }) == overlap("out", "x"));
    CHECK(sentence_of([&] {
              backward(gated, elsewhere, x = part(30), gate = elsewhere, grad(gate) = part(29));
          }) == overlap("grad(gate)", "x"));
    CHECK(sentence_of([&] {
              backward(gated, elsewhere, x = elsewhere, gate = elsewhere, grad(gate) = part(29),
                       grad(x) = part(29));
          }) == shared("grad(x)", "grad(gate)"));

    CHECK(memory == before);
    CHECK(out.untouched());
}

TEST_CASE("two sums into one number") {
    const std::vector<float> in(20, 1.0F);
    constexpr parameter<"bias"> bias;
    double sum = 7;
    double other = 7;
    CHECK(sentence_of([&] {
              backward(x * beta + bias, in, x = in, beta = 1.0F, bias = 1.0F, grad(bias) = sum,
                       grad(beta) = accumulate(sum));
          }) == shared("grad(beta)", "grad(bias)"));
    CHECK(sum == 7);
    backward(x * beta + bias, in, x = in, beta = 1.0F, bias = 1.0F, grad(bias) = sum,
             grad(beta) = accumulate(other));
    CHECK(sum == 20);
    CHECK(other == 27);
}

TEST_CASE("neighbours do not overlap, and nothing overlaps nothing") {
    std::vector<float> memory(60, 2.0F);
    auto part = [&](std::size_t begin, std::size_t size) {
        return std::span<float>(memory).subspan(begin, size);
    };
    CHECK_NOTHROW(forward(x * x, part(0, 20), part(20, 20)));
    CHECK_NOTHROW(forward(x * x, part(20, 20), part(0, 20)));
    CHECK_NOTHROW(value_and_derivative(x * x, part(20, 20), part(0, 20), part(40, 20)));
    CHECK_NOTHROW(forward(x * x, part(5, 0), part(5, 0)));
    CHECK_NOTHROW(value_and_derivative(x * x, part(5, 0), part(5, 0), part(5, 0)));
    CHECK_NOTHROW(forward(x * x, std::vector<float>{}, std::span<float>{}));
    CHECK(memory[30] == 4.0F);
}
