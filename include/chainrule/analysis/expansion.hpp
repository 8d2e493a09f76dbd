// SPDX-License-Identifier: BSL-1.0
/// A formula multiplied out.
#pragma once

#include <chainrule/graph/exact.hpp>
#include <chainrule/graph/handle.hpp>
#include <chainrule/op/op.hpp>

#include <algorithm>
#include <vector>

namespace chainrule::detail {

/// A formula as a sum of products, if its numbers stay exact and its terms few: in x eˣ (1 − tanh eˣ sech² eˣ)
/// nothing says that the growing factor meets a shrinking one, in each term of the sum something does.
class expansion {
public:
    /// The node of the expanded formula, or −1.
    static int run(graph& g, int root) {
        expansion e(g);
        const std::vector<term> terms = e.expand(root);
        if (e.failed) return -1;
        operand_list sum;
        double constant = 0;
        for (const term& t : terms) {
            if (t.factors.empty()) {
                if (constant != 0) return -1;
                constant = t.number;
                continue;
            }
            if (static_cast<std::size_t>(sum.size()) >= most_terms) return -1;
            operand_list factors;
            for (const operand& f : t.factors) {
                if (f.weight != 0) factors.push_back(f);
            }
            sum.push_back({g.put(product_node, 1, 0, factors.data(), factors.size()), t.number});
        }
        return g.put(sum_node, constant, 0, sum.data(), sum.size());
    }

private:
    struct term {
        double number = 1;
        std::vector<operand> factors;
    };
    static constexpr std::size_t most_terms = 80;
    static constexpr int square_product =
        first_call + primitive_index<op::sech_square_product_primitive>;

    graph& g;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): a short-lived worker
    bool failed = false;

    explicit expansion(graph& formula) : g(formula) {}

    double exact_product(double a, double b) {
        const long double p = static_cast<long double>(a) * static_cast<long double>(b);
        const auto rounded = static_cast<double>(p);
        const bool is_short = elementary::floor(a * 0x1p20) == a * 0x1p20 &&
            elementary::floor(b * 0x1p20) == b * 0x1p20 && p < 0x1p20L && p > -0x1p20L;
        failed = failed || (a != 1 && b != 1 && a != -1 && b != -1 && !is_short) ||
            static_cast<long double>(rounded) != p;
        return rounded;
    }

    std::vector<term> multiply(const std::vector<term>& a, const std::vector<term>& b) {
        std::vector<term> result;
        if (a.size() * b.size() > most_terms) failed = true;
        if (failed) return result;
        for (const term& u : a) {
            for (const term& v : b) {
                term product = u;
                product.number = exact_product(u.number, v.number);
                for (const operand& f : v.factors) {
                    auto known =
                        std::find_if(product.factors.begin(), product.factors.end(),
                                     [&](const operand& mine) { return mine.node == f.node; });
                    if (known == product.factors.end()) {
                        product.factors.push_back(f);
                    } else {
                        known->weight += f.weight;
                    }
                }
                result.push_back(std::move(product));
            }
        }
        return result;
    }

    std::vector<term> expand(int i) {
        const node n = g.at(i);
        std::vector<term> result;
        if (failed) return result;
        if (n.kind == constant_node && n.residual == 0) return {{n.value, {}}};
        if (n.kind == sum_node) {
            failed = failed || n.residual != 0;
            if (n.value != 0) result.push_back({n.value, {}});
            for (int k = 0; k < n.count && !failed; ++k) {
                const operand c = g.child(n, k);
                for (term t : expand(c.node)) {
                    t.number = exact_product(t.number, c.weight);
                    result.push_back(std::move(t));
                }
                failed = failed || result.size() > most_terms;
            }
            return result;
        }
        if (n.kind == square_product) {
            const int u = g.child(n, 0).node;
            const int sech = handle_call<op::sech_primitive>(handle(g, u)).node;
            return {{1, {{u, 1}, {sech, 2}}}};
        }
        if (n.kind != product_node) return {{1, {{i, 1}}}};
        failed = failed || n.residual != 0;
        result.push_back({n.value, {}});
        for (int k = 0; k < n.count && !failed; ++k) {
            const operand c = g.child(n, k);
            const int kind = g.at(c.node).kind;
            const bool opens =
                (kind == sum_node || kind == product_node || kind == square_product) &&
                c.weight >= 1 && c.weight <= 4 && c.weight == elementary::floor(c.weight);
            if (!opens) {
                result = multiply(result, {{1, {c}}});
                continue;
            }
            const std::vector<term> inner = expand(c.node);
            for (int times = 0; times < static_cast<int>(c.weight); ++times)
                result = multiply(result, inner);
        }
        return result;
    }
};
}  // namespace chainrule::detail
