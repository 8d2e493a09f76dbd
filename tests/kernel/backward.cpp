// SPDX-License-Identifier: BSL-1.0
/// backward and forward_backward, positional and by name: gradients of every element, sums over all
/// elements, every length, in place, and which gradients are returned.
#include <chainrule/activations/exponential_linear.hpp>
#include <chainrule/activations/rectifiers.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/expr/derivative.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/program/evaluate.hpp>

#include "kernel/arrays.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"alpha"> alpha;
inline constexpr parameter<"shift"> shift;
inline constexpr variable<"gate"> gate;
inline constexpr auto swish = x * sigmoid(beta * x);
inline constexpr auto swiglu = sigmoid(x) * x * gate;

/// Exact in float and double, so that results are compared with ==.
inline constexpr auto exact = "a*x^2 + b*x"_f;
inline constexpr parameter<"a"> a;
inline constexpr parameter<"b"> b;

template<class T>
T small_number(std::size_t i) {
    return static_cast<T>(static_cast<int>(i * 37 % 21) - 10) / 4;
}

/// All forms of the call on one array of this length.
template<class T>
void check_length(std::size_t size, std::size_t offset) {
    INFO(size << " elements, offset " << offset);
    arrays::guarded<T> in(size, offset);
    arrays::guarded<T> grad_out(size, offset / 2);
    arrays::guarded<T> out(size, 1);
    arrays::guarded<T> grad_in(size, offset);
    std::vector<T> value(size);
    std::vector<T> slope(size);
    double by_a = 0;
    double by_b = 0;
    for (std::size_t i = 0; i < size; ++i) {
        in[i] = small_number<T>(i);
        grad_out[i] = small_number<T>(3 * i + 1);
        value[i] = 2 * in[i] * in[i] - in[i];
        slope[i] = grad_out[i] * (4 * in[i] - 1);
        by_a += static_cast<double>(grad_out[i] * in[i] * in[i]);
        by_b += static_cast<double>(grad_out[i] * in[i]);
    }
    const std::vector<T> in_before(in.span().begin(), in.span().end());
    const std::vector<T> grad_out_before(grad_out.span().begin(), grad_out.span().end());
    auto equal = [](std::span<T> result, const std::vector<T>& expected) {
        return std::vector<T>(result.begin(), result.end()) == expected;
    };
    auto restore = [&] {
        for (std::size_t i = 0; i < size; ++i)
            in[i] = in_before[i], grad_out[i] = grad_out_before[i];
    };

    const auto g = backward(exact, in.span(), grad_out.span(), grad_in.span(), a = 2, b = -1);
    CHECK(equal(grad_in.span(), slope));
    CHECK(g[a] == by_a);
    CHECK(g[b] == by_b);

    const auto both = forward_backward(exact, in.span(), grad_out.span(), out.span(),
                                       grad_in.span(), a = 2, b = -1);
    CHECK((equal(out.span(), value) && equal(grad_in.span(), slope)));
    CHECK((both[a] == by_a && both[b] == by_b));

    T named_a = -100;
    double named_b = -100;
    backward(exact, grad_out.span(), x = in.span(), a = 2, b = -1, grad(b) = named_b,
             grad(x) = grad_in.span(), grad(a) = named_a);
    CHECK(equal(grad_in.span(), slope));
    CHECK((named_a == static_cast<T>(by_a) && named_b == by_b));

    // In place: on the upstream gradients, on the input, the value on either.
    backward(exact, in.span(), grad_out.span(), grad_out.span(), a = 2, b = -1);
    CHECK((equal(grad_out.span(), slope) && equal(in.span(), in_before)));
    restore();
    backward(exact, in.span(), grad_out.span(), in.span(), a = 2, b = -1);
    CHECK((equal(in.span(), slope) && equal(grad_out.span(), grad_out_before)));
    restore();
    forward_backward(exact, in.span(), grad_out.span(), in.span(), grad_out.span(), a = 2, b = -1);
    CHECK((equal(in.span(), value) && equal(grad_out.span(), slope)));
    restore();
    forward_backward(exact, in.span(), grad_out.span(), grad_out.span(), in.span(), a = 2, b = -1);
    CHECK((equal(grad_out.span(), value) && equal(in.span(), slope)));
    restore();
    backward(exact, grad_out.span(), x = in.span(), a = 2, b = -1, grad(x) = grad_out.span());
    CHECK(equal(grad_out.span(), slope));

    CHECK((in.guards_intact() && grad_out.guards_intact() && out.guards_intact() &&
           grad_in.guards_intact()));
}

