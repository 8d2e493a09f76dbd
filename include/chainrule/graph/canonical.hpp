// SPDX-License-Identifier: BSL-1.0
/// The canonical form: sums with collected terms, products with collected powers, calls with the sign of
/// odd and even functions moved out. It decides what "the same formula" means; the rule tables
/// (graph/rules.hpp) are applied to each node as it is made.
#pragma once

#include <chainrule/graph/exact.hpp>
#include <chainrule/graph/registry.hpp>

namespace chainrule::detail {

using flag_list = small_list<char, most_parts>;
using value_list = small_list<double, most_parts>;

/// A table of compiled rewrite rules, seen by the canonical form as one function.
class canonical_form;
using rewriter = int (*)(canonical_form&, int node);

constexpr int rewrite_nothing(canonical_form&, int) { return -1; }

struct canonical_options {
    /// Not compared with nullptr: with -fsanitize=undefined that is no constant expression for g++.
    rewriter rewrite = &rewrite_nothing;
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
    /// Graphs with more nodes than this are not expanded further: products of sums grow exponentially.
    static constexpr int largest_expansion = 1000;
    /// Higher powers of sums are not multiplied out.
    static constexpr int largest_expanded_power = 8;

    constexpr canonical_form(graph& target, canonical_options chosen)
        : out(target), options(chosen) {}

    graph& out;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): a short-lived worker
    canonical_options options;

    /// Rebuilds every node that `roots` need in canonical form; `roots` become nodes of `out`.
    constexpr void run(const graph& in, std::vector<int>& roots) {
        const auto count = static_cast<std::size_t>(in.size());
        growing_list<int> uses(count, 0);
        for (int root : roots) ++uses[static_cast<std::size_t>(root)];
        for (int i = in.size() - 1; i >= 0; --i) {
            if (uses[static_cast<std::size_t>(i)] == 0) continue;
            const node& n = in.at(i);
            for (int k = 0; k < n.count; ++k) ++uses[static_cast<std::size_t>(in.child(n, k).node)];
        }
        growing_list<int> image(count, -1);
        part_count.assign(count, 0);
        for (int i = 0; i < in.size(); ++i) {
            if (uses[static_cast<std::size_t>(i)] == 0) continue;
            rule_applied = false;
            image[static_cast<std::size_t>(i)] = rebuild(in, i, image, uses);
            if (rule_applied) part_count[static_cast<std::size_t>(i)] = 0;
        }
        for (int& root : roots) root = image[static_cast<std::size_t>(root)];
    }

    /// constant + Σ weight·term. Terms marked `opaque` are not merged even if they are sums.
    constexpr int sum(const operand_list& terms, double constant,
                      const flag_list* opaque = nullptr) {
        operand_list collected;
        value_list constants;
        if (constant != 0) constants.push_back(constant);
        for (int i = 0; i < terms.size(); ++i) {
            add_term(collected, constants, terms[i], opaque == nullptr || (*opaque)[i] == 0);
        }
        merge_equal(collected);
        double total = 0;
        if (constants.size() > 0) {
            add_up(constants);
            for (double c : constants) {
                if (!(orders_before(c, total) || c == total)) std::swap(c, total);
                if (c != 0) collected.push_back({out.constant(c), 1});
            }
            if (constants.size() > 1) merge_equal(collected);
        }
        if (collected.empty()) return out.constant(total);
        if (options.expand) {
            const int lifted = lift_selection(collected, total, false);
            if (lifted >= 0) return lifted;
        }
        if (collected.size() == 1 && total == 0)
            return scaled(collected[0].node, collected[0].weight);
        return rewritten(out.put(sum_node, total, 0, collected.data(), collected.size()));
    }

