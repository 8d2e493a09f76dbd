// SPDX-License-Identifier: BSL-1.0
/// The value graph: formulas as data, so that ordinary constexpr functions can think about them.
/// Nodes are hash-consed: equal subexpressions are one node, so comparing formulas is comparing indices
/// and shared work is found for free.
#pragma once

#include <chainrule/core/fixed_string.hpp>
#include <chainrule/core/growing_list.hpp>
#include <chainrule/core/real.hpp>
#include <chainrule/core/small_list.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace chainrule::detail {

/// What a node is. From `first_call` on: a call of primitive `kind - first_call` of the registry.
enum node_kind : int { constant_node, symbol_node, sum_node, product_node, first_call };

/// A child of a node: in a sum `weight` is its coefficient, in a product its exponent.
struct operand {
    int node;
    double weight;
};

/// The parts of one sum or product.
inline constexpr int most_parts = 160;
using operand_list = small_list<operand, most_parts>;

struct node {
    int kind;
    int first;  ///< children are operands[first .. first + count)
    int count;
    double
        value;  ///< constant: its value; symbol: its number; sum: its constant term; product: its coefficient
    double residual;  ///< constant: exact value − value
    std::uint64_t hash;
};

struct symbol_entry {
    std::string_view name;
    extended_real default_value = no_value;
    bool has_conflicting_defaults = false;
    bool is_variable = false;  ///< some occurrence is a variable<>, not a parameter<>
};

/// Why a formula cannot be built; the first failure stays.
enum class failure_kind { none, syntax, no_derivative, not_invertible };

struct failure {
    failure_kind kind = failure_kind::none;
    std::size_t position = 0;  ///< syntax: where, counted from 1
    std::string_view text;     ///< the formula text, the primitive's name, or the reason
    char expected[120]{};      ///< syntax: what would have been understood there
    std::size_t expected_size = 0;

    constexpr void say(std::string_view words) {
        for (char c : words) {
            if (expected_size < sizeof(expected)) expected[expected_size++] = c;
        }
    }
    [[nodiscard]] constexpr std::string_view expectation() const {
        return {expected, expected_size};
    }
};

class graph {
public:
    growing_list<node> nodes;
    growing_list<operand> operands;
    std::vector<symbol_entry> symbols;
    failure problem;

    [[nodiscard]] constexpr const node& at(int i) const { return nodes.items[i]; }
    [[nodiscard]] constexpr const operand& child(const node& n, int i) const {
        return operands.items[n.first + i];
    }
    [[nodiscard]] constexpr int size() const { return static_cast<int>(nodes.size()); }

    [[nodiscard]] constexpr bool is_constant(int i) const { return at(i).kind == constant_node; }
    [[nodiscard]] constexpr bool is_number(int i, double value) const {
        return is_constant(i) && at(i).value == value && at(i).residual == 0;
    }

    constexpr int constant(double value, double residual = 0) {
        return put(constant_node, value + 0.0, residual, nullptr, 0);  // + 0.0: no negative zero
    }

    constexpr int symbol(std::string_view name, extended_real default_value = no_value,
                         bool is_variable = false) {
        std::size_t i = 0;
        while (i < symbols.size() && symbols[i].name != name) ++i;
        if (i == symbols.size()) {
            symbols.push_back({name, default_value, false, is_variable});
        }
        symbol_entry& known = symbols[i];
        known.is_variable = known.is_variable || is_variable;
        if (is_value(default_value.value)) {
            if (!is_value(known.default_value.value)) known.default_value = default_value;
            if (known.default_value != default_value) known.has_conflicting_defaults = true;
        }
        return put(symbol_node, static_cast<double>(i), 0, nullptr, 0);
    }
    /// A symbol of another graph, with all that is known of it.
    constexpr int symbol(const symbol_entry& other) {
        const int i = symbol(other.name, other.default_value, other.is_variable);
        if (other.has_conflicting_defaults)
            symbols[static_cast<std::size_t>(at(i).value)].has_conflicting_defaults = true;
        return i;
    }

    [[nodiscard]] constexpr const symbol_entry& symbol_of(int i) const {
        return symbols[static_cast<std::size_t>(at(i).value)];
    }

    constexpr int call(int kind, const int* arguments, int count) {
        operand children[4]{};
        for (int i = 0; i < count; ++i) children[i] = {arguments[i], 0};
        return put(kind, 0, 0, children, count);
    }

    /// The node with this content, new or already there. `children` must not point into `operands`.
    constexpr int put(int kind, double value, double residual, const operand* children, int count) {
        // Few operations: this is what the compiler spends most time on.
        std::uint64_t hash = static_cast<std::uint64_t>(kind) * 0x9e3779b97f4a7c15U;
        if (value != 0) hash = mix_hash(hash, bits_of(value));
        if (residual != 0) hash = mix_hash(hash, bits_of(residual));
        for (int i = 0; i < count; ++i) {
            hash = hash * 0xd6e8feb86659fd93U + static_cast<std::uint64_t>(children[i].node);
            if (children[i].weight != 1) hash ^= bits_of(children[i].weight) >> 8;
        }
        if (2 * (nodes.count + 1) > slots.count) grow();
        const std::size_t last_slot = slots.count - 1;
        std::size_t slot = hash & last_slot;
        for (; slots.items[slot] >= 0; slot = (slot + 1) & last_slot) {
            const node& n = nodes.items[slots.items[slot]];
            if (n.hash == hash && n.kind == kind && n.count == count && n.value == value &&
                n.residual == residual && same_children(n, children)) {
                return slots.items[slot];
            }
        }
        const int index = static_cast<int>(nodes.count);
        nodes.push_back({kind, static_cast<int>(operands.count), count, value, residual, hash});
        for (int i = 0; i < count; ++i) operands.push_back(children[i]);
        slots.items[slot] = index;
        return index;
    }

private:
    growing_list<int> slots;  // open addressing: a node index or -1

    [[nodiscard]] constexpr bool same_children(const node& n, const operand* children) const {
        for (int i = 0; i < n.count; ++i) {
            const operand& mine = operands.items[n.first + i];
            if (mine.node != children[i].node || mine.weight != children[i].weight) return false;
        }
        return true;
    }

    constexpr void grow() {
        const std::size_t size = slots.empty() ? 64 : 4 * slots.size();
        slots.assign(size, -1);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            std::size_t slot = nodes.items[i].hash & (size - 1);
            while (slots.items[slot] >= 0) slot = (slot + 1) & (size - 1);
            slots.items[slot] = static_cast<int>(i);
        }
    }
};

}  // namespace chainrule::detail
