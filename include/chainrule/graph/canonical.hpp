// SPDX-License-Identifier: BSL-1.0
/// The canonical form: sums with collected terms, products with collected powers, calls with the sign of
/// odd and even functions moved out. It decides what "the same formula" means; the rule tables
/// (graph/rules.hpp) are applied to each node as it is made.
#pragma once

#include <chainrule/graph/exact.hpp>
#include <chainrule/graph/registry.hpp>

namespace chainrule::detail {

/// A table of compiled rewrite rules, seen by the canonical form as one function.
class canonical_form;
using rewriter = int (*)(canonical_form&, int node);

struct canonical_options {
    rewriter rewrite = nullptr;
    /// Merge sums into sums and products into products even where the inner one is used elsewhere too.
    /// For comparison and text; programs keep shared partial results.
    bool flatten_shared = true;
    /// Multiply products of sums out. For comparison.
    bool expand = false;
};

class canonical_form {
public:
    /// Sums and products with more parts than this are not merged further.
    static constexpr int largest_node = 64;

    constexpr canonical_form(graph& target, canonical_options chosen) : out(target), options(chosen) {}

    graph& out;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): a short-lived worker
    canonical_options options;

    /// Rebuilds every node that `roots` need in canonical form; `roots` become nodes of `out`.
    constexpr void run(const graph& in, std::vector<int>& roots) {
        const auto count = static_cast<std::size_t>(in.size());
        std::vector<int> uses(count, 0);
        for (int root : roots) ++uses[static_cast<std::size_t>(root)];
        for (int i = in.size() - 1; i >= 0; --i) {
            if (uses[static_cast<std::size_t>(i)] == 0) continue;
            const node& n = in.at(i);
            for (int k = 0; k < n.count; ++k) ++uses[static_cast<std::size_t>(in.child(n, k).node)];
        }
        std::vector<int> image(count, -1);
        for (int i = 0; i < in.size(); ++i) {
            if (uses[static_cast<std::size_t>(i)] > 0) image[static_cast<std::size_t>(i)] = rebuild(in, i, image, uses);
        }
        for (int& root : roots) root = image[static_cast<std::size_t>(root)];
    }

    /// constant + Σ weight·term. Terms marked `opaque` are not merged even if they are sums.
    constexpr int sum(const std::vector<operand>& terms, double constant, const std::vector<char>* opaque = nullptr) {
        std::vector<operand> collected;
        std::vector<double> constants;
        if (constant != 0) constants.push_back(constant);
        for (std::size_t i = 0; i < terms.size(); ++i) {
            add_term(collected, constants, terms[i], opaque == nullptr || (*opaque)[i] == 0);
        }
        sort_operands(collected);
        merge_equal(collected);
        double total = 0;
        sort_values(constants);
        for (double c : constants) {
            const exact_result next = exact_sum(total, c);
            if (next.exact) {
                total = next.value;
            } else {
                collected.push_back({out.constant(c), 1});
                sort_operands(collected);
            }
        }
        if (collected.empty()) return out.constant(total);
        if (collected.size() == 1 && total == 0) return scaled(collected[0].node, collected[0].weight);
        return rewritten(out.put(sum_node, total, 0, collected.data(), static_cast<int>(collected.size())));
    }

    /// coefficient · Π base^exponent.
    constexpr int product(const std::vector<operand>& factors, double coefficient,
                          const std::vector<char>* opaque = nullptr) {
        std::vector<operand> collected;
        for (std::size_t i = 0; i < factors.size(); ++i) {
            add_factor(collected, coefficient, factors[i], opaque == nullptr || (*opaque)[i] == 0);
        }
        sort_operands(collected);
        merge_equal(collected);
        fold_constants(collected, coefficient);
        if (coefficient == 0) return out.constant(0);
        if (collected.empty()) return out.constant(coefficient);
        if (options.expand) {
            const int expanded = multiply_out(collected, coefficient);
            if (expanded >= 0) return expanded;
        }
        if (collected.size() == 1 && collected[0].weight == 1) {
            const int only = collected[0].node;
            if (coefficient == 1) return only;
            // −(a − b) is b − a: as cheap, and one node less.
            if (coefficient == -1 && out.at(only).kind == sum_node) return distribute(only, coefficient);
        }
        return rewritten(out.put(product_node, coefficient, 0, collected.data(), static_cast<int>(collected.size())));
    }