    /// coefficient · Π base^exponent.
    constexpr int product(const operand_list& factors, double coefficient,
                          const flag_list* opaque = nullptr) {
        operand_list collected;
        for (int i = 0; i < factors.size(); ++i) {
            add_factor(collected, factors[i], opaque == nullptr || (*opaque)[i] == 0);
        }
        if (merge_equal(collected)) {
            // √(2/π)·√(2/π) has become (2/π)¹: take such products apart after all.
            operand_list again;
            for (const operand& f : collected) add_factor(again, f, true);
            merge_equal(again);
            collected = again;
        }
        fold_constants(collected, coefficient);
        if (coefficient == 0) return out.constant(0);
        if (collected.empty()) return out.constant(coefficient);
        // −(a − b) is b − a: as cheap, and one node less.
        if (collected.size() == 1 && collected[0].weight == 1 && coefficient == -1 &&
            out.at(collected[0].node).kind == sum_node) {
            return distribute(collected[0].node, coefficient);
        }
        if (options.expand) {
            const int lifted = lift_selection(collected, coefficient, true);
            if (lifted >= 0) return lifted;
            normalise_sums(collected, coefficient);
            const int expanded = multiply_out(collected, coefficient);
            if (expanded >= 0) return expanded;
        }
        if (collected.size() == 1 && collected[0].weight == 1) {
            const int only = collected[0].node;
            if (coefficient == 1) return only;
        }
        return rewritten(out.put(product_node, coefficient, 0, collected.data(), collected.size()));
    }

    /// factor · node.
    constexpr int scaled(int node, double factor) {
        return factor == 1 ? node : product({operand{node, 1}}, factor);
    }

    constexpr int power(int base, double exponent) { return product({operand{base, exponent}}, 1); }

    /// A primitive call, with the sign of odd and even functions moved out.
    constexpr int call(int kind, const int* arguments, int count) {
        const primitive_info& primitive = primitive_of(kind);
        if (kind == first_call + primitive_index<op::pow_primitive> &&
            out.is_constant(arguments[1]) && out.at(arguments[1]).residual == 0) {
            return power(arguments[0], out.at(arguments[1]).value);
        }
        if (primitive.symmetry != parity::none) {
            if (primitive.symmetry == parity::odd && out.is_number(arguments[0], 0))
                return arguments[0];
            if (has_negative_sign(arguments[0])) {
                int positive[4]{};
                for (int k = 0; k < count; ++k) positive[k] = arguments[k];
                positive[0] = scaled(arguments[0], -1);
                if (!has_negative_sign(positive[0])) {
                    const int value = call(kind, positive, count);
                    return primitive.symmetry == parity::odd ? scaled(value, -1) : value;
                }
            }
        }
        const int folded = fold_call(kind, arguments);
        if (folded >= 0) return folded;
        // a < b ? (a < b ? u : v) : w: what is known need not be asked again.
        for (int arm = 2; arm < 4 && is_selection(kind); ++arm) {
            const node inner = out.at(arguments[arm]);
            if (inner.kind != kind || out.child(inner, 0).node != arguments[0] ||
                out.child(inner, 1).node != arguments[1])
                continue;
            int outer[4]{};
            for (int k = 0; k < 4; ++k) outer[k] = arguments[k];
            outer[arm] = out.child(inner, arm).node;
            return call(kind, outer, count);
        }
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
        operand_list factors = children(n);
        return {out.put(product_node, 1, 0, factors.data(), n.count), n.value};
    }

    [[nodiscard]] constexpr operand_list children(const node& n) const {
        operand_list result;
        for (int i = 0; i < n.count; ++i) result.push_back(out.child(n, i));
        return result;
    }

private:
    constexpr int rewritten(int i) {
        if (rewriting_depth == deepest_rewriting) return i;
        ++rewriting_depth;
        const int better = options.rewrite(*this, i);
        --rewriting_depth;
        if (better < 0) return i;
        rule_applied = true;
        return better;
    }

    /// Of how many parts a sum or product of the graph being rebuilt was made; 0 if a rule changed it.
    growing_list<int> part_count;
    bool rule_applied = false;
    /// Rules end by their measure; this is for rules of users that do not.
    static constexpr int deepest_rewriting = 100;
    int rewriting_depth = 0;