long double logistic(long double v) { return 1 / (1 + std::exp(-v)); }

template<class T>
void check_sum(std::size_t size, double tolerance) {
    std::vector<T> in(size);
    std::vector<T> grad_out(size);
    std::vector<T> grad_in(size);
    for (std::size_t i = 0; i < size; ++i) {
        in[i] = arrays::ordinary<T>(i);
        grad_out[i] = T(1) + arrays::ordinary<T>(7 * i + 3) / 16;
    }
    const auto g = backward(swish, in, grad_out, grad_in, beta = T(1.5));
    long double exact_sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const auto v = static_cast<long double>(in[i]);
        exact_sum += static_cast<long double>(grad_out[i]) * v * v * logistic(1.5L * v) *
            logistic(-1.5L * v);
    }
    INFO(size << " elements: " << g[beta] << ", expected " << exact_sum);
    CHECK(std::abs(static_cast<double>(static_cast<long double>(g[beta]) / exact_sum - 1)) <
          tolerance);
}

}  // namespace

// ---- which gradients are returned ---------------------------------------------------------------------

using array = std::vector<float>&;
template<class F, class... B>
using returned = decltype(backward(std::declval<F>(), std::declval<array>(), std::declval<array>(),
                                   std::declval<array>(), std::declval<B>()...));

static_assert(returned<decltype(x * x)>::size == 0);
static_assert(returned<decltype(swish), decltype(beta = 1.5F)>::size == 1);
static_assert(returned<decltype(swish), decltype(beta = 1.5_c)>::size == 0);
static_assert(returned<decltype(swish), decltype(beta = shift), decltype(shift = 1.5F)>::size == 1);
static_assert(returned<decltype(swish), decltype(beta = std::declval<array>())>::size == 0);
static_assert(returned<decltype(activations::swish)>::size == 1);  // left at its default
static_assert(returned<decltype(swiglu), decltype(gate = 2.0F)>::size ==
              0);  // a variable is no parameter
static_assert(returned<decltype("gate*x"_f), decltype(gate = 2.0F)>::size ==
              1);  // a name in text is one
static_assert(returned<decltype(exact), decltype(a = 1), decltype(b = 2)>::size == 2);

TEMPLATE_TEST_CASE("every length, every form, in place, inside its bounds", "", float, double) {
    for (std::size_t size = 0; size <= 67; ++size) check_length<TestType>(size, size % 3);
    check_length<TestType>(1000, 0);
    check_length<TestType>(1000, 1);
}

TEMPLATE_TEST_CASE("gradients of every element", "", float, double) {
    using T = TestType;
    const std::vector<T> in = arrays::ordinary_values<T>(200);
    std::vector<T> grad_out(in.size());
    for (std::size_t i = 0; i < in.size(); ++i) grad_out[i] = arrays::ordinary<T>(5 * i + 2);
    std::vector<T> grad_in(in.size());
    std::vector<T> out(in.size());
    backward(swish, in, grad_out, grad_in, beta = T(0.75));
    std::vector<T> again(in.size());
    forward_backward(swish, in, grad_out, out, again, beta = T(0.75));
    for (std::size_t i = 0; i < in.size(); ++i) {
        const T slope = evaluate(derivative(swish), x = in[i], beta = T(0.75));
        const T curvature = evaluate(derivative<2>(swish), x = in[i], beta = T(0.75));
        const T slack = std::numeric_limits<T>::epsilon() *
            (8 * std::abs(slope) + 2 * std::abs(in[i] * curvature)) * std::abs(grad_out[i]);
        INFO("x = " << in[i] << ": " << grad_in[i] << ", expected " << grad_out[i] * slope);
        CHECK(std::abs(grad_in[i] - grad_out[i] * slope) <= slack);
        CHECK(std::abs(again[i] - grad_out[i] * slope) <= slack);
        // The last bit of beta * x is |beta x| eps of the exponential.
        CHECK(arrays::agree(out[i], evaluate(swish, x = in[i], beta = T(0.75)),
                            4 + static_cast<std::uint64_t>(2 * std::abs(T(0.75) * in[i]))));
    }
}

TEST_CASE("sums over many elements") {
    for (std::size_t size :
         {std::size_t{1}, std::size_t{33}, std::size_t{1000}, std::size_t{100000}}) {
        check_sum<float>(size, 1e-6);
        check_sum<double>(size, 1e-13);
    }
}