    /// factor · node.
    constexpr int scaled(int node, double factor) { return factor == 1 ? node : product({{node, 1}}, factor); }

    constexpr int power(int base, double exponent) { return product({{base, exponent}}, 1); }

    /// A primitive call, with the sign of odd and even functions moved out.
    constexpr int call(int kind, const int* arguments, int count) {
        const primitive_info& primitive = primitive_of(kind);
        if (kind == first_call + primitive_index<op::pow_primitive> && out.is_constant(arguments[1]) &&
            out.at(arguments[1]).residual == 0) {
            return power(arguments[0], out.at(arguments[1]).value);
        }
        if (primitive.symmetry != parity::none) {
            if (primitive.symmetry == parity::odd && out.is_number(arguments[0], 0)) return arguments[0];
            if (has_negative_sign(arguments[0])) {
                const int positive = scaled(arguments[0], -1);
                const int value = call(kind, &positive, 1);
                return primitive.symmetry == parity::odd ? scaled(value, -1) : value;
            }
        }
        const int folded = fold_call(kind, arguments);
        if (folded >= 0) return folded;
        return rewritten(out.call(kind, arguments, count));
    }

    /// Whether a sign can be taken out of this node.
    [[nodiscard]] constexpr bool has_negative_sign(int i) const {
        const node& n = out.at(i);
        if (n.kind == constant_node || n.kind == product_node) return n.value < 0;
        return options.expand && n.kind == sum_node && out.child(n, 0).weight < 0;
    }

    /// coefficient and the product without it: 3·x·y is {x·y, 3}.
    constexpr operand split_coefficient(int i) {
        const node n = out.at(i);
        if (n.kind != product_node || n.value == 1) return {i, 1};
        if (n.count == 1 && out.child(n, 0).weight == 1) return {out.child(n, 0).node, n.value};
        std::vector<operand> factors = children(n);
        return {out.put(product_node, 1, 0, factors.data(), n.count), n.value};
    }

    [[nodiscard]] constexpr std::vector<operand> children(const node& n) const {
        std::vector<operand> result;
        for (int i = 0; i < n.count; ++i) result.push_back(out.child(n, i));
        return result;
    }

private:
    constexpr int rewritten(int i) {
        if (options.rewrite == nullptr) return i;
        const int better = options.rewrite(*this, i);
        return better < 0 ? i : better;
    }

    constexpr int rebuild(const graph& in, int i, const std::vector<int>& image, const std::vector<int>& uses) {
        const node& n = in.at(i);
        if (n.kind == constant_node) return out.constant(n.value, n.residual);
        if (n.kind == symbol_node) {
            const symbol_entry& symbol = in.symbol_of(i);
            return out.symbol(symbol.name, symbol.default_value);
        }
        if (n.kind >= first_call) {
            int arguments[4]{};
            for (int k = 0; k < n.count; ++k) arguments[k] = image[static_cast<std::size_t>(in.child(n, k).node)];
            return call(n.kind, arguments, n.count);
        }
        std::vector<operand> parts;
        std::vector<char> opaque;
        for (int k = 0; k < n.count; ++k) {
            const operand c = in.child(n, k);
            parts.push_back({image[static_cast<std::size_t>(c.node)], c.weight});
            opaque.push_back(static_cast<char>(!options.flatten_shared && uses[static_cast<std::size_t>(c.node)] > 1));
        }
        return n.kind == sum_node ? sum(parts, n.value, &opaque) : product(parts, n.value, &opaque);
    }