    /// The parts of a sum inside a sum or a product inside a product, as they were written: folding
    /// their numbers once more, all together, does not depend on how they were grouped.
    constexpr void gather(const graph& in, int i, double weight, const growing_list<int>& image,
                          const growing_list<int>& uses, operand_list& parts, flag_list& opaque) {
        const node& n = in.at(i);
        for (int k = 0; k < n.count; ++k) {
            const operand c = in.child(n, k);
            const auto child = static_cast<std::size_t>(c.node);
            const node& inner = in.at(c.node);
            // A number times something is no result worth keeping: -(-u) is u.
            const bool is_scaled =
                inner.kind == product_node && inner.count == 1 && in.child(inner, 0).weight == 1;
            const bool shared = !options.flatten_shared && uses[child] > 1 && !is_scaled;
            const bool unit = c.weight == 1 || c.weight == -1;
            if (inner.kind == n.kind && unit && !shared && part_count[child] > 0 &&
                out.at(image[child]).kind == n.kind &&
                parts.size() + part_count[child] + n.count - k <= largest_node) {
                gather(in, c.node, weight * c.weight, image, uses, parts, opaque);
                const double neutral = n.kind == sum_node ? 0 : 1;
                if (inner.value != neutral) {
                    parts.push_back({out.constant(inner.value), weight * c.weight});
                    opaque.push_back(0);
                }
            } else {
                parts.push_back({image[child], weight * c.weight});
                opaque.push_back(static_cast<char>(shared));
            }
        }
    }

    constexpr int rebuild(const graph& in, int i, const growing_list<int>& image,
                          const growing_list<int>& uses) {
        const node& n = in.at(i);
        if (n.kind == constant_node) return out.constant(n.value, n.residual);
        if (n.kind == symbol_node) {
            return out.symbol(in.symbol_of(i));
        }
        if (n.kind >= first_call) {
            int arguments[4]{};
            for (int k = 0; k < n.count; ++k)
                arguments[k] = image[static_cast<std::size_t>(in.child(n, k).node)];
            return call(n.kind, arguments, n.count);
        }
        operand_list parts;
        flag_list opaque;
        gather(in, i, 1, image, uses, parts, opaque);
        part_count[static_cast<std::size_t>(i)] = parts.size() + 1;  // and its number
        return n.kind == sum_node ? sum(parts, n.value, &opaque) : product(parts, n.value, &opaque);
    }

    constexpr void add_term(operand_list& terms, value_list& constants, operand term, bool merge) {
        if (term.weight == 0) return;
        const node n = out.at(term.node);
        if (n.kind == constant_node && n.residual == 0) {
            const exact_result c = exact_product(n.value, term.weight);
            if (c.exact) {
                if (c.value != 0) constants.push_back(c.value);
                return;
            }
            if (options.expand && is_moderate(n.value) && is_moderate(term.weight)) {
                add_scaled_constant(constants, n.value, term.weight);
                return;
            }
        }
        if (n.kind == product_node && n.value != 1) {
            const exact_result weight = exact_product(n.value, term.weight);
            const int rest = split_coefficient(term.node).node;
            if (weight.exact) {
                add_term(terms, constants, {rest, weight.value}, merge);
                return;
            }
            if (options.expand) {
                add_scaled_term(terms, rest, n.value, term.weight);
                return;
            }
            // 0.044715·(3·x²): both numbers into the product, where their order does not matter.
            terms.push_back(split_coefficient(product({operand{term.node, 1}}, term.weight)));
            return;
        }
        const bool too_large = terms.size() + n.count > largest_node;
        if (n.kind == sum_node && merge && !too_large && scales_exactly(n, term.weight)) {
            if (n.value != 0) constants.push_back(n.value * term.weight);
            for (int i = 0; i < n.count; ++i) {
                const operand c = out.child(n, i);
                terms.push_back({c.node, c.weight * term.weight});
            }
            return;
        }
        if (n.kind == sum_node && merge && !too_large && options.expand) {
            if (n.value != 0) add_scaled_constant(constants, n.value, term.weight);
            for (int i = 0; i < n.count; ++i) {
                const operand c = out.child(n, i);
                add_scaled_term(terms, c.node, c.weight, term.weight);
            }
            return;
        }
        terms.push_back(term);
    }

