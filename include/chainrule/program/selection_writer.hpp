// SPDX-License-Identifier: BSL-1.0
/// Formulas that choose between two arms: the step of a derivative serves the value too, and what is switched
/// off is not multiplied by 0.
#pragma once

#include <chainrule/program/exponential_writer.hpp>

namespace chainrule::detail {

class selection_writer : public exponential_writer {
protected:
    using exponential_writer::exponential_writer;
    selection_writer(const selection_writer&) = delete;
    selection_writer& operator=(const selection_writer&) = delete;
    ~selection_writer() = default;

    /// select(c, u, v·u) as u·select(c, 1, v), where a derivative needs that selection too; else −1.
    constexpr int emit_by_slope(const node& n) {
        if (!is_selection(n)) return -1;
        for (int arm = 2; arm < 4; ++arm) {
            const int u = in.child(n, arm).node;
            for (int i = 0; i < in.size(); ++i) {
                if (!is_needed(i) || in.at(i).kind != n.kind) continue;
                const node& slope = in.at(i);
                const int one = in.child(slope, arm).node;
                if (in.child(slope, 0).node == in.child(n, 0).node &&
                    in.child(slope, 1).node == in.child(n, 1).node && is_number(one, 1) &&
                    is_product_of(in.child(n, 5 - arm).node, u, in.child(slope, 5 - arm).node))
                    return step<op::multiply_primitive>(emit(u), emit(i));
            }
        }
        return -1;
    }

    /// total + scale·u·s, where s is a number or 0 by conditions on u, as a choice between total and
    /// total + number·u; −1 for other products.
    constexpr int add_switched(const node& n, const coefficient& scale, int total) {
        if (n.count != 2 || total < 0) return -1;
        for (int k = 0; k < 2; ++k) {
            const operand s = in.child(n, k);
            const operand u = in.child(n, 1 - k);
            if (s.weight == 1 && u.weight == 1 && is_switch(s.node) && compares(s.node, u.node))
                return add_if_on(s.node, scale, emit(u.node), total);
        }
        return -1;
    }

    /// scale·select(c, u, v) with the scale in the arms, where an arm is multiplied by a number already: two numbers
    /// are rounded once together; −1 for other products.
    constexpr int emit_scaled_selection(const node& n, coefficient scale) {
        int chosen = -1;
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            if (is_known(f.node)) {
                multiply_into(scale, raised_to(number_of(f.node), f.weight));
            } else {
                if (chosen >= 0 || f.weight != 1) return -1;
                chosen = f.node;
            }
        }
        if (chosen < 0 || !is_selection(in.at(chosen)) || uses.items[chosen] > 1) return -1;
        const node& selection = in.at(chosen);
        bool gains = false;
        for (int k = 2; k < 4; ++k) {
            const int arm = in.child(selection, k).node;
            gains = gains ||
                (is_private_product(arm) && !is_known(arm) &&
                 (in.at(arm).value != 1 || has_known_factor(in.at(arm))));
        }
        if (!gains) return -1;
        int arguments[4]{};
        for (int k = 0; k < 4; ++k) {
            const int i = in.child(selection, k).node;
            if (k < 2) {
                arguments[k] = emit(i);
            } else if (is_known(i)) {
                arguments[k] = number(times(number_of(i), whole(scale)));
            } else if (is_private_product(i)) {
                coefficient both = scale;
                multiply_into(both, user_constant(in.at(i).value));
                arguments[k] = emit_product(in.at(i), both);
            } else {
                arguments[k] = step<op::multiply_primitive>(number(scale), emit(i));
            }
        }
        return binary.call(selection.kind, arguments, 4);
    }

private:
    [[nodiscard]] static constexpr bool is_selection(const node& n) {
        return n.kind == kind_of<op::selection<false>> || n.kind == kind_of<op::selection<true>>;
    }
    [[nodiscard]] constexpr bool is_number(int i, double value) const {
        return is_known(i) && number_of(i) == user_constant(value);
    }
    [[nodiscard]] constexpr bool is_product_of(int product, int u, int v) const {
        const node& p = in.at(product);
        if (p.kind != product_node || is_known(product)) return false;
        for (int k = 0; k < p.count; ++k) {
            const operand f = in.child(p, k);
            if (f.weight != 1 || (f.node != u && f.node != v)) return false;
        }
        if (is_known(v)) return p.count == 1 && is_number(v, p.value);
        return p.count == 2 && p.value == 1 && u != v;
    }

    /// select(c, k, 0) or select(c, 0, k), where k is a number or another such selection.
    [[nodiscard]] constexpr bool is_switch(int i) const {
        const node& n = in.at(i);
        if (!is_selection(n) || is_known(i) || uses.items[i] > 1) return false;
        const int first = in.child(n, 2).node;
        const int second = in.child(n, 3).node;
        if (is_number(first, 0) == is_number(second, 0)) return false;
        const int on = is_number(first, 0) ? second : first;
        return is_known(on) || is_switch(on);
    }
    /// Whether the condition of a selection compares something that is NaN where u is.
    [[nodiscard]] constexpr bool compares(int selection, int u) const {
        const node& n = in.at(selection);
        return carries(in.child(n, 0).node, u, 4) || carries(in.child(n, 1).node, u, 4);
    }
    [[nodiscard]] constexpr bool carries(int i, int u, int depth) const {
        if (i == u) return true;
        const node& n = in.at(i);
        if (depth == 0 ||
            (n.kind != sum_node && n.kind != product_node && n.kind != kind_of<op::max_primitive> &&
             n.kind != kind_of<op::min_primitive>))
            return false;
        for (int k = 0; k < n.count; ++k) {
            if (carries(in.child(n, k).node, u, depth - 1)) return true;
        }
        return false;
    }
    constexpr int add_if_on(int i, coefficient scale, int u, int total) {
        if (is_known(i)) {
            multiply_into(scale, number_of(i));
            return whole(scale) == user_constant(1)
                ? step<op::add_primitive>(total, u)
                : step<op::multiply_add_primitive>(number(scale), u, total);
        }
        const node& n = in.at(i);
        int arguments[4]{};
        for (int k = 0; k < 4; ++k) {
            const int c = in.child(n, k).node;
            arguments[k] = k < 2  ? emit(c)
                : is_number(c, 0) ? total
                                  : add_if_on(c, scale, u, total);
        }
        return binary.call(n.kind, arguments, 4);
    }
};

}  // namespace chainrule::detail