    constexpr void add_term(std::vector<operand>& terms, std::vector<double>& constants, operand term, bool merge) {
        if (term.weight == 0) return;
        const node n = out.at(term.node);
        if (n.kind == constant_node && n.residual == 0) {
            const exact_result c = exact_product(n.value, term.weight);
            if (c.exact) {
                if (c.value != 0) constants.push_back(c.value);
                return;
            }
        }
        if (n.kind == product_node && n.value != 1) {
            const exact_result weight = exact_product(n.value, term.weight);
            if (weight.exact) {
                const int rest = split_coefficient(term.node).node;
                add_term(terms, constants, {rest, weight.value}, merge);
                return;
            }
        }
        const bool too_large = static_cast<int>(terms.size()) + n.count > largest_node;
        if (n.kind == sum_node && merge && !too_large && scales_exactly(n, term.weight)) {
            if (n.value != 0) constants.push_back(n.value * term.weight);
            for (int i = 0; i < n.count; ++i) {
                const operand c = out.child(n, i);
                terms.push_back({c.node, c.weight * term.weight});
            }
            return;
        }
        terms.push_back(term);
    }

    [[nodiscard]] constexpr bool scales_exactly(const node& n, double weight) const {
        if (weight == 1 || weight == -1) return true;
        if (!options.expand) return false;  // 2·(x + y) stays as it is, except for comparison
        bool exact = n.value == 0 || exact_product(n.value, weight).exact;
        for (int i = 0; i < n.count && exact; ++i) exact = exact_product(out.child(n, i).weight, weight).exact;
        return exact;
    }

    constexpr int distribute(int sum, double coefficient) {
        const node n = out.at(sum);
        std::vector<operand> terms = children(n);
        for (operand& t : terms) t.weight *= coefficient;
        std::vector<char> opaque(terms.size(), 1);
        return this->sum(terms, n.value * coefficient, &opaque);
    }

    constexpr void multiply_coefficient(std::vector<operand>& factors, double& coefficient, double c) {
        const exact_result next = exact_product(coefficient, c);
        if (next.exact) {
            coefficient = next.value;
        } else {
            factors.push_back({out.constant(c), 1});
        }
    }

    constexpr void add_factor(std::vector<operand>& factors, double& coefficient, operand factor, bool merge) {
        if (factor.weight == 0) return;  // u^0 is 1, as in IEEE pow
        const node n = out.at(factor.node);
        if (n.kind == constant_node && n.residual == 0 && factor.weight == 1) {
            multiply_coefficient(factors, coefficient, n.value);
            return;
        }
        const bool too_large = static_cast<int>(factors.size()) + n.count > largest_node;
        if (n.kind == product_node && merge && !too_large && splits(n, factor.weight)) {
            if (n.value != 1) {
                const exact_result c = exact_power(n.value, factor.weight);
                if (c.exact) {
                    multiply_coefficient(factors, coefficient, c.value);
                } else {
                    factors.push_back({out.constant(n.value), factor.weight});
                }
            }
            for (const operand& c : children(n)) {
                const double exponent = c.weight * factor.weight;
                // (u²)^½ is |u|
                const bool needs_absolute = !is_integer(factor.weight) && !is_even(exponent);
                const int base = needs_absolute ? absolute(c.node) : c.node;
                factors.push_back({base, exponent});
            }
            return;
        }
        factors.push_back(factor);
    }

    /// Whether (Π bᵏ)^e may be taken apart: for integers always; else only even k, where bᵏ = |b|ᵏ.
    [[nodiscard]] constexpr bool splits(const node& n, double exponent) const {
        if (is_integer(exponent)) return true;
        if (n.value <= 0) return false;
        for (int i = 0; i < n.count; ++i) {
            if (!is_even(out.child(n, i).weight)) return false;
        }
        return true;
    }

    constexpr int absolute(int i) { return call(first_call + primitive_index<op::abs_primitive>, &i, 1); }

    /// Numbers among the factors: fold what is exact, bring √2·2⁻¹ and the like to one form.
    constexpr void fold_constants(std::vector<operand>& factors, double& coefficient) {
        std::vector<operand> kept;
        for (operand f : factors) {
            const node n = out.at(f.node);
            if (n.kind != constant_node || n.residual != 0) {
                kept.push_back(f);
                continue;
            }
            double base = n.value;
            if (base > 0 && base < 1 && !is_integer(f.weight)) {
                const exact_result inverse = exact_quotient(1, base);
                if (inverse.exact) base = inverse.value, f.weight = -f.weight;
            }
            if (!is_integer(f.weight) && base > 0) {
                const double whole = elementary::floor(f.weight);
                const exact_result c = exact_power(base, whole);
                const exact_result next = c.exact ? exact_product(coefficient, c.value) : exact_result{};
                if (whole != 0 && next.exact) coefficient = next.value, f.weight -= whole;
            }
            const exact_result value = exact_power(base, f.weight);
            exact_result next = value.exact ? exact_product(coefficient, value.value) : exact_result{};
            if (!next.exact && f.weight == -1) next = exact_quotient(coefficient, base);
            if (next.exact) {
                coefficient = next.value;
            } else {
                kept.push_back({out.constant(base), f.weight});
            }
        }
        sort_operands(kept);
        factors = kept;
    }