    /// For comparison: a·b without rounding.
    static constexpr void add_scaled_constant(value_list& constants, double a, double b) {
        const double high = a * b;
        constants.push_back(high);
        constants.push_back(product_error(a, b, high));
    }

    /// For comparison: one form for 0.1·(0.3·x) and 0.3·(0.1·x).
    constexpr void add_scaled_term(operand_list& terms, int rest, double a, double b) {
        const exact_result weight = exact_product(a, b);
        if (weight.exact) {
            terms.push_back({rest, weight.value});
        } else {
            terms.push_back(split_coefficient(
                product({{rest, 1}, {out.constant(a), 1}, {out.constant(b), 1}}, 1)));
        }
    }

    [[nodiscard]] constexpr bool scales_exactly(const node& n, double weight) const {
        if (weight == 1 || weight == -1) return true;
        if (!options.expand) return false;  // 2·(x + y) stays as it is, except for comparison
        bool exact = n.value == 0 || exact_product(n.value, weight).exact;
        for (int i = 0; i < n.count && exact; ++i)
            exact = exact_product(out.child(n, i).weight, weight).exact;
        return exact;
    }

    constexpr int distribute(int sum, double coefficient) {
        const node n = out.at(sum);
        operand_list terms = children(n);
        for (operand& t : terms) t.weight *= coefficient;
        flag_list opaque;
        opaque.fill(terms.size(), 1);
        return this->sum(terms, n.value * coefficient, &opaque);
    }

    constexpr void add_factor(operand_list& factors, operand factor, bool merge) {
        if (factor.weight == 0) return;  // u^0 is 1, as in IEEE pow
        const node n = out.at(factor.node);
        const bool too_large = factors.size() + n.count > largest_node;
        if (n.kind == product_node && merge && !too_large && splits(n, factor.weight)) {
            if (n.value != 1) {
                factors.push_back({out.constant(n.value), factor.weight});
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
        for (int i = 0; i < n.count; ++i) {
            if (!exact_product(out.child(n, i).weight, exponent).exact) return false;
        }
        if (is_integer(exponent)) return true;
        if (n.value <= 0) return false;
        for (int i = 0; i < n.count; ++i) {
            if (!is_even(out.child(n, i).weight)) return false;
        }
        return true;
    }

    constexpr int absolute(int i) {
        return call(first_call + primitive_index<op::abs_primitive>, &i, 1);
    }

    /// Numbers among the factors: fold what is exact, bring √2·2⁻¹ and the like to one form.
    constexpr void fold_constants(operand_list& factors, double& coefficient) {
        operand_list kept;
        value_list above;  // their product, divided by that of `below`
        value_list below;
        if (coefficient != 1) above.push_back(coefficient);
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
                if (whole != 0 && c.exact && exact_sum(f.weight, -whole).exact)
                    above.push_back(c.value), f.weight -= whole;
            }
            const exact_result value = exact_power(base, f.weight);
            if (value.exact) {
                above.push_back(value.value);
            } else if (is_integer(f.weight) && magnitude(f.weight) <= 8) {
                for (double k = magnitude(f.weight); k > 0; --k)
                    (f.weight > 0 ? above : below).push_back(base);
            } else {
                kept.push_back({out.constant(base), f.weight});
            }
        }
        coefficient = 1;
        if (above.size() + below.size() > 0) {
            fold_quotient(above, below, coefficient);
            for (double c : above) kept.push_back({out.constant(c), 1});
            for (double c : below) kept.push_back({out.constant(c), -1});
        }
        factors = kept;
        merge_equal(factors);
    }

