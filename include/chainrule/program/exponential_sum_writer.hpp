// SPDX-License-Identifier: BSL-1.0
/// Sums of exponentials of multiples of one argument t, which overflow long before what is made of them:
///
///     Σ cₖ·e^(k·t)   is   e^(h·t)·P(e)  for t >= 0,  e^(l·t)·P(e)  for t < 0,     e = e^-|t|,
///
/// h and l being the largest and the smallest k, and P a polynomial whose coefficients are the cₖ in the order of the
/// side. In logarithms the exponent stands in front, in quotients what is above and below is subtracted first.
#pragma once

#include <chainrule/program/selection_writer.hpp>

namespace chainrule::detail {

class exponential_sum_writer : public selection_writer {
protected:
    using selection_writer::selection_writer;
    exponential_sum_writer(const exponential_sum_writer&) = delete;
    exponential_sum_writer& operator=(const exponential_sum_writer&) = delete;
    ~exponential_sum_writer() = default;

    /// log Σ cₖ·e^(k·t) with positive cₖ, or log1p of such a sum, of two exponentials at least; −1 for others.
    constexpr int emit_logarithm_of_exponentials(const node& n) {
        const int i = in.child(n, 0).node;
        common_argument = -1;
        exponential_sum sum;
        if (in.at(i).kind != sum_node || in.at(i).count < 2) return -1;
        if (n.kind == kind_of<op::log1p_primitive>) sum.add(0, 1);
        if (!find_argument(i, 1) || !read_sum(i, sum) || !sum.is_positive()) return -1;
        find_exponential();
        orient(sum);
        const bool starts_with_1 = sum.coefficient(0) == 1 && sum.coefficient(sum.degree()) == 1;
        const int rest = polynomial_of(sum, starts_with_1);
        const int logarithm =
            starts_with_1 ? step<op::log1p_primitive>(rest) : step<op::log_primitive>(rest);
        int lead = signless;
        if (sum.lowest == -sum.highest()) {
            lead = multiple_of(sum.highest(), step<op::abs_primitive>(signless));
        } else if (sum.lowest == 0) {
            lead = multiple_of(sum.highest(), step<op::max_primitive>(signless, number(0.0)));
        } else if (sum.highest() == 0) {
            lead = multiple_of(sum.lowest, step<op::min_primitive>(signless, number(0.0)));
        } else {
            lead = step<op::multiply_primitive>(by_side(sum.lowest, sum.highest()), signless);
        }
        return step<op::add_primitive>(lead, logarithm);
    }

    /// scale · Π factors, where a sum of exponentials is divided by and there are others beside it; −1 for others.
    constexpr int emit_exponential_quotient(const node& n, const coefficient& scale) {
        if (!divides_by_exponentials(n)) return -1;
        common_argument = -1;
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            if (is_exponential(f.node) && !find_argument(f.node, 1)) return -1;
        }
        // What the factors are together: e^(above·t) for t >= 0, e^(below·t) for t < 0, times bounded ones.
        double above = 0;
        double below = 0;
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            const node& call = in.at(f.node);
            if (!is_exponential(f.node)) continue;
            exponential_sum sum;
            if (call.kind == kind_of<op::expm1_primitive> ||
                call.kind == kind_of<op::sinh_primitive>) {
                const double power = multiple(in.child(call, 0).node);
                if (!is_integer(f.weight) || f.weight < 1 || !is_integer(power)) return -1;
                const bool is_sinh = call.kind == kind_of<op::sinh_primitive>;
                const double size = magnitude(power) * f.weight;
                if (is_sinh || power > 0) above += size;
                if (is_sinh || power < 0) below -= size;
                continue;
            }
            if (!read_sum(f.node, sum)) return -1;
            if (f.weight < 0 && sum.degree() > 0 && !sum.is_positive()) return -1;
            above += f.weight * sum.highest();
            below += f.weight * sum.lowest;
        }
        find_exponential();
        if (is_turned) {
            const double other = above;
            above = -below;
            below = -other;
        }
        if (!is_integer(above) || !is_integer(below) || above > 0 || below < 0) return -1;
        int result = by_side_power(below, -above);
        int divisor = -1;
        coefficient number_in_front = scale;
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            const node& call = in.at(f.node);
            int factor = -1;
            double weight = f.weight;
            if (is_known(f.node)) {
                multiply_into(number_in_front, raised_to(number_of(f.node), f.weight));
                continue;
            }
            if (call.kind == kind_of<op::exp_primitive>) continue;
            if (call.kind == kind_of<op::expm1_primitive> ||
                call.kind == kind_of<op::sinh_primitive>) {
                const bool is_sinh = call.kind == kind_of<op::sinh_primitive>;
                const double power = multiple(in.child(call, 0).node) * (is_turned ? -1 : 1);
                factor = bounded_difference(power, is_sinh);
                if (is_sinh)
                    multiply_into(number_in_front, raised_to(user_constant(0.5), f.weight));
            } else if (is_exponential(f.node)) {
                exponential_sum sum;
                read_sum(f.node, sum);
                orient(sum);
                factor = polynomial_of(sum, false);
            } else {
                factor = emit(f.node);
            }
            factor = emit_power(factor, magnitude(weight));
            int& side = weight > 0 ? result : divisor;
            side = side < 0 ? factor : step<op::multiply_primitive>(side, factor);
        }
        const bool is_one = !number_in_front.has_rest && number_in_front.plain == 1;
        if (result < 0) result = number(number_in_front);
        else if (!is_one) result = step<op::multiply_primitive>(number(number_in_front), result);
        return step<op::divide_primitive>(result, divisor);
    }

