// SPDX-License-Identifier: BSL-1.0
/// From the simplified graph to straight-line steps: sums and products become additions, fused
/// multiply-adds, divisions and roots, equal steps are shared, registers are reused.
#pragma once

#include <chainrule/program/cancellation_writer.hpp>
#include <chainrule/program/registers.hpp>

#include <utility>

namespace chainrule::detail {

class scheduler final : cancellation_writer {
public:
    /// `inputs` names the symbols that registers 0, 1, … hold at the start.
    constexpr scheduler(const graph& simplified, const std::vector<std::string_view>& inputs)
        : cancellation_writer(simplified) {
        for (std::string_view name : inputs) binary.symbol(name);
        input_count = static_cast<int>(inputs.size());
    }

    /// Nodes behind `value` are those of its derivatives: in long programs they draw the values they need along, so
    /// that a chain keeps a few registers alive and not two for each level.
    constexpr schedule run(const std::vector<int>& roots, int value = -1) {
        read(roots);
        const auto count = static_cast<std::size_t>(in.size());
        image.assign(count, -1);
        has_slope.assign(count, 0);
        has_tanh.assign(count, 0);
        shares = in.size() <= largest_shared_graph;
        has_tail.assign(count, shares ? 0 : 1);
        if (shares) find_tails(roots);
        for (int i = 0; i < in.size(); ++i) {
            if (is_needed(i) && shares) find_slopes(i);
        }
        // In order, so that emit() finds its operands done; products that a sum fuses come with the sum.
        const int size = in.size();
        if (size <= largest_in_written_order) value = -1;
        int values_done = 0;
        for (int i = value + 1; i < size; ++i) {
            if (!is_needed(i)) continue;
            const node& n = in.at(i);
            for (int k = 0; value >= 0 && k < n.count; ++k) {
                const int c = in.child(n, k).node;
                while (c <= value && values_done <= c) emit_in_order(values_done++);
            }
            emit_in_order(i);
        }
        while (values_done <= value) emit_in_order(values_done++);
        growing_list<int> outputs;
        for (int root : roots) outputs.push_back(emit(root));
        return allocate_registers(binary, input_count, constants, outputs);
    }

private:
    /// In larger graphs (chains of some dozen layers) nothing is looked for that functions of one argument
    /// could share: it would double what the compiler has to do.
    static constexpr int largest_shared_graph = 300;
    /// In smaller graphs the compiler finds an order of its own.
    static constexpr int largest_in_written_order = 64;
    bool shares = true;
    int input_count = 0;
    growing_list<int> image;

    constexpr void emit_in_order(int i) {
        if (is_needed(i) && !(is_term(in.at(i)) && is_private_product(i))) emit(i);
    }

    constexpr int emit(int i) override {
        int& mine = image.items[i];
        if (mine >= 0) return mine;
        const node& n = in.at(i);
        int result = 0;
        if (is_known(i)) {
            result = number(number_of(i));
        } else if (n.kind == symbol_node) {
            result = binary.symbol(in.symbol_of(i).name);
        } else if (n.kind == sum_node) {
            result = emit_sum(n);
        } else if (n.kind == product_node) {
            result = emit_product(n, {n.value});
        } else {
            result = shares ? emit_shared(n) : -1;
            if (result < 0 && shares) result = emit_by_slope(n);
            if (result < 0) result = emit_logarithm(n);
            if (result < 0 && is_power_of_number(i))
                result = emit_power_of_number(in.child(n, 0).node, number_of(in.child(n, 1).node));
            if (result < 0) {
                int arguments[4]{};
                for (int k = 0; k < n.count; ++k) arguments[k] = emit(argument_of(n, k));
                result = binary.call(n.kind, arguments, n.count);
            }
        }
        image.items[i] = result;
        return result;
    }