    /// Multiplies and divides where nothing is rounded, pair by pair, smallest numbers first. One number
    /// becomes the coefficient, unless it is there twice, as in 0.1².
    constexpr void fold_quotient(value_list& above, value_list& below, double& coefficient) const {
        // Signs go to the coefficient; for comparison powers of two do, too: they fit to any number.
        for (value_list* list : {&above, &below}) {
            for (double& c : *list) {
                if (c < 0) c = -c, coefficient = -coefficient;
                if (options.expand && c != 0) {
                    double power = 1;
                    for (; magnitude(c) >= 2 * magnitude(power) && is_moderate(power);) power *= 2;
                    for (; magnitude(c) < magnitude(power) && is_moderate(power);) power /= 2;
                    c /= power;
                    coefficient = list == &above ? coefficient * power : coefficient / power;
                }
            }
        }
        multiply_exactly(above);
        multiply_exactly(below);
        for (bool changed = true; changed;) {
            changed = false;
            for (int i = 0; i < above.size() && !changed; ++i) {
                for (int j = 0; j < below.size() && !changed; ++j) {
                    const exact_result quotient = exact_quotient(above[i], below[j]);
                    if (!quotient.exact) continue;
                    above[i] = quotient.value;
                    below.erase(j);
                    changed = true;
                }
            }
            if (changed) multiply_exactly(above);
        }
        sort_values(above);
        for (int i = above.size() - 1; i >= 0; --i) {
            const bool repeated = (i > 0 && above[i - 1] == above[i]) ||
                (i + 1 < above.size() && above[i + 1] == above[i]);
            const exact_result product = exact_product(coefficient, above[i]);
            if (repeated || !product.exact) continue;
            coefficient = product.value;
            above.erase(i);
            return;
        }
    }

    static constexpr void multiply_exactly(value_list& list) {
        for (bool changed = true; changed && list.size() > 1;) {
            changed = false;
            sort_values(list);
            for (int i = 0; i < list.size() && !changed; ++i) {
                for (int j = i + 1; j < list.size() && !changed; ++j) {
                    const exact_result product = exact_product(list[i], list[j]);
                    if (!product.exact) continue;
                    list[i] = product.value;
                    list.erase(j);
                    changed = true;
                }
            }
        }
    }

    /// For comparison: 1/(2 − 2·x) becomes −½/(x − 1), or the other way round.
    constexpr void normalise_sums(operand_list& factors, double& coefficient) {
        bool changed = false;
        for (operand& f : factors) {
            const node n = out.at(f.node);
            if (n.kind != sum_node || !is_integer(f.weight) ||
                (f.weight >= 1 && f.weight <= largest_expanded_power))
                continue;
            const double lead = out.child(n, 0).weight;
            if (lead == 1) continue;
            double divisor = lead;
            operand_list terms = children(n);
            for (int attempt = 0; attempt < 2; ++attempt) {
                bool exact =
                    exact_power(divisor, f.weight).exact && exact_quotient(n.value, divisor).exact;
                for (const operand& t : terms)
                    exact = exact && exact_quotient(t.weight, divisor).exact;
                exact =
                    exact && exact_product(coefficient, exact_power(divisor, f.weight).value).exact;
                if (exact) break;
                divisor = lead < 0 && attempt == 0 ? -1 : 1;
            }
            if (divisor == 1) continue;
            for (operand& t : terms) t.weight /= divisor;
            coefficient *= exact_power(divisor, f.weight).value;
            f.node = sum(terms, n.value / divisor);
            changed = true;
        }
        if (changed) merge_equal(factors);
    }

    /// w·(a < b ? u : v) is a < b ? w·u : w·v, and the same for sums; −1 if no part is a selection. All
    /// selections by the same comparison go together.
    constexpr int lift_selection(const operand_list& parts, double number, bool is_product) {
        constexpr int selection = first_call + primitive_index<op::selection<false>>;
        int chosen = -1;
        int selections = 0;
        for (const operand& part : parts) {
            if (out.at(part.node).kind != selection || (is_product && !is_integer(part.weight)))
                continue;
            if (chosen < 0) chosen = part.node;
            ++selections;
        }
        const bool is_alone =
            parts.size() == 1 && parts[0].weight == 1 && number == (is_product ? 1 : 0);
        if (chosen < 0 || is_alone || selections > 4) return -1;
        const node n = out.at(chosen);
        int arguments[4] = {out.child(n, 0).node, out.child(n, 1).node, 0, 0};
        for (int arm = 2; arm < 4; ++arm) {
            operand_list inside;
            for (const operand& part : parts) {
                const node other = out.at(part.node);
                const bool same = other.kind == selection &&
                    out.child(other, 0).node == arguments[0] &&
                    out.child(other, 1).node == arguments[1];
                inside.push_back({same ? out.child(other, arm).node : part.node, part.weight});
            }
            arguments[arm] = is_product ? product(inside, number) : sum(inside, number);
        }
        return call(selection, arguments, 4);
    }