TEST_CASE("several parameters, defaults, and constants") {
    const std::vector<double> in{-1.0, 0.5, 2.0};
    const std::vector<double> grad_out{1.0, 2.0, -4.0};
    std::vector<double> grad_in(3);
    constexpr auto f = alpha * x * x + parameter<"beta", 3.0>{} * x + shift;
    const auto g = backward(f, in, grad_out, grad_in, alpha = 0.5, shift = 10.0);
    CHECK(g[alpha] == 1.0 + 0.5 - 16.0);
    CHECK(g[beta] == -1.0 + 1.0 - 8.0);
    CHECK(g[shift] == -1.0);
    CHECK(grad_in == std::vector<double>{2.0, 7.0, -20.0});

    const auto fewer = backward(f, in, grad_out, grad_in, alpha = 0.5_c, shift = 10.0, beta = 0.0);
    STATIC_REQUIRE(decltype(fewer)::size == 2);
    CHECK(fewer[beta] == -8.0);
    CHECK(grad_in == std::vector<double>{-1.0, 1.0, -8.0});

    // Gradients are those of the symbols that stand in the formula after substitution.
    const auto tied = backward(f, in, grad_out, grad_in, alpha = beta, beta = 2.0, shift = 0.0);
    CHECK(tied[beta] == (1.0 + 0.5 - 16.0) + (-1.0 + 1.0 - 8.0));

    const auto elu = backward(activations::elu, in, grad_out, grad_in);
    CHECK(std::abs(elu[alpha] - std::expm1(-1.0)) < 1e-15);
}

TEMPLATE_TEST_CASE("by name: swiglu", "", float, double) {
    using T = TestType;
    for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{16}, std::size_t{61}}) {
        const std::vector<T> in = arrays::ordinary_values<T>(size);
        std::vector<T> gates(size);
        std::vector<T> grad_out(size);
        for (std::size_t i = 0; i < size; ++i) {
            gates[i] = arrays::ordinary<T>(i + 900);
            grad_out[i] = arrays::ordinary<T>(i + 1900);
        }
        arrays::guarded<T> grad_x(size, 1);
        arrays::guarded<T> grad_gate(size);
        backward(swiglu, grad_out, x = in, gate = gates, grad(x) = grad_x.span(),
                 grad(gate) = grad_gate.span());
        for (std::size_t i = 0; i < size; ++i) {
            const T by_x = grad_out[i] * evaluate(derivative(swiglu), x = in[i], gate = gates[i]);
            const T by_gate =
                grad_out[i] * evaluate(derivative(swiglu, gate), x = in[i], gate = gates[i]);
            const T slack =
                4 * std::numeric_limits<T>::epsilon() * std::abs(grad_out[i] * gates[i]);
            INFO("x = " << in[i] << ", gate = " << gates[i]);
            CHECK(std::abs(grad_x[i] - by_x) <=
                  8 * std::numeric_limits<T>::epsilon() * std::abs(by_x) + slack);
            CHECK(arrays::agree(grad_gate[i], by_gate, 6));
        }
        CHECK((grad_x.guards_intact() && grad_gate.guards_intact()));
        // Only one of them, in place of the other input.
        std::vector<T> only = gates;
        backward(swiglu, grad_out, x = in, gate = only, grad(gate) = only);
        // A program of its own, so not the same bits.
        for (std::size_t i = 0; i < size; ++i) CHECK(arrays::agree(only[i], grad_gate[i], 6));
    }
}

TEST_CASE("a parameter bound to a range has one gradient per element") {
    const std::vector<float> in{1.0F, 2.0F, -3.0F};
    const std::vector<float> factors{5.0F, 6.0F, 7.0F};
    const std::vector<float> grad_out{1.0F, -1.0F, 2.0F};
    std::vector<float> by_beta(3);
    std::vector<float> by_x(3);
    double by_shift = 0;
    backward(x * beta + shift, grad_out, x = in, beta = factors, shift = 1.0F, grad(beta) = by_beta,
             grad(x) = by_x, grad(shift) = by_shift);
    CHECK(by_beta == std::vector<float>{1.0F, -2.0F, -6.0F});
    CHECK(by_x == std::vector<float>{5.0F, -6.0F, 14.0F});
    CHECK(by_shift == 2.0);
    // Positional: its gradient is not among those returned.
    const auto g = backward(x * beta + shift, in, grad_out, by_x, beta = factors, shift = 1.0F);
    STATIC_REQUIRE(decltype(g)::size == 1);
    CHECK(g[shift] == 2.0);
}

