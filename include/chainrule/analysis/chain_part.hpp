// SPDX-License-Identifier: BSL-1.0
/// A part of a chain with everything that is worked out of it once.
#pragma once

#include <chainrule/analysis/removable.hpp>
#include <chainrule/analysis/tail_form.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace chainrule::detail {

/// A part of a chain: a function of one input with its derivatives, each with respect to that input.
struct chain_part {
    graph nodes;
    int root = 0;
    enclosing_program value;        ///< identifies the part
    enclosing_program derivatives;  ///< value and derivatives up to the order asked for
    enclosing_program expanded;     ///< the same as sums of products
    bool has_expanded = false;
    int highest = -1;
    graph raw;  ///< of the derivatives, with their roots: what the forms far out are made of
    std::vector<int> roots;
    std::vector<std::unique_ptr<tail_form>> tails;  ///< two for each derivative, made when needed

    std::vector<long double> centres;        ///< zeros of divisors
    std::unique_ptr<removable_form> beside;  ///< the form next to them

    void forget_forms() {
        poles.clear();
        tails.clear();
        tails.resize(2 * roots.size());
    }
    const tail_form& tail(std::size_t order, bool positive) {
        std::unique_ptr<tail_form>& made = tails[2 * order + (positive ? 1 : 0)];
        if (made == nullptr) made = std::make_unique<tail_form>(raw, roots[order], positive);
        return *made;
    }
    /// The form next to a pole.
    const tail_form& pole(std::size_t order, long double c, bool above) {
        for (const pole_form& known : poles) {
            if (known.order == order && known.at == c && known.above == above) return *known.form;
        }
        poles.push_back(
            {order, c, above, std::make_unique<tail_form>(raw, roots[order], above, c)});
        return *poles.back().form;
    }

private:
    struct pole_form {
        std::size_t order;
        long double at;
        bool above;
        std::unique_ptr<tail_form> form;
    };
    std::vector<pole_form> poles;
};
}  // namespace chainrule::detail