private:
    static constexpr int largest_degree = 12;
    struct exponential_sum {
        double coefficients[largest_degree + 1]{};
        double lowest = 0;  ///< the smallest k
        int size = 0;
        [[nodiscard]] constexpr int degree() const { return size - 1; }
        [[nodiscard]] constexpr double highest() const { return lowest + degree(); }
        [[nodiscard]] constexpr double coefficient(int k) const { return coefficients[k]; }
        [[nodiscard]] constexpr bool is_positive() const {
            for (int k = 0; k < size; ++k) {
                if (coefficients[k] < 0) return false;
            }
            return size > 1;
        }
        constexpr bool add(double power, double coefficient) {
            if (!is_integer(power) || magnitude(power) > largest_degree) return false;
            if (size == 0) lowest = power, size = 1;
            while (power < lowest) {
                if (size > largest_degree) return false;
                for (int k = size++; k > 0; --k) coefficients[k] = coefficients[k - 1];
                coefficients[0] = 0;
                --lowest;
            }
            while (power > highest()) {
                if (size > largest_degree) return false;
                ++size;
            }
            coefficients[static_cast<int>(power - lowest)] += coefficient;
            return true;
        }
    };

    int common_argument = -1;  ///< what all exponentials are of, but for whole multiples
    int signless = -1;         ///< its step t, without the sign of its number
    int decay = -1;            ///< e^-|t|
    bool is_turned = false;    ///< whether it had that sign

    [[nodiscard]] constexpr bool is_call_of_exponential(int i) const {
        const int kind = in.at(i).kind;
        return !is_known(i) &&
            (kind == kind_of<op::exp_primitive> || kind == kind_of<op::cosh_primitive> ||
             kind == kind_of<op::sinh_primitive> || kind == kind_of<op::expm1_primitive> ||
             kind == kind_of<op::sech_primitive>);
    }
    /// Whether a node is an exponential or a sum of nothing but exponentials and a number.
    [[nodiscard]] constexpr bool is_exponential(int i) const {
        if (is_call_of_exponential(i)) return true;
        const node& n = in.at(i);
        if (n.kind != sum_node || is_known(i)) return false;
        for (int k = 0; k < n.count; ++k) {
            const node& term = in.at(in.child(n, k).node);
            if (is_exponential(in.child(n, k).node)) continue;
            if (term.kind != product_node || is_known(in.child(n, k).node)) return false;
            for (int j = 0; j < term.count; ++j) {
                if (in.at(in.child(term, j).node).kind != kind_of<op::exp_primitive>) return false;
            }
        }
        return true;
    }
    [[nodiscard]] constexpr bool divides_by_exponentials(const node& n) const {
        bool divides = false;
        int exponentials = 0;
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            if (!is_exponential(f.node)) continue;
            ++exponentials;
            divides = divides || (f.weight < 0 && in.at(f.node).kind == sum_node);
        }
        return divides && exponentials > 1;
    }

    /// How many times `argument` u is; 0 if it is no multiple.
    [[nodiscard]] constexpr double multiple(int u) const {
        if (u == common_argument) return 1;
        const node& a = in.at(u);
        const node& b = in.at(common_argument);
        const bool splits_a = a.kind == product_node;
        const bool splits_b = b.kind == product_node;
        const double ratio = (splits_a ? a.value : 1) / (splits_b ? b.value : 1);
        if (!splits_a && !splits_b) return 0;
        const int count = splits_a ? a.count : 1;
        if (count != (splits_b ? b.count : 1)) return 0;
        for (int k = 0; k < count; ++k) {
            const operand p = splits_a ? in.child(a, k) : operand{u, 1};
            const operand q = splits_b ? in.child(b, k) : operand{common_argument, 1};
            if (p.node != q.node || p.weight != q.weight) return 0;
        }
        return ratio;
    }
    constexpr bool take_argument(int u) {
        if (common_argument < 0) common_argument = u;
        const double ratio = multiple(u);
        if (ratio == 0) return false;
        if (magnitude(ratio) < 1) common_argument = u;
        return true;
    }
    /// Finds the argument with the smallest factor among the exponentials of a node.
    constexpr bool find_argument(int i, int depth) {
        const node& n = in.at(i);
        if (is_call_of_exponential(i)) return take_argument(in.child(n, 0).node);
        if (n.kind == constant_node || is_known(i)) return true;
        if ((n.kind != sum_node && n.kind != product_node) || depth > 3) return false;
        if (n.kind == sum_node && !is_exponential(i)) return false;
        for (int k = 0; k < n.count; ++k) {
            if (!find_argument(in.child(n, k).node, depth + 1)) return false;
        }
        return true;
    }
    constexpr bool read_call(int i, double weight, double scale, exponential_sum& sum) const {
        const node& n = in.at(i);
        const double power = multiple(in.child(n, 0).node);
        if (n.kind == kind_of<op::exp_primitive>) return sum.add(power * weight, scale);
        if (weight != 1) return false;
        if (n.kind == kind_of<op::expm1_primitive>)
            return sum.add(power, scale) && sum.add(0, -scale);
        const double other = n.kind == kind_of<op::sinh_primitive> ? -scale / 2 : scale / 2;
        return n.kind != kind_of<op::sech_primitive> && sum.add(power, scale / 2) &&
            sum.add(-power, other);
    }
    /// Adds scale·(a node as Σ cₖ·e^(k·argument)).
    constexpr bool read_sum(int i, exponential_sum& sum, double scale = 1) const {
        if (is_call_of_exponential(i)) return read_call(i, 1, scale, sum);
        const node& n = in.at(i);
        if (n.kind != sum_node || !is_exponential(i)) return false;
        if (n.value != 0) sum.add(0, n.value * scale);
        for (int k = 0; k < n.count; ++k) {
            const operand term = in.child(n, k);
            const node& product = in.at(term.node);
            if (is_exponential(term.node)) {
                if (!read_sum(term.node, sum, term.weight * scale)) return false;
                continue;
            }
            double power = 0;
            for (int j = 0; j < product.count; ++j) {
                const operand f = in.child(product, j);
                power += f.weight * multiple(in.child(in.at(f.node), 0).node);
            }
            if (!sum.add(power, scale * term.weight * product.value)) return false;
        }
        return true;
    }

    constexpr void find_exponential() {
        const exponential x = exponential_of(common_argument);
        signless = x.u;
        decay = x.e;
        is_turned = x.is_opposite;
    }
    /// The sum in terms of t, which is −argument where that is negative by its number.
    constexpr void orient(exponential_sum& sum) const {
        if (!is_turned) return;
        exponential_sum turned;
        for (int k = 0; k < sum.size; ++k) turned.add(-(sum.lowest + k), sum.coefficients[k]);
        sum = turned;
    }
    constexpr int multiple_of(double factor, int s) {
        return factor == 1 ? s : step<op::multiply_primitive>(number(factor), s);
    }
    /// One number for t < 0, one for others.
    constexpr int by_side(double below, double above) {
        if (below == above) return number(below);
        return step<op::selection<false>>(signless, number(0.0), number(below), number(above));
    }
    /// e^below for t < 0, e^above for others; −1 for 1.
    constexpr int by_side_power(double below, double above) {
        auto power = [&](double p) { return p == 0 ? number(1.0) : emit_power(decay, p); };
        if (below == above) return below == 0 ? -1 : power(below);
        return step<op::selection<false>>(signless, number(0.0), power(below), power(above));
    }
    constexpr int polynomial_of(const exponential_sum& sum, bool without_first) {
        const int degree = sum.degree();
        auto coefficient = [&](int k) {
            return by_side(sum.coefficients[k], sum.coefficients[degree - k]);
        };
        int total = coefficient(degree);
        for (int k = degree - 1; k >= 0; --k) {
            const bool is_zero = sum.coefficients[k] == 0 && sum.coefficients[degree - k] == 0;
            if (is_zero || (k == 0 && without_first))
                total = step<op::multiply_primitive>(total, decay);
            else total = step<op::multiply_add_primitive>(total, decay, coefficient(k));
        }
        return total;
    }
    /// e^(power·t) − 1 without e^max(power·t, 0), or 2 sinh(power·t) without e^|power·t|.
    constexpr int bounded_difference(double power, bool is_sinh) {
        const double size = magnitude(power) * (is_sinh ? 2 : 1);
        const int below = multiple_of(-size, step<op::abs_primitive>(signless));
        const int m = step<op::expm1_below_zero_primitive>(below);
        const int minus_m = step<op::negate_primitive>(m);
        return step<op::selection<false>>(signless, number(0.0), power > 0 ? m : minus_m,
                                          power > 0 ? minus_m : m);
    }
};

}  // namespace chainrule::detail