    /// min(max(c·u, a), b) + d as min(max(c·u + d, a + d), b + d): one multiply-add, rounded once. Where the
    /// new bounds are exact; else −1.
    constexpr int emit_clamped_sum(const node& n) {
        if (n.count != 1 || n.value == 0 || in.child(n, 0).weight != 1) return -1;
        int inner = in.child(n, 0).node;
        bound bounds[2];
        int count = 0;
        for (bound b = find_bound(inner); b.of >= 0; b = find_bound(inner)) {
            if (count == 2 || uses.items[inner] > 1) return -1;
            bounds[count++] = b;
            inner = b.of;
        }
        if (count == 0 || !is_private_product(inner)) return -1;
        const program_constant shift = user_constant(n.value);
        for (int k = 0; k < count; ++k) {
            if (!is_exact_sum(bounds[k].number, shift)) return -1;
        }
        int total = add_product(in.at(inner), 1, number(shift));
        while (--count >= 0) {
            const int limit = number(sum_of(bounds[count].number, shift));
            total = bounds[count].is_lower ? step<op::max_primitive>(total, limit)
                                           : step<op::min_primitive>(total, limit);
        }
        return total;
    }

    constexpr int emit_sum(const node& n) override {
        const int clamped = emit_clamped_sum(n);
        if (clamped >= 0) return clamped;
        if (shares) {
            if (is_expm1_sigmoid_slope(n)) return emit_expm1_sigmoid_slope(n);
            const sigmoid_product_slope found = find_sigmoid_product_slope(n);
            if (found.argument >= 0) return emit_sigmoid_product_slope(found);
        }
        slope_terms slope = shares ? find_slope_terms(n) : slope_terms{};
        if (slope.first >= 0 && is_settled(n, slope, slope.first)) slope = {};
        // Plain terms first, then products, so that each product is one multiply-add.
        const vanishing_terms vanishing = shares ? emit_vanishing_terms(n) : vanishing_terms{};
        if (slope.contains(vanishing.first) || slope.contains(vanishing.second)) slope = {};
        int total = vanishing.total;
        const double plain = total >= 0 && vanishing.second < 0 ? 0 : n.value;
        program_constant known_part{};
        bool has_known_part = false;
        operand_list later;
        if (slope.first >= 0) {
            const int terms = emit_slope_terms(n, slope);
            total = total < 0 ? terms : step<op::add_primitive>(total, terms);
        }
        for (int pass = 0; pass < 2; ++pass) {
            for (int k = 0; k < n.count; ++k) {
                if (k == slope.first || k == slope.second || k == vanishing.first ||
                    k == vanishing.second)
                    continue;
                const operand term = in.child(n, k);
                const bool positive = term.weight == 1;
                if ((pass == 0) != positive) continue;
                if (is_known(term.node)) {
                    const program_constant value = positive
                        ? number_of(term.node)
                        : times(number_of(term.node), user_constant(term.weight));
                    known_part = has_known_part ? sum_of(known_part, value) : value;
                    has_known_part = true;
                } else if (is_private_product(term.node) ||
                           (term.weight != 1 && term.weight != -1)) {
                    later.push_back(term);
                } else if (positive) {
                    const int t = emit(term.node);
                    total = total < 0 ? t : step<op::add_primitive>(total, t);
                } else if (total >= 0) {
                    total = step<op::subtract_primitive>(total, emit(term.node));
                } else {
                    later.push_back(term);
                }
            }
        }
        if (plain != 0 || has_known_part) {
            const int c = !has_known_part ? number(plain)
                : plain == 0              ? number(known_part)
                                          : number(sum_of(known_part, user_constant(plain)));
            total = total < 0 ? c : step<op::add_primitive>(total, c);
        }
        // Added to another term, x tanh(softplus(x)) needs no steps for what the tanh lost.
        if (total < 0 && later.size() > 1 && has_tanh_of_softplus(later[0]))
            std::swap(later[0], later[1]);
        for (const operand& term : later) {
            if (is_private_product(term.node)) {
                total = add_product(in.at(term.node), term.weight, total);
            } else if (term.weight == -1) {
                const int t = emit(term.node);
                total = total < 0 ? step<op::negate_primitive>(t)
                                  : step<op::subtract_primitive>(total, t);
            } else if (total < 0) {
                total = step<op::multiply_primitive>(number(term.weight), emit(term.node));
            } else if (is_private_expm1(term.node)) {
                total = step<op::multiply_expm1_add_primitive>(
                    number(term.weight), emit(in.child(in.at(term.node), 0).node), total);
            } else {
                total =
                    step<op::multiply_add_primitive>(number(term.weight), emit(term.node), total);
            }
        }
        return total;
    }

