// SPDX-License-Identifier: BSL-1.0
/// A graph node with operators, so that derivative rules and definitions read like mathematics.
/// What it builds is raw: only zeros, ones and constants are folded on the way; graph/canonical.hpp
/// does the rest.
#pragma once

#include <chainrule/graph/exact.hpp>
#include <chainrule/graph/graph.hpp>
#include <chainrule/op/op.hpp>

namespace chainrule::detail {

struct handle : handle_tag {
    graph* owner = nullptr;
    int node = 0;

    constexpr handle() = default;
    constexpr handle(graph& g, int i) : owner(&g), node(i) {}

    [[nodiscard]] constexpr bool is_zero() const { return owner->is_number(node, 0); }
    [[nodiscard]] constexpr bool is_one() const { return owner->is_number(node, 1); }
    [[nodiscard]] constexpr bool is_plain_constant() const {
        return owner->is_constant(node) && owner->at(node).residual == 0;
    }
    [[nodiscard]] constexpr double value() const { return owner->at(node).value; }
    [[nodiscard]] constexpr handle number(double v) const { return {*owner, owner->constant(v)}; }
};

/// a·u + b·v as a raw sum.
constexpr handle weighted_sum(handle u, double a, handle v, double b) {
    graph& g = *u.owner;
    if (u.is_plain_constant() && v.is_plain_constant()) {
        const exact_result sum = exact_sum(a * u.value(), b * v.value());  // a and b are 1 or -1
        if (sum.exact) return u.number(sum.value);
    }
    if (v.is_zero() && a == 1) return u;
    if (u.is_zero() && b == 1) return v;
    if (u.node == v.node && a == -b) return u.number(0);
    operand children[2]{};
    int count = 0;
    double constant = 0;
    auto add = [&](handle h, double weight) {
        if (h.is_plain_constant() && constant == 0) {
            constant = weight * h.value();
        } else {
            children[count++] = {h.node, weight};
        }
    };
    add(u, a);
    add(v, b);
    return {g, g.put(sum_node, constant, 0, children, count)};
}

/// coefficient · u · v^exponent as a raw product.
constexpr handle weighted_product(handle u, handle v, double exponent) {
    graph& g = *u.owner;
    if (u.is_zero() || (v.is_zero() && exponent == 1)) return u.number(0);
    if (v.is_one()) return u;
    if (u.is_one() && exponent == 1) return v;
    if (u.is_plain_constant() && v.is_plain_constant()) {
        const exact_result product = exponent == 1 ? exact_product(u.value(), v.value())
                                                   : exact_quotient(u.value(), v.value());
        if (product.exact) return u.number(product.value);
    }
    operand children[2]{};
    int count = 0;
    double coefficient = 1;
    if (u.is_plain_constant()) {
        coefficient = u.value();
    } else {
        children[count++] = {u.node, 1};
    }
    if (v.is_plain_constant() && exponent == 1 && coefficient == 1) {
        coefficient = v.value();
    } else {
        children[count++] = {v.node, exponent};
    }
    return {g, g.put(product_node, coefficient, 0, children, count)};
}

constexpr handle operator+(handle u, handle v) { return weighted_sum(u, 1, v, 1); }
constexpr handle operator-(handle u, handle v) { return weighted_sum(u, 1, v, -1); }
constexpr handle operator*(handle u, handle v) { return weighted_product(u, v, 1); }
constexpr handle operator/(handle u, handle v) { return weighted_product(u, v, -1); }
constexpr handle operator-(handle u) { return weighted_product(u.number(-1), u, 1); }
constexpr handle operator+(double a, handle u) { return u.number(a) + u; }
constexpr handle operator+(handle u, double a) { return u + u.number(a); }
constexpr handle operator-(double a, handle u) { return u.number(a) - u; }
constexpr handle operator-(handle u, double a) { return u - u.number(a); }
constexpr handle operator*(double a, handle u) { return u.number(a) * u; }
constexpr handle operator*(handle u, double a) { return u * u.number(a); }
constexpr handle operator/(double a, handle u) { return u.number(a) / u; }
constexpr handle operator/(handle u, double a) { return u / u.number(a); }

/// u^exponent as a raw product of one factor.
constexpr handle raised(handle u, double exponent) {
    const operand factor{u.node, exponent};
    return {*u.owner, u.owner->put(product_node, 1, 0, &factor, 1)};
}

/// A call of a primitive, or what it abbreviates.
template<class Operation, class... H>
constexpr handle handle_call(H... arguments) {
    if constexpr (has_definition<Operation>) {
        return Operation::definition(arguments...);
    } else {
        static_assert(primitive_index<Operation> >= 0,
                      "chainrule: this primitive is not registered; end its header with "
                      "CHAINRULE_REGISTER_PRIMITIVE and include it in op/op.hpp");
        const handle all[] = {arguments...};
        const int nodes[] = {arguments.node...};
        return {*all[0].owner,
                all[0].owner->call(first_call + primitive_index<Operation>, nodes, sizeof...(H))};
    }
}

/// π in the graph of h.
constexpr handle number_pi(handle h) {
    return {*h.owner, h.owner->call(first_call + primitive_index<op::pi_primitive>, nullptr, 0)};
}

}  // namespace chainrule::detail