    /// Products of sums multiplied out, where that stays small; −1 if there is nothing to do.
    constexpr int multiply_out(const std::vector<operand>& factors, double coefficient) {
        std::size_t chosen = factors.size();
        for (std::size_t i = 0; i < factors.size() && chosen == factors.size(); ++i) {
            const bool positive = is_integer(factors[i].weight) && factors[i].weight >= 1 && factors[i].weight <= 4;
            if (out.at(factors[i].node).kind == sum_node && positive) chosen = i;
        }
        if (chosen == factors.size()) return -1;
        if (factors.size() == 1 && factors[0].weight == 1 && coefficient == 1) return -1;
        std::vector<operand> rest = factors;
        if (rest[chosen].weight == 1) {
            rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(chosen));
        } else {
            rest[chosen].weight -= 1;
        }
        const node n = out.at(factors[chosen].node);
        const int other = product(rest, coefficient);
        if (n.count * (out.at(other).kind == sum_node ? out.at(other).count : 1) > largest_node) return -1;
        std::vector<operand> terms;
        if (n.value != 0) terms.push_back({other, n.value});
        for (const operand& c : children(n)) terms.push_back({product({{c.node, 1}, {other, 1}}, 1), c.weight});
        return sum(terms, 0);
    }

    /// Calls whose value is decided by constants, and selections that do not select.
    [[nodiscard]] constexpr int fold_call(int kind, const int* arguments) const {
        const bool is_max = kind == first_call + primitive_index<op::max_primitive>;
        const bool is_min = kind == first_call + primitive_index<op::min_primitive>;
        if ((is_max || is_min) && out.is_constant(arguments[0]) && out.is_constant(arguments[1])) {
            const bool first_is_less = out.at(arguments[0]).value < out.at(arguments[1]).value;
            return arguments[first_is_less == is_max ? 1 : 0];
        }
        const bool is_less = kind == first_call + primitive_index<op::selection<false>>;
        const bool is_less_equal = kind == first_call + primitive_index<op::selection<true>>;
        if (is_less || is_less_equal) {
            if (arguments[2] == arguments[3]) return arguments[2];
            if (out.is_constant(arguments[0]) && out.is_constant(arguments[1])) {
                const double a = out.at(arguments[0]).value;
                const double b = out.at(arguments[1]).value;
                return (is_less ? a < b : a <= b) ? arguments[2] : arguments[3];
            }
        }
        return -1;
    }

    static constexpr void sort_operands(std::vector<operand>& list) {
        for (std::size_t i = 1; i < list.size(); ++i) {
            const operand moving = list[i];
            std::size_t j = i;
            for (; j > 0 && moving.node < list[j - 1].node; --j) list[j] = list[j - 1];
            list[j] = moving;
        }
    }

    static constexpr void sort_values(std::vector<double>& list) {
        for (std::size_t i = 1; i < list.size(); ++i) {
            const double moving = list[i];
            std::size_t j = i;
            for (; j > 0 && magnitude(moving) < magnitude(list[j - 1]); --j) list[j] = list[j - 1];
            list[j] = moving;
        }
    }

    /// Equal terms add their coefficients, equal bases their exponents, where that is exact.
    static constexpr void merge_equal(std::vector<operand>& list) {
        std::size_t size = 0;
        for (const operand& item : list) {
            if (size > 0 && list[size - 1].node == item.node) {
                const exact_result total = exact_sum(list[size - 1].weight, item.weight);
                if (total.exact) {
                    list[size - 1].weight = total.value;
                    if (total.value == 0) --size;
                    continue;
                }
            }
            list[size++] = item;
        }
        list.resize(size);
    }
};

}  // namespace chainrule::detail
