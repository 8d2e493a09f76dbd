// SPDX-License-Identifier: BSL-1.0
/// Graph to formula text that reads back as the same formula.
#pragma once

#include <chainrule/core/decimal.hpp>
#include <chainrule/graph/registry.hpp>

namespace chainrule::detail {

class printer {
public:
    /// A text longer than this helps nobody; a deep chain would have 2^depth characters.
    static constexpr std::size_t longest = 65536;

    std::vector<char> text;

    constexpr explicit printer(const graph& g) : in(g) {}

    constexpr void print(int i) { print(i, conditional); }
    [[nodiscard]] constexpr bool too_long() const { return text.size() > longest; }

private:
    const graph& in;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)

    /// How tightly a text binds; weaker text inside stronger context needs parentheses.
    enum binding_strength { conditional, sum, product, power, atom };

    constexpr void say(std::string_view words) {
        for (char c : words) text.push_back(c);
    }
    constexpr void number(double v) { say(format_decimal(v).view()); }

    constexpr void print(int i, binding_strength context) {
        if (too_long()) return;
        const node& n = in.at(i);
        const bool parentheses = strength(i) < context;
        if (parentheses) say("(");
        switch (n.kind) {
        case constant_node:
            number(n.value);
            break;
        case symbol_node:
            say(in.symbol_of(i).name);
            break;
        case sum_node:
            print_sum(n);
            break;
        case product_node:
            print_product(n, 1);
            break;
        default:
            print_call(n);
            break;
        }
        if (parentheses) say(")");
    }

    [[nodiscard]] constexpr binding_strength strength(int i) const {
        const node& n = in.at(i);
        switch (n.kind) {
        case constant_node:
            return n.value < 0 ? product : atom;
        case symbol_node:
            return atom;
        case sum_node:
            return sum;
        case product_node: {
            const operand only = in.child(n, 0);
            if (n.count == 1 && n.value == 1 && only.weight == 0.5) return atom;
            return n.count == 1 && n.value == 1 && only.weight > 0 ? power : product;
        }
        default:
            return n.kind >= first_call && has_text(n)
                ? template_strength(primitive_of(n.kind).text)
                : atom;
        }
    }

    /// Whether a call is written by its text: not 3*sech(3)^2 or sqrt(x^2 + 0), which read back as others.
    [[nodiscard]] constexpr bool has_text(const node& n) const {
        const std::string_view words = primitive_of(n.kind).text;
        if (words.empty() || template_strength(words) == conditional) return !words.empty();
        for (int k = 0; k < n.count; ++k) {
            const int argument = in.child(n, k).node;
            if ((k == 0 && in.is_constant(argument)) || in.is_number(argument, 0)) return false;
        }
        return true;
    }

    static constexpr binding_strength template_strength(std::string_view words) {
        int depth = 0;
        binding_strength weakest = atom;
        for (char c : words) {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth > 0) continue;
            if (c == '?') return conditional;
            if (c == '+' || c == '-') weakest = sum;
            if (c == '*' && weakest > product) weakest = product;
        }
        return weakest;
    }

    constexpr void print_sum(const node& n) {
        for (int k = 0; k < n.count; ++k) {
            const operand term = in.child(n, k);
            double weight = term.weight;
            const node& t = in.at(term.node);
            // A coefficient of the term itself, as in the raw sum of 2x and y.
            const double sign_source =
                t.kind == product_node || t.kind == constant_node ? weight * t.value : weight;
            const bool negative = sign_source < 0;
            if (k > 0) {
                say(negative ? " - " : " + ");
            } else if (negative) {
                say("-");
            }
            if (negative) weight = -weight;
            if (t.kind == product_node) {
                print_product(t, weight);
            } else if (t.kind == constant_node && (weight == 1 || weight == -1)) {
                number(magnitude(t.value));
            } else {
                if (weight != 1) number(weight), say("*");
                print(term.node, product);
            }
        }
        if (n.value != 0) {
            say(n.value < 0 ? " - " : " + ");
            number(magnitude(n.value));
        }
    }

    constexpr void print_product(const node& n, double scale) {
        const double coefficient = n.value * scale;
        bool has_numerator = false;
        int denominators = 0;
        for (int k = 0; k < n.count; ++k) {
            const bool above = in.child(n, k).weight > 0;
            has_numerator = has_numerator || above;
            denominators += above ? 0 : 1;
        }
        bool first = true;
        if (coefficient == -1 && has_numerator) {
            say("-");
        } else if (coefficient != 1 || !has_numerator) {
            number(coefficient);
            first = false;
        }
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            if (f.weight <= 0) continue;
            if (!first) say("*");
            print_power(f.node, f.weight);
            first = false;
        }
        if (denominators == 0) return;
        say(denominators > 1 ? "/(" : "/");
        first = true;
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            if (f.weight > 0) continue;
            if (!first) say("*");
            print_power(f.node, -f.weight);
            first = false;
        }
        if (denominators > 1) say(")");
    }

    constexpr void print_power(int base, double exponent) {
        if (exponent == 1) {
            // A product inside a product keeps its own grouping.
            print(base, power);
        } else if (exponent == 0.5) {
            say("sqrt(");
            print(base, conditional);
            say(")");
        } else {
            print(base, atom);
            say("^");
            number(exponent);
        }
    }

    constexpr void print_call(const node& n) {
        const primitive_info& primitive = primitive_of(n.kind);
        if (!has_text(n)) {
            say(primitive.name);
            for (int k = 0; k < n.count; ++k) {
                say(k == 0 ? "(" : ", ");
                print(in.child(n, k).node, conditional);
            }
            if (n.count > 0) say(")");
            return;
        }
        const bool chooses = template_strength(primitive.text) == conditional;
        for (std::size_t p = 0; p < primitive.text.size(); ++p) {
            if (primitive.text[p] != '{') {
                text.push_back(primitive.text[p]);
                continue;
            }
            const int which = primitive.text[p + 1] - '0';
            p += 2;
            const char next = p + 1 < primitive.text.size() ? primitive.text[p + 1] : ' ';
            const binding_strength context = next == '^' ? atom
                : chooses                                ? (which < 2 ? sum : conditional)
                                                         : product;
            print(in.child(n, which).node, context);
        }
    }
};

}  // namespace chainrule::detail