    [[nodiscard]] constexpr bool has_tanh_of_softplus(const operand& term) const {
        const node& n = in.at(term.node);
        if (!shares || !is_private_product(term.node)) return false;
        for (int k = 0; k < n.count; ++k) {
            const node& f = in.at(in.child(n, k).node);
            if (f.kind == kind_of<op::tanh_primitive> && is_softplus(in.child(f, 0).node))
                return true;
        }
        return false;
    }

    [[nodiscard]] constexpr bool is_private_expm1(int i) const {
        return shares && in.at(i).kind == kind_of<op::expm1_primitive> && uses.items[i] == 1;
    }

    /// total + weight · (a product that is used nowhere else)
    constexpr int add_product(const node& n, double weight, int total) {
        coefficient scale{n.value};
        const exact_result plain = exact_product(n.value, weight);
        if (plain.exact) {
            scale.plain = plain.value;
        } else {
            multiply_into(scale, user_constant(weight));
        }
        if (total < 0) return emit_product(n, scale);
        const int switched = shares ? add_switched(n, scale, total) : -1;
        if (switched >= 0) return switched;
        const factor_pair pair = shares ? sigmoid_pair(n) : factor_pair{};
        const factor_pair tail = shares ? tail_quotient(n) : factor_pair{};
        const int spread =
            shares && (scale.has_rest || has_known_factor(n)) ? find_linear_factor(n, -1) : -1;
        int last = n.count - 1;
        const factor_pair bend = shares ? softplus_pair(n) : factor_pair{};
        while (
            last == spread || tail.contains(last) ||
            (shares &&
             (pair.contains(last) || bend.contains(last) || is_sech_square(in.child(n, last)))) ||
            in.child(n, last).weight != 1 || is_known(in.child(n, last).node)) {
            if (--last >= 0) continue;
            if (!scale.has_rest && scale.plain == 1)
                return step<op::add_primitive>(total, emit_product(n, scale));
            return step<op::multiply_add_primitive>(number(scale), emit_product(n, {}), total);
        }
        if (is_private_expm1(in.child(n, last).node)) {
            const int multiplier = n.count == 1 ? number(scale) : emit_product(n, scale, last);
            const int argument = in.child(in.at(in.child(n, last).node), 0).node;
            return step<op::multiply_expm1_add_primitive>(multiplier, emit(argument), total);
        }
        const int factor = emit(in.child(n, last).node);
        if (n.count == 1 && !scale.has_rest && scale.plain == 1)
            return step<op::add_primitive>(total, factor);
        return step<op::multiply_add_primitive>(emit_product(n, scale, last), factor, total);
    }

    /// The powers of one base among the factors of a product as one power, if number k is the first of them.
    struct joined_powers {
        int step = -1;
        bool is_divisor = false;
    };
    constexpr joined_powers join_powers(const node& n, int k) {
        const int base = in.child(in.at(in.child(n, k).node), 0).node;
        program_constant total = exact_constant(0);
        for (int j = 0; j < n.count; ++j) {
            const operand f = in.child(n, j);
            if (!is_power_of_number(f.node) || in.child(in.at(f.node), 0).node != base) continue;
            if (j < k) return {};
            const program_constant exponent = number_of(in.child(in.at(f.node), 1).node);
            total = sum_of(total, times(exponent, user_constant(f.weight)));
        }
        const bool is_divisor = total.for_double < 0;
        if (is_divisor) total = times(total, user_constant(-1));
        return {emit_power_of_number(base, total), is_divisor};
    }

    /// Whether a quotient's divisor may overflow without a trace in the result: in a sum, or where 0 is an
    /// ordinary result.
    [[nodiscard]] constexpr bool hides_range(const node& product) const {
        if (!shares) return false;
        bool hides = is_hidden.items[product.first] != 0;
        bool may_overflow = false;
        for (int k = 0; k < product.count; ++k) {
            const operand f = in.child(product, k);
            hides = hides || in.at(f.node).kind == kind_of<op::sign_primitive>;
            const bool is_power = is_power_of_number(f.node);
            const bool divides = (f.weight < 0) !=
                (is_power && number_of(in.child(in.at(f.node), 1).node).for_double < 0);
            may_overflow = may_overflow || (divides && (is_power || may_leave_range(f)));
        }
        return hides && may_overflow;
    }

