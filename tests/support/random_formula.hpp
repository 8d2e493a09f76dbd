// SPDX-License-Identifier: BSL-1.0
/// Random formulas over all primitives, as trees that can be written down in more than one way.
#pragma once

#include <chainrule/graph/registry.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace laws {

/// A formula tree: a leaf, a call, a sum (parts may be subtracted) or a product (parts may divide).
struct formula_tree {
    enum kind_type { leaf, call, sum, product, power, choice } kind = leaf;
    std::string text;  ///< leaf, call: the name; power: the exponent; choice: the comparison
    std::vector<formula_tree> parts;
    std::vector<bool> inverse;  ///< sum: subtracted; product: divides
};

class formula_generator {
public:
    explicit formula_generator(unsigned seed) : random_(seed) {}

    formula_tree make(int depth) {
        if (depth == 0 || pick(8) == 0) return {formula_tree::leaf, leaf(), {}, {}};
        formula_tree result;
        switch (pick(10)) {
        case 0:
        case 1:
        case 2:
            many(result, formula_tree::sum, depth);
            break;
        case 3:
        case 4:
            many(result, formula_tree::product, depth);
            break;
        case 5:
            result.kind = formula_tree::power;
            result.text = one_of({"2", "3", "0.5", "-1", "4", "1.5", "-2", "0.25"});
            result.parts.push_back(make(depth - 1));
            break;
        case 6:
            if (pick(2) == 0) {
                result.kind = formula_tree::choice;
                result.text = one_of({"<", "<=", ">", ">="});
                for (int i = 0; i < 4; ++i) result.parts.push_back(make(depth - 1));
            } else {
                call(result, primitive([](int arity) { return arity > 1; }), depth);
            }
            break;
        default:
            call(result, primitive([](int arity) { return arity == 1; }), depth);
        }
        return result;
    }

    /// The formula as text, in the order of the tree.
    static std::string write(const formula_tree& f) {
        switch (f.kind) {
        case formula_tree::leaf:
            return f.text;
        case formula_tree::call: {
            std::string result = f.text + "(";
            for (std::size_t i = 0; i < f.parts.size(); ++i)
                result += (i == 0 ? "" : ", ") + write(f.parts[i]);
            return result + ")";
        }
        case formula_tree::power:
            return "(" + write(f.parts[0]) + ")^" + f.text;
        case formula_tree::choice:
            return "(" + write(f.parts[0]) + " " + f.text + " " + write(f.parts[1]) + " ? " +
                write(f.parts[2]) + " : " + write(f.parts[3]) + ")";
        default:
            break;
        }
        const bool is_sum = f.kind == formula_tree::sum;
        std::string result = "(";
        for (std::size_t i = 0; i < f.parts.size(); ++i) {
            if (i == 0) {
                if (f.inverse[0]) result += is_sum ? "-" : "1/";
            } else if (is_sum) {
                result += f.inverse[i] ? " - " : " + ";
            } else {
                result += f.inverse[i] ? "/" : "*";
            }
            result += write(f.parts[i]);
        }
        return result + ")";
    }

    /// The same formula with the parts of sums and products in another order and grouped otherwise.
    formula_tree rearranged(const formula_tree& f) {
        formula_tree result = f;
        for (formula_tree& part : result.parts) part = rearranged(part);
        if (f.kind != formula_tree::sum && f.kind != formula_tree::product) return result;
        std::vector<std::size_t> order(f.parts.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::shuffle(order.begin(), order.end(), random_);
        formula_tree shuffled = result;
        for (std::size_t i = 0; i < order.size(); ++i) {
            shuffled.parts[i] = result.parts[order[i]];
            shuffled.inverse[i] = result.inverse[order[i]];
        }
        if (shuffled.parts.size() < 3) return shuffled;
        // a + b - c + d becomes a + b - (c - d).
        formula_tree group{
            f.kind, {}, {shuffled.parts.end() - 2, shuffled.parts.end()}, {false, false}};
        const bool inverse = shuffled.inverse[shuffled.inverse.size() - 2];
        group.inverse[1] = shuffled.inverse.back() != inverse;
        shuffled.parts.resize(shuffled.parts.size() - 2);
        shuffled.inverse.resize(shuffled.parts.size());
        shuffled.parts.push_back(group);
        shuffled.inverse.push_back(inverse);
        return shuffled;
    }

    double point() { return std::uniform_real_distribution<double>(-3, 3)(random_); }
    std::size_t pick(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
    }

private:
    std::mt19937 random_;

    std::string one_of(const std::vector<std::string>& list) { return list[pick(list.size())]; }
    std::string leaf() {
        return one_of({"x", "x", "x", "x", "a", "b", "1", "2", "0.5", "3", "0.1", "1.702", "pi",
                       "0", "1e-3"});
    }
    /// Any registered primitive that formulas can call: a new one is tested without another word. An internal one
    /// leaves the sample as it was.
    template<class Accepts>
    const chainrule::detail::primitive_info& primitive(Accepts accepts) {
        static const auto callable = [] {
            std::vector<const chainrule::detail::primitive_info*> result;
            for (const auto& p : chainrule::detail::primitives) {
                if (p.arity > 0 && p.name[0] >= 'a' && p.name[0] <= 'z') result.push_back(&p);
            }
            return result;
        }();
        for (;;) {
            const auto& p = *callable[pick(callable.size())];
            if (accepts(p.arity)) return p;
        }
    }
    void call(formula_tree& f, const chainrule::detail::primitive_info& p, int depth) {
        f.kind = formula_tree::call;
        f.text = p.name;
        for (int i = 0; i < p.arity; ++i) f.parts.push_back(make(depth - 1));
    }
    void many(formula_tree& f, formula_tree::kind_type kind, int depth) {
        f.kind = kind;
        const std::size_t count = 2 + pick(3);
        for (std::size_t i = 0; i < count; ++i) {
            f.parts.push_back(make(depth - 1));
            f.inverse.push_back(pick(3) == 0);
        }
    }
};

}  // namespace laws