    /// Products of sums multiplied out, where that stays small; −1 if there is nothing to do.
    constexpr int multiply_out(const operand_list& factors, double coefficient) {
        if (out.size() > largest_expansion) return -1;
        int chosen = factors.size();
        for (int i = 0; i < factors.size() && chosen == factors.size(); ++i) {
            const bool positive = is_integer(factors[i].weight) && factors[i].weight >= 1 &&
                factors[i].weight <= largest_expanded_power;
            if (out.at(factors[i].node).kind == sum_node && positive) chosen = i;
        }
        if (chosen == factors.size()) return -1;
        if (factors.size() == 1 && factors[0].weight == 1 && coefficient == 1) return -1;
        operand_list rest = factors;
        if (rest[chosen].weight == 1) {
            rest.erase(chosen);
        } else {
            rest[chosen].weight -= 1;
        }
        const node n = out.at(factors[chosen].node);
        const int other = product(rest, coefficient);
        if (n.count * (out.at(other).kind == sum_node ? out.at(other).count : 1) > largest_node)
            return -1;
        operand_list terms;
        if (n.value != 0) terms.push_back({other, n.value});
        for (const operand& c : children(n))
            terms.push_back({product({operand{c.node, 1}, operand{other, 1}}, 1), c.weight});
        return sum(terms, 0);
    }

    static constexpr bool is_selection(int kind) {
        return kind == first_call + primitive_index<op::selection<false>> ||
            kind == first_call + primitive_index<op::selection<true>>;
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

    static constexpr void sort_operands(operand_list& list) {
        for (int i = 1; i < list.size(); ++i) {
            const operand moving = list[i];
            int j = i;
            for (; j > 0 &&
                 (moving.node < list[j - 1].node ||
                  (moving.node == list[j - 1].node &&
                   orders_before(moving.weight, list[j - 1].weight)));
                 --j) {
                list[j] = list[j - 1];
            }
            list[j] = moving;
        }
    }

    static constexpr void sort_values(value_list& list) {
        for (int i = 1; i < list.size(); ++i) {
            const double moving = list[i];
            int j = i;
            for (; j > 0 && orders_before(moving, list[j - 1]); --j) list[j] = list[j - 1];
            list[j] = moving;
        }
    }

    /// Without rounding; for comparison as far as it goes, at the price of small correction terms.
    constexpr void add_up(value_list& numbers) const {
        if (numbers.size() < 2) return;
        if (options.expand) {
            distil(numbers);
        } else {
            add_exactly(numbers);
        }
    }

    /// Sorts; equal terms add their coefficients, equal bases their exponents, where that is exact.
    /// Whether any were found.
    constexpr bool merge_equal(operand_list& list) const {
        sort_operands(list);
        bool found = false;
        int size = 0;
        for (int i = 0; i < list.size();) {
            int end = i + 1;
            while (end < list.size() && list[end].node == list[i].node) ++end;
            if (end == i + 1) {
                list[size++] = list[i++];
                continue;
            }
            found = true;
            const int node = list[i].node;
            value_list weights;
            for (; i < end; ++i) weights.push_back(list[i].weight);
            add_up(weights);
            sort_values(weights);
            for (double w : weights) {
                if (w != 0) list[size++] = {node, w};
            }
        }
        list.resize(size);
        return found;
    }
};

}  // namespace chainrule::detail