    constexpr int emit_scaled_sum(const node& sum, coefficient scale) {
        const operand term = in.child(sum, 0);
        const node& product = in.at(term.node);
        coefficient linear = scale;
        multiply_into(linear, user_constant(term.weight));
        multiply_into(linear, user_constant(product.value));
        int base = -1;
        for (int k = 0; k < product.count; ++k) {
            const operand f = in.child(product, k);
            if (is_known(f.node)) {
                multiply_into(linear, raised_to(number_of(f.node), f.weight));
                continue;
            }
            const int power = emit_power(emit(f.node), magnitude(f.weight));
            if (base < 0)
                base = f.weight > 0 ? power : step<op::divide_primitive>(number(1.0), power);
            else if (f.weight > 0) base = step<op::multiply_primitive>(base, power);
            else base = step<op::divide_primitive>(base, power);
        }
        multiply_into(scale, user_constant(sum.value));
        if (base < 0) return number(scale);
        return step<op::multiply_add_primitive>(number(linear), base, number(scale));
    }

    /// (u + v)^-2 or (u + v)^-3/2 with a number v; −1 for others.
    constexpr int emit_inverse_power(const node& n) {
        if (n.count != 1 || hides_range(n)) return -1;
        const operand f = in.child(n, 0);
        const node& sum = in.at(f.node);
        if (f.weight == -1.5 && is_carried_power(f)) return emit_inverse_three_halves(f.node);
        if (f.weight != -2 || sum.kind != sum_node || sum.count != 1 || sum.value == 0 ||
            in.child(sum, 0).weight != 1 || is_private_product(in.child(sum, 0).node))
            return -1;
        return step<op::inverse_square_of_sum_primitive>(emit(in.child(sum, 0).node),
                                                         number(sum.value));
    }