TEST_CASE("a number bound to x, and an array bound to a parameter") {
    const std::vector<double> factors{5.0, 6.0, 7.0};
    const std::vector<double> grad_out{1.0, -1.0, 2.0};
    double by_x = 0;
    std::vector<double> by_beta(3);
    backward(x * beta, grad_out, x = 4.0, beta = factors, grad(x) = by_x, grad(beta) = by_beta);
    CHECK(by_x == 13.0);
    CHECK(by_beta == std::vector<double>{4.0, -4.0, 8.0});
    // A gradient with respect to a number may be asked for element by element.
    std::vector<double> elements(3);
    backward(x * beta, grad_out, x = 4.0, beta = factors, grad(x) = elements);
    CHECK(elements == std::vector<double>{5.0, -6.0, 14.0});
}

TEST_CASE("kink policies") {
    const std::vector<float> in{-1.0F, 0.0F, -0.0F, 1.0F};
    const std::vector<float> grad_out{1.0F, 2.0F, 4.0F, 8.0F};
    std::vector<float> out(4);
    std::vector<float> grad_in(4);
    using slopes = std::vector<float>;
    backward(activations::relu, in, grad_out, grad_in);
    CHECK(grad_in == slopes{0.0F, 0.0F, 0.0F, 8.0F});
    backward(activations::relu, in, grad_out, grad_in, kink::right);
    CHECK(grad_in == slopes{0.0F, 2.0F, 4.0F, 8.0F});
    backward(activations::relu, in, grad_out, grad_in, kink::mid);
    CHECK(grad_in == slopes{0.0F, 1.0F, 2.0F, 8.0F});
    backward(activations::relu, grad_out, x = in, kink::left, grad(x) = grad_in);
    CHECK(grad_in == slopes{0.0F, 0.0F, 0.0F, 8.0F});
    backward(activations::relu, grad_out, kink::right, x = in, grad(x) = grad_in);
    CHECK(grad_in == slopes{0.0F, 2.0F, 4.0F, 8.0F});
    forward_backward(abs(x), in, grad_out, out, grad_in, kink::right);
    CHECK(grad_in == slopes{-1.0F, 2.0F, 4.0F, 8.0F});
    CHECK(out == slopes{1.0F, 0.0F, 0.0F, 1.0F});
    const auto g =
        backward(activations::leaky_relu, in, grad_out, grad_in, kink::right, alpha = 0.5F);
    CHECK(grad_in == slopes{0.5F, 2.0F, 4.0F, 8.0F});
    CHECK(g[alpha] == -1.0);
}

TEST_CASE("formulas that do not depend on x") {
    const std::vector<double> in{1.0, 2.0, 3.0};
    const std::vector<double> grad_out{1.0, 2.0, 3.0};
    std::vector<double> grad_in(3, -1.0);
    std::vector<double> out(3);
    const auto g = backward(beta * beta, in, grad_out, grad_in, beta = 3.0);
    CHECK(grad_in == std::vector<double>(3, 0.0));
    CHECK(g[beta] == 36.0);
    forward_backward(pi, in, grad_out, out, grad_in);
    CHECK(out == std::vector<double>(3, 3.14159265358979323846));
    CHECK(grad_in == std::vector<double>(3, 0.0));
}

TEST_CASE("NaN and infinity upstream reach their own element only") {
    constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();
    constexpr float inf = std::numeric_limits<float>::infinity();
    for (std::size_t place = 0; place < 37; ++place) {
        const std::vector<float> in = arrays::ordinary_values<float>(37);
        std::vector<float> grad_out(37, 1.0F);
        std::vector<float> clean(37);
        std::vector<float> grad_in(37);
        backward(activations::silu, in, grad_out, clean);
        grad_out[place] = nan_value;
        backward(activations::silu, in, grad_out, grad_in);
        std::size_t wrong = std::isnan(grad_in[place]) ? 0 : 1;
        for (std::size_t i = 0; i < 37; ++i) wrong += i == place || grad_in[i] == clean[i] ? 0 : 1;
        grad_out[place] = inf;
        backward(activations::silu, in, grad_out, grad_in);
        wrong += grad_in[place] == std::copysign(inf, clean[place]) ? 0 : 1;
        CHECK(wrong == 0);
    }
}