    /// scale · Π base^exponent, leaving out the factors number `without` and `dropped`.
    constexpr int emit_product(const node& n, coefficient scale, int without = -1,
                               factor_pair dropped = {}) override {
        if (shares && without < 0 && dropped.first < 0) {
            const int selection = emit_scaled_selection(n, scale);
            if (selection >= 0) return selection;
            const int inverse = !scale.has_rest && scale.plain == 1 ? emit_inverse_power(n) : -1;
            if (inverse >= 0) return inverse;
            const int quotient = emit_exponential_quotient(n, scale);
            if (quotient >= 0) return quotient;
        }
        int above = -1;
        int below = -1;
        factor_pair pair = shares ? sigmoid_pair(n) : factor_pair{};
        factor_pair tail = shares ? tail_quotient(n) : factor_pair{};
        if (tail.contains(without) || dropped.contains(tail.first)) tail = {};
        if (pair.contains(tail.first)) pair = {};
        const int spread =
            shares && (scale.has_rest || has_known_factor(n)) ? find_linear_factor(n, without) : -1;
        if (spread >= 0) {
            for (int k = 0; k < n.count; ++k) {
                const operand f = in.child(n, k);
                if (is_known(f.node)) multiply_into(scale, raised_to(number_of(f.node), f.weight));
            }
            above = emit_scaled_sum(in.at(in.child(n, spread).node), scale);
            scale = {};
        }
        const factor_pair conjugate = shares ? conjugate_pair(n) : factor_pair{};
        if (conjugate.first >= 0 && !conjugate.contains(without)) {
            const node& sum = in.at(in.child(n, conjugate.first).node);
            const int slope = step<op::conjugate_slope_primitive>(emit(in.child(sum, 0).node),
                                                                  emit(in.child(sum, 1).node));
            above = above < 0 ? slope : step<op::multiply_primitive>(above, slope);
        }
        const factor_pair bend = shares && dropped.first < 0 ? softplus_pair(n) : factor_pair{};
        if (bend.first >= 0) {
            const int slope = tanh_softplus_bend(in.child(n, bend.first));
            above = above < 0 ? slope : step<op::multiply_primitive>(above, slope);
        }
        if (tail.first >= 0) {
            const bool is_one = !scale.has_rest && scale.plain == 1;
            const int quotient = emit_tail_quotient(n, tail, is_one ? -1 : number(scale));
            scale = {};
            above = above < 0 ? quotient : step<op::multiply_primitive>(above, quotient);
        }
        // One that makes its last product itself; in chains it would keep two registers more.
        int last = -1;
        for (int k = 0; k < n.count && in.size() <= largest_in_written_order; ++k) {
            const bool is_read =
                pair.contains(k) || bend.contains(k) || dropped.contains(k) || tail.contains(k);
            if (!is_read && k != without && is_multiplied_last(in.child(n, k))) last = k;
        }
        for (int k = 0; k < n.count; ++k) {
            operand f = in.child(n, k);
            if (k == last) continue;
            if (!shares && f.weight == 1 && k != without && !is_known(f.node)) {
                const int value = emit(f.node);
                above = above < 0 ? value : step<op::multiply_primitive>(above, value);
                continue;
            }
            if (bend.contains(k) || dropped.contains(k) || tail.contains(k)) continue;
            if (k == without || k == spread || (spread >= 0 && is_known(f.node))) continue;
            if (conjugate.contains(k) && !conjugate.contains(without)) continue;
            const sine_cosine_argument turn = sine_plus_cosine(f);
            const bool is_sine = shares && is_sine_square(f);
            if (turn.node >= 0 || is_sine || (shares && is_tanh_square(f))) {
                const int argument = turn.node >= 0 ? -1 : emit(in.child(in.at(f.node), 0).node);
                const int square = turn.node >= 0 ? emit_square_of_sine_plus_cosine(turn)
                    : is_sine                     ? step<op::sine_square_primitive>(argument)
                                                  : step<op::tanh_square_primitive>(argument);
                above = above < 0 ? square : step<op::multiply_primitive>(above, square);
                continue;
            }
            if (shares && (pair.contains(k) || is_sech_square(f))) {
                const int argument = in.child(in.at(f.node), 0).node;
                const bool is_pair = pair.contains(k);
                const double power = is_pair ? pair.power : f.weight / 2;
                f.weight = is_pair ? f.weight - power : 0;
                if (k != pair.second) {
                    const int slope = emit_power(
                        is_pair ? sigmoid_slope(argument) : sech_square(argument), power);
                    above = above < 0 ? slope : step<op::multiply_primitive>(above, slope);
                }
                if (f.weight == 0) continue;
                if (is_pair && f.weight == 1 && above >= 0 &&
                    in.size() <= largest_in_written_order) {
                    above = product_with(above, f.node);
                    continue;
                }
            }
            // x/6 stays a division: times a rounded 1/6 it would miss the kink of max(x/6 + 1/2, 0) at −3.
            if (f.weight == -1 && in.at(f.node).kind == constant_node) {
                const int divisor = number(number_of(f.node));
                below = below < 0 ? divisor : step<op::multiply_primitive>(below, divisor);
                continue;
            }
            if (is_known(f.node)) {
                multiply_into(scale, raised_to(number_of(f.node), f.weight));
                continue;
            }
            if (shares && is_power_of_number(f.node)) {
                const joined_powers joined = join_powers(n, k);
                if (joined.step < 0) continue;
                int& side = joined.is_divisor ? below : above;
                side = side < 0 ? joined.step : step<op::multiply_primitive>(side, joined.step);
                continue;
            }
            const int value = is_carried_power(f) ? emit_three_halves(f.node)
                                                  : emit_power(emit(f.node), magnitude(f.weight));
            int& side = f.weight > 0 ? above : below;
            side = side < 0 ? value : step<op::multiply_primitive>(side, value);
        }
        const bool is_one = !scale.has_rest && scale.plain == 1;
        const bool negates = !scale.has_rest && scale.plain == -1 && (above >= 0 || below >= 0);
        int lasts_done = 0;
        if (above < 0 && last >= 0 && (is_one || negates)) {
            above = emit(in.child(n, last).node);
            ++lasts_done;
        } else if (above < 0) {
            above = negates ? number(1.0) : number(scale);
        } else if (!is_one && !negates) {
            above = step<op::multiply_primitive>(number(scale), above);
        }
        for (; last >= 0 && lasts_done < in.child(n, last).weight; ++lasts_done)
            above = product_with(above, in.child(n, last).node);
        if (below >= 0)
            above = hides_range(n) ? step<op::guarded_divide_primitive>(above, below)
                                   : step<op::divide_primitive>(above, below);
        return negates ? step<op::negate_primitive>(above) : above;
    }
};

}  // namespace chainrule::detail
