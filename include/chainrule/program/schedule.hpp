// SPDX-License-Identifier: BSL-1.0
/// From the simplified graph to straight-line steps: sums and products become additions, fused
/// multiply-adds, divisions and roots, equal steps are shared, registers are reused.
#pragma once

#include <chainrule/core/elementary.hpp>
#include <chainrule/graph/registry.hpp>

namespace chainrule::detail {

/// A number of a program, as each element type sees it: constants of users are rounded to the element
/// type before anything is computed with them, exact constants of the catalogue are not.
struct program_constant {
    long double for_float;
    long double for_double;
    long double for_long_double;
    enum class part { rounded, rest, leading, rest_of_leading };
    /// Which part is wanted: the number rounded to the type of the arithmetic or what that loses; about the
    /// leading half of its bits, sums with which lose nothing of it, or what that loses.
    part wanted = part::rounded;
    constexpr bool operator==(const program_constant&) const = default;
};

/// Registers count from 0; −1 − k is constant k.
struct program_step {
    short operation;  ///< position in the registry
    short target;
    short arguments[4];
};

struct schedule {
    growing_list<program_step> steps;
    growing_list<program_constant> constants;
    growing_list<short> outputs;
    int registers = 0;
};

class scheduler {
public:
    /// `inputs` names the symbols that registers 0, 1, … hold at the start.
    constexpr scheduler(const graph& simplified, const std::vector<std::string_view>& inputs)
        : in(simplified) {
        for (std::string_view name : inputs) binary.symbol(name);
        input_count = static_cast<int>(inputs.size());
    }

    constexpr schedule run(const std::vector<int>& roots) {
        const auto count = static_cast<std::size_t>(in.size());
        growing_list<char> needed(count, 0);
        uses.assign(count, 0);
        for (int root : roots)
            needed[static_cast<std::size_t>(root)] = 1, ++uses[static_cast<std::size_t>(root)];
        for (int i = in.size() - 1; i >= 0; --i) {
            if (needed[static_cast<std::size_t>(i)] == 0) continue;
            const node& n = in.at(i);
            for (int k = 0; k < n.count; ++k) {
                const auto c = static_cast<std::size_t>(in.child(n, k).node);
                needed[c] = 1;
                ++uses[c];
            }
        }
        image.assign(count, -1);
        known.assign(count, -1);
        has_slope.assign(count, 0);
        shares = in.size() <= largest_shared_graph;
        for (int i = 0; i < in.size(); ++i) {
            if (needed[static_cast<std::size_t>(i)] == 0) continue;
            find_constant(i);
            if (shares) find_slopes(i);
        }
        // In order, so that emit() finds its operands done; products that a sum fuses come with the sum.
        for (int i = 0; i < in.size(); ++i) {
            if (needed[static_cast<std::size_t>(i)] != 0 && !is_private_product(i)) emit(i);
        }
        growing_list<int> outputs;
        for (int root : roots) outputs.push_back(emit(root));
        return allocate(outputs);
    }

private:
    /// In larger graphs (chains of some dozen layers, whose programs call elementary functions out of
    /// line) nothing is looked for that functions of one argument could share: it would double what
    /// the compiler has to do.
    static constexpr int largest_shared_graph = 300;
    bool shares = true;
    const graph& in;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    graph binary;  // symbols, constants (value = position in `constants`) and calls of primitives
    int input_count = 0;
    growing_list<program_constant> constants;
    growing_list<int> uses;
    growing_list<int> image;
    growing_list<int> known;  // position in `numbers` of a node without symbols, else -1
    growing_list<program_constant> numbers;
    growing_list<char> has_slope;  // arguments whose σ(u)·σ(−u) or sech²u the program needs

    [[nodiscard]] constexpr bool is_known(int i) const {
        return known[static_cast<std::size_t>(i)] >= 0;
    }
    [[nodiscard]] constexpr const program_constant& number_of(int i) const {
        return numbers[static_cast<std::size_t>(known[static_cast<std::size_t>(i)])];
    }

    /// A number in front of a product: plain, as long as no constant expression (√2, 1/3) joins it.
    struct coefficient {
        double plain = 1;
        program_constant rest{};
        bool has_rest = false;
    };
    static constexpr void multiply_into(coefficient& c, const program_constant& factor) {
        c.rest = c.has_rest ? times(c.rest, factor) : factor;
        c.has_rest = true;
    }
    constexpr int number(const coefficient& c) {
        if (!c.has_rest) return number(c.plain);
        return number(c.plain == 1 ? c.rest : times(c.rest, user_constant(c.plain)));
    }

    template<class Operation>
    constexpr int step(int a) {
        return binary.call(first_call + primitive_index<Operation>, &a, 1);
    }
    template<class Operation>
    constexpr int step(int a, int b) {
        const int arguments[] = {a, b};
        return binary.call(first_call + primitive_index<Operation>, arguments, 2);
    }
    template<class Operation>
    constexpr int step(int a, int b, int c) {
        const int arguments[] = {a, b, c};
        return binary.call(first_call + primitive_index<Operation>, arguments, 3);
    }

    template<class Operation>
    constexpr int step(int a, int b, int c, int d) {
        const int arguments[] = {a, b, c, d};
        return binary.call(first_call + primitive_index<Operation>, arguments, 4);
    }

    constexpr int number(const program_constant& c) {
        std::size_t k = 0;
        while (k < constants.size() && constants[k] != c) ++k;
        if (k == constants.size()) constants.push_back(c);
        return binary.put(constant_node, static_cast<double>(k), 0, nullptr, 0);
    }
    constexpr int number(double v) { return number(user_constant(v)); }

    static constexpr program_constant user_constant(double v) {
        return {static_cast<long double>(elementary::narrow<float>(v)), v, v};
    }

    static constexpr program_constant exact(long double v) { return {v, v, v}; }

    template<class Function>
    static constexpr program_constant each(Function f, const program_constant& a,
                                           const program_constant& b) {
        return {f(a.for_float, b.for_float), f(a.for_double, b.for_double),
                f(a.for_long_double, b.for_long_double)};
    }
    static constexpr program_constant times(const program_constant& a, const program_constant& b) {
        return each([](long double u, long double v) { return elementary::multiply(u, v); }, a, b);
    }
    static constexpr program_constant sum_of(const program_constant& a, const program_constant& b) {
        return each([](long double u, long double v) { return elementary::add(u, v); }, a, b);
    }
    static constexpr program_constant raised_to(const program_constant& base, double exponent) {
        return each(
            [exponent](long double u, long double) {
                if (exponent == 1) return u;
                if (exponent == -1) return elementary::divide(1.0L, u);
                if (exponent == 0.5) return elementary::square_root(u);
                if (exponent == -0.5) return elementary::divide(1.0L, elementary::square_root(u));
                return elementary::pow(u, static_cast<long double>(exponent));
            },
            base, base);
    }

    /// Nodes without symbols are numbers: worked out here, in long double, once per element type.
    constexpr void find_constant(int i) {
        const node& n = in.at(i);
        if (n.kind == symbol_node) return;
        for (int k = 0; k < n.count; ++k) {
            if (!is_known(in.child(n, k).node)) return;
        }
        program_constant mine{};
        if (n.kind == constant_node) {
            mine = n.residual == 0
                ? user_constant(n.value)
                : exact(static_cast<long double>(n.value) + static_cast<long double>(n.residual));
        } else if (n.kind == sum_node) {
            mine = user_constant(n.value);
            for (int k = 0; k < n.count; ++k) {
                const operand c = in.child(n, k);
                const program_constant term = times(number_of(c.node), user_constant(c.weight));
                mine = sum_of(mine, term);
            }
        } else if (n.kind == product_node) {
            mine = user_constant(n.value);
            for (int k = 0; k < n.count; ++k) {
                const operand c = in.child(n, k);
                mine = times(mine, raised_to(number_of(c.node), c.weight));
            }
        } else if (n.kind == first_call + primitive_index<op::pi_primitive>) {
            mine = exact(3.14159265358979323846264338327950288L);
        } else if (primitive_of(n.kind).long_value != nullptr) {
            long double a[3][4]{};
            for (int k = 0; k < n.count; ++k) {
                const program_constant& c = number_of(in.child(n, k).node);
                a[0][k] = c.for_float, a[1][k] = c.for_double, a[2][k] = c.for_long_double;
            }
            const auto value = primitive_of(n.kind).long_value;
            mine = {value(a[0]), value(a[1]), value(a[2])};
        } else {
            return;
        }
        known[static_cast<std::size_t>(i)] = static_cast<int>(numbers.size());
        numbers.push_back(mine);
    }

    constexpr int emit(int i) {
        int& mine = image[static_cast<std::size_t>(i)];
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
            if (result < 0) {
                int arguments[4]{};
                for (int k = 0; k < n.count; ++k) arguments[k] = emit(in.child(n, k).node);
                result = binary.call(n.kind, arguments, n.count);
            }
        }
        image[static_cast<std::size_t>(i)] = result;
        return result;
    }

    /// Whether a term is a product that nothing else needs, so that it can be fused into a multiply-add.
    [[nodiscard]] constexpr bool is_private_product(int i) const {
        const node& n = in.at(i);
        if (n.kind != product_node || uses[static_cast<std::size_t>(i)] > 1) return false;
        if (is_known(i)) return false;
        int whole = 0;
        for (int k = 0; k < n.count; ++k) {
            const double e = in.child(n, k).weight;
            if (e < 0) return false;
            whole += e == 1 ? 1 : 0;
        }
        return whole > 0 && (n.count > 1 || n.value != 1);
    }

    /// tanh(softplus(u)) + w·σ(u)·sech²(softplus(u)) among the terms of a sum, the slope of w·tanh(softplus(u)):
    /// their positions, and the product's factor w.
    struct slope_terms {
        int first = -1;
        int second = -1;
        int w = -1;
    };
    [[nodiscard]] constexpr slope_terms find_slope_terms(const node& n) const {
        for (int k = 0; k < n.count; ++k) {
            const operand t = in.child(n, k);
            if (t.weight != 1 || in.at(t.node).kind != kind_of<op::tanh_primitive>) continue;
            const int argument = in.child(in.at(t.node), 0).node;
            if (!is_softplus(argument)) continue;
            const int u = in.child(in.at(argument), 0).node;
            for (int j = 0; j < n.count; ++j) {
                const operand p = in.child(n, j);
                const node& product = in.at(p.node);
                if (p.weight != 1 || product.kind != product_node || product.value != 1 ||
                    product.count != 3)
                    continue;
                slope_terms found{k, j, -1};
                int matched = 0;
                for (int i = 0; i < 3; ++i) {
                    const operand f = in.child(product, i);
                    const node& factor = in.at(f.node);
                    const int inner = factor.count == 1 ? in.child(factor, 0).node : -1;
                    if (factor.kind == kind_of<op::sigmoid_primitive> && f.weight == 1 &&
                        inner == u)
                        ++matched;
                    else if (factor.kind == kind_of<op::sech_primitive> && f.weight == 2 &&
                             inner == argument)
                        ++matched;
                    else if (f.weight == 1 && !is_known(f.node)) found.w = f.node;
                }
                if (matched == 2 && found.w >= 0) return found;
            }
        }
        return {};
    }

    constexpr int emit_sum(const node& n) {
        const slope_terms slope = shares ? find_slope_terms(n) : slope_terms{};
        // Plain terms first, then products, so that each product is one multiply-add.
        int total = -1;
        program_constant known_part{};
        bool has_known_part = false;
        operand_list later;
        if (slope.first >= 0) {
            const exponential x = exponential_of(
                in.child(in.at(in.child(in.at(in.child(n, slope.first).node), 0).node), 0).node);
            total = step<op::tanh_softplus_slope_primitive>(
                x.u, x.e, step<op::tanh_softplus_scale_primitive>(x.u, x.e), emit(slope.w));
        }
        for (int pass = 0; pass < 2; ++pass) {
            for (int k = 0; k < n.count; ++k) {
                if (k == slope.first || k == slope.second) continue;
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
        if (n.value != 0 || has_known_part) {
            const int c = !has_known_part ? number(n.value)
                : n.value == 0            ? number(known_part)
                                          : number(sum_of(known_part, user_constant(n.value)));
            total = total < 0 ? c : step<op::add_primitive>(total, c);
        }
        for (const operand& term : later) {
            if (is_private_product(term.node)) {
                total = add_product(in.at(term.node), term.weight, total);
            } else if (term.weight == -1) {
                const int t = emit(term.node);
                total = total < 0 ? step<op::negate_primitive>(t)
                                  : step<op::subtract_primitive>(total, t);
            } else if (total < 0) {
                total = step<op::multiply_primitive>(number(term.weight), emit(term.node));
            } else {
                total =
                    step<op::multiply_add_primitive>(number(term.weight), emit(term.node), total);
            }
        }
        return total;
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
        const factor_pair pair = shares ? sigmoid_pair(n) : factor_pair{};
        const int spread =
            shares && (scale.has_rest || has_known_factor(n)) ? find_linear_factor(n, -1) : -1;
        int last = n.count - 1;
        while (last == spread ||
               (shares && (pair.contains(last) || is_sech_square(in.child(n, last)))) ||
               in.child(n, last).weight != 1 || is_known(in.child(n, last).node)) {
            if (--last >= 0) continue;
            if (!scale.has_rest && scale.plain == 1)
                return step<op::add_primitive>(total, emit_product(n, scale));
            return step<op::multiply_add_primitive>(number(scale), emit_product(n, {}), total);
        }
        const int factor = emit(in.child(n, last).node);
        if (n.count == 1 && !scale.has_rest && scale.plain == 1)
            return step<op::add_primitive>(total, factor);
        return step<op::multiply_add_primitive>(emit_product(n, scale, last), factor, total);
    }

    /// A factor c + d·p with numbers c and d that nothing else needs: it takes the coefficient of the product
    /// in, which saves a multiplication and its rounding. −1 if there is none.
    [[nodiscard]] constexpr int find_linear_factor(const node& n, int without) const {
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            const node& sum = in.at(f.node);
            if (k == without || f.weight != 1 || sum.kind != sum_node || sum.value == 0 ||
                sum.count != 1)
                continue;
            if (is_known(f.node) || uses[static_cast<std::size_t>(f.node)] != 1) continue;
            if (in.at(in.child(sum, 0).node).kind == product_node) return k;
        }
        return -1;
    }
    [[nodiscard]] constexpr bool has_known_factor(const node& n) const {
        for (int k = 0; k < n.count; ++k) {
            if (is_known(in.child(n, k).node)) return true;
        }
        return false;
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

    /// scale · Π base^exponent, leaving out the factor number `without`.
    constexpr int emit_product(const node& n, coefficient scale, int without = -1) {
        int above = -1;
        int below = -1;
        const factor_pair pair = shares ? sigmoid_pair(n) : factor_pair{};
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
        for (int k = 0; k < n.count; ++k) {
            operand f = in.child(n, k);
            if (k == without || k == spread || (spread >= 0 && is_known(f.node))) continue;
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
            const int value = is_carried_power(f) ? emit_three_halves(f.node)
                                                  : emit_power(emit(f.node), magnitude(f.weight));
            int& side = f.weight > 0 ? above : below;
            side = side < 0 ? value : step<op::multiply_primitive>(side, value);
        }
        const bool is_one = !scale.has_rest && scale.plain == 1;
        const bool negates = !scale.has_rest && scale.plain == -1 && (above >= 0 || below >= 0);
        if (above < 0) {
            above = negates ? number(1.0) : number(scale);
        } else if (!is_one && !negates) {
            above = step<op::multiply_primitive>(number(scale), above);
        }
        if (below >= 0) above = step<op::divide_primitive>(above, below);
        return negates ? step<op::negate_primitive>(above) : above;
    }

    // ---- functions of e^-|u| -------------------------------------------------------------------------

    template<class Operation>
    static constexpr int kind_of = first_call + primitive_index<Operation>;

    /// Two factors σ(u)^p and σ(−u)^p of a product.
    struct factor_pair {
        int first = -1;
        int second = -1;
        double power = 0;
        [[nodiscard]] constexpr bool contains(int k) const {
            return k >= 0 && (k == first || k == second);
        }
    };
    [[nodiscard]] constexpr factor_pair sigmoid_pair(const node& n) const {
        for (int k = 0; k < n.count; ++k) {
            const operand a = in.child(n, k);
            if (in.at(a.node).kind != kind_of<op::sigmoid_primitive> || a.weight < 1 ||
                is_known(a.node))
                continue;
            for (int j = k + 1; j < n.count; ++j) {
                const operand b = in.child(n, j);
                if (in.at(b.node).kind != kind_of<op::sigmoid_primitive> || b.weight < 1) continue;
                if (!are_opposite(in.child(in.at(a.node), 0).node, in.child(in.at(b.node), 0).node))
                    continue;
                return {k, j, elementary::floor(a.weight < b.weight ? a.weight : b.weight)};
            }
        }
        return {};
    }
    [[nodiscard]] constexpr bool are_opposite(int a, int b) const {
        return is_negative_of(a, b) || is_negative_of(b, a);
    }
    [[nodiscard]] constexpr bool is_negative_of(int a, int b) const {
        const node& n = in.at(a);
        if (n.kind != product_node || n.value >= 0) return false;
        if (n.value == -1 && n.count == 1 && in.child(n, 0).weight == 1)
            return in.child(n, 0).node == b;
        const node& m = in.at(b);
        if (m.kind != product_node || m.value != -n.value || m.count != n.count) return false;
        for (int k = 0; k < n.count; ++k) {
            if (in.child(n, k).node != in.child(m, k).node ||
                in.child(n, k).weight != in.child(m, k).weight)
                return false;
        }
        return true;
    }
    [[nodiscard]] constexpr bool is_sech_square(const operand& f) const {
        const double half = f.weight / 2;
        return in.at(f.node).kind == kind_of<op::sech_primitive> && half >= 1 &&
            half == elementary::floor(half) && !is_known(f.node);
    }

    /// Notes the arguments of slopes, before anything is emitted.
    constexpr void find_slopes(int i) {
        const node& n = in.at(i);
        auto note = [&](int f) {
            has_slope[static_cast<std::size_t>(in.child(in.at(f), 0).node)] = 1;
        };
        if (n.kind == kind_of<op::sech_square_product_primitive>) note(i);
        if (n.kind != product_node) return;
        const factor_pair pair = sigmoid_pair(n);
        if (pair.first >= 0)
            note(in.child(n, pair.first).node), note(in.child(n, pair.second).node);
        for (int k = 0; k < n.count; ++k) {
            if (is_sech_square(in.child(n, k))) note(in.child(n, k).node);
        }
    }

    /// A step and, where its rounding would cost e^u its digits, the step that has what was lost.
    struct carried {
        int hi = -1;
        int lo = -1;
    };
    constexpr carried multiply(const carried& a, const carried& b) {
        if (a.hi < 0) return b;
        carried p{step<op::multiply_primitive>(a.hi, b.hi)};
        p.lo = step<op::product_error_primitive>(a.hi, b.hi, p.hi);
        if (b.lo >= 0) p.lo = step<op::multiply_add_primitive>(a.hi, b.lo, p.lo);
        if (a.lo >= 0) p.lo = step<op::multiply_add_primitive>(a.lo, b.hi, p.lo);
        return p;
    }
    constexpr carried add(const carried& a, const carried& b) {
        if (a.hi < 0) return b;
        carried s{step<op::add_primitive>(a.hi, b.hi)};
        s.lo = step<op::sum_error_primitive>(a.hi, b.hi, s.hi);
        if (a.lo >= 0) s.lo = step<op::add_primitive>(s.lo, a.lo);
        if (b.lo >= 0) s.lo = step<op::add_primitive>(s.lo, b.lo);
        return s;
    }
    constexpr carried scaled(const carried& a, double factor) {
        if (factor == 1) return a;
        auto times_factor = [&](int s) {
            if (s < 0) return s;
            return factor == -1 ? step<op::negate_primitive>(s)
                                : step<op::multiply_primitive>(number(factor), s);
        };
        double size = factor < 0 ? -factor : factor;
        while (size > 1 && size < 1e9) size /= 2;
        while (size < 1 && size > 1e-9) size *= 2;
        if (size == 1) return {times_factor(a.hi), times_factor(a.lo)};
        return multiply({number(factor)}, a);
    }
    constexpr carried carry_number(const program_constant& c) {
        carried result{number(c)};
        const bool is_exact =
            c.for_float == static_cast<long double>(elementary::narrow<float>(c.for_float)) &&
            c.for_double == static_cast<long double>(elementary::narrow<double>(c.for_double));
        program_constant rest = c;
        rest.wanted = program_constant::part::rest;
        if (!is_exact) result.lo = number(rest);
        return result;
    }

    /// Whether a node is a short polynomial of symbols, so that its parts are worth carrying.
    [[nodiscard]] constexpr bool is_short_polynomial(int i, int depth = 0) const {
        const node& n = in.at(i);
        if (is_known(i) || n.kind == symbol_node) return true;
        if ((n.kind != product_node && n.kind != sum_node) || n.count > 4 || depth > 3)
            return false;
        for (int k = 0; k < n.count; ++k) {
            const operand c = in.child(n, k);
            if (n.kind == product_node && !is_small_power(c.weight)) return false;
            if (!is_short_polynomial(c.node, depth + 1)) return false;
        }
        return true;
    }
    static constexpr bool is_small_power(double w) { return w == 1 || w == 2 || w == 3; }

    /// a·s + b·s³ with numbers a and b of one sign and a symbol s.
    struct odd_cubic {
        int symbol = -1;
        coefficient linear;
        coefficient cubic;
    };
    [[nodiscard]] constexpr odd_cubic find_odd_cubic(int i) const {
        const node& n = in.at(i);
        if (n.kind != sum_node || n.count != 2 || n.value != 0 || is_known(i)) return {};
        odd_cubic found;
        bool has_linear = false;
        bool has_cubic = false;
        for (int k = 0; k < 2; ++k) {
            const operand term = in.child(n, k);
            coefficient c{term.weight};
            operand power{term.node, 1};
            const node& product = in.at(term.node);
            if (is_known(term.node)) return {};
            if (product.kind == product_node) {
                multiply_into(c, user_constant(product.value));
                int unknown = 0;
                for (int j = 0; j < product.count; ++j) {
                    const operand f = in.child(product, j);
                    if (is_known(f.node)) multiply_into(c, raised_to(number_of(f.node), f.weight));
                    else power = f, ++unknown;
                }
                if (unknown != 1) return {};
            }
            if (in.at(power.node).kind != symbol_node ||
                (found.symbol >= 0 && power.node != found.symbol))
                return {};
            found.symbol = power.node;
            if (power.weight == 1) found.linear = c, has_linear = true;
            if (power.weight == 3) found.cubic = c, has_cubic = true;
        }
        const bool one_sign =
            (found.linear.plain * (found.linear.has_rest ? found.linear.rest.for_float : 1) > 0) ==
            (found.cubic.plain * (found.cubic.has_rest ? found.cubic.rest.for_float : 1) > 0);
        return has_linear && has_cubic && one_sign ? found : odd_cubic{};
    }
    static constexpr program_constant whole(const coefficient& c) {
        return !c.has_rest ? user_constant(c.plain)
            : c.plain == 1 ? c.rest
                           : times(c.rest, user_constant(c.plain));
    }
    /// scale·(a·s + b·s³) as s·(scale·a + scale·b·s²): the sum does not cancel, which makes its error cheap.
    constexpr carried carry_odd_cubic(const odd_cubic& n, const coefficient& scale) {
        auto scaled_number = [&](const coefficient& c) {
            return scale.has_rest || scale.plain != 1 ? times(whole(c), whole(scale)) : whole(c);
        };
        const program_constant a = scaled_number(n.linear);
        const program_constant b = scaled_number(n.cubic);
        program_constant short_a = a;
        short_a.wanted = program_constant::part::leading;
        program_constant rest_of_b = b;
        rest_of_b.wanted = program_constant::part::rest;
        program_constant rest_of_a = a;
        rest_of_a.wanted = program_constant::part::rest_of_leading;
        const int s = emit(n.symbol);
        const int square = step<op::multiply_primitive>(s, s);
        const int square_error = step<op::product_error_primitive>(s, s, square);
        const int sum = step<op::multiply_add_primitive>(number(b), square, number(short_a));
        const int sum_error =
            step<op::multiply_add_error_primitive>(number(b), square, number(short_a), sum);
        const int rest = step<op::multiply_add_primitive>(
            number(b), square_error,
            step<op::multiply_add_primitive>(number(rest_of_b), square, number(rest_of_a)));
        const int hi = step<op::multiply_primitive>(s, sum);
        const int error = step<op::product_error_primitive>(s, sum, hi);
        return {
            hi,
            step<op::multiply_add_primitive>(s, step<op::add_primitive>(sum_error, rest), error)};
    }

    constexpr carried carry(int i) {
        const odd_cubic cubic = find_odd_cubic(i);
        if (cubic.symbol >= 0) return carry_odd_cubic(cubic, {});
        const node& n = in.at(i);
        if (is_known(i)) return carry_number(number_of(i));
        if (n.kind == product_node) return carry_product(n, n.value);
        if (n.kind == sum_node && n.count <= 4) return carry_sum(n);
        return {emit(i)};
    }
    constexpr carried carry_part(int i) {
        return is_short_polynomial(i) ? carry(i) : carried{emit(i)};
    }
    constexpr carried carry_product(const node& n, double value) {
        for (int k = 0; k < n.count; ++k) {
            if (!is_known(in.child(n, k).node) && !is_small_power(in.child(n, k).weight))
                return {emit_product(n, {value})};
        }
        if (n.count > 4) return {emit_product(n, {value})};
        carried p;
        coefficient known_part{value};
        operand last_unknown{};
        int unknown = 0;
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            if (is_known(f.node)) {
                multiply_into(known_part, raised_to(number_of(f.node), f.weight));
                continue;
            }
            ++unknown;
            last_unknown = f;
        }
        if (unknown == 1 && last_unknown.weight == 1) {
            const odd_cubic cubic = find_odd_cubic(last_unknown.node);
            if (cubic.symbol >= 0) return carry_odd_cubic(cubic, known_part);
        }
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            if (is_known(f.node)) continue;
            const carried part = carry_part(f.node);
            for (int times_left = static_cast<int>(f.weight); times_left > 0; --times_left)
                p = multiply(p, part);
        }
        if (!known_part.has_rest) return p.hi < 0 ? carried{number(value)} : scaled(p, value);
        const carried c = carry_number(value == 1 ? known_part.rest
                                                  : times(known_part.rest, user_constant(value)));
        return p.hi < 0 ? c : multiply(c, p);
    }
    constexpr carried carry_sum(const node& n) {
        carried total;
        if (n.value != 0) total.hi = number(n.value);
        for (int k = 0; k < n.count; ++k) {
            const operand term = in.child(n, k);
            if (is_known(term.node)) {
                const program_constant& c = number_of(term.node);
                total =
                    add(total,
                        carry_number(term.weight == 1 ? c : times(c, user_constant(term.weight))));
            } else {
                total = add(total, scaled(carry_part(term.node), term.weight));
            }
        }
        return total;
    }

    /// The argument of a sigmoid without its sign, and e^-|u| of it.
    struct exponential {
        int u;
        int e;
        bool is_opposite;
    };
    constexpr exponential exponential_of(int argument, double factor = 1) {
        const node& n = in.at(argument);
        const bool is_opposite = n.kind == product_node && n.value < 0;
        const carried u =
            scaled(is_opposite ? carry_product(n, -n.value) : carry(argument), factor);
        const int e = u.lo < 0 ? step<op::exp_minus_absolute_primitive>(u.hi)
                               : step<op::exp_minus_absolute_pair_primitive>(u.hi, u.lo);
        return {u.hi, e, is_opposite};
    }
    template<template<op::side> class Operation, class... A>
    constexpr int sided(bool is_opposite, A... arguments) {
        return is_opposite ? step<Operation<op::side::opposite>>(arguments...)
                           : step<Operation<op::side::same>>(arguments...);
    }
    constexpr int sigmoid_slope(int argument) {
        return step<op::sigmoid_slope_primitive>(exponential_of(argument).e);
    }
    [[nodiscard]] constexpr bool is_softplus(int i) const {
        if (in.at(i).kind != kind_of<op::softplus_primitive> || is_known(i)) return false;
        const node& argument = in.at(in.child(in.at(i), 0).node);
        return argument.kind != product_node || argument.value > 0;
    }
    constexpr int sech_square(int argument) {
        if (is_softplus(argument)) {
            const exponential x = exponential_of(in.child(in.at(argument), 0).node);
            return step<op::sech_square_softplus_primitive>(
                x.u, x.e, step<op::tanh_softplus_scale_primitive>(x.u, x.e));
        }
        const int e = exponential_of(argument, 2).e;
        return step<op::multiply_primitive>(e, step<op::tanh_scale_primitive>(e));
    }

    /// A call that goes through a shared exponential or takes its argument as hi + lo; −1 for others.
    constexpr int emit_shared(const node& n) {
        const int kind = n.kind;
        if (kind == kind_of<op::sigmoid_primitive>) {
            const int argument = in.child(n, 0).node;
            const exponential x = exponential_of(argument);
            if (has_slope[static_cast<std::size_t>(argument)] == 0) {
                return sided<op::sigmoid_shared_primitive>(x.is_opposite, x.u, x.e);
            }
            return sided<op::sigmoid_from_slope_primitive>(x.is_opposite, x.u, x.e,
                                                           step<op::sigmoid_slope_primitive>(x.e));
        }
        if (kind == kind_of<op::softplus_primitive> || kind == kind_of<op::log_sigmoid_primitive>) {
            const exponential x = exponential_of(in.child(n, 0).node);
            const bool is_log = kind == kind_of<op::log_sigmoid_primitive>;
            const int result =
                sided<op::softplus_shared_primitive>(x.is_opposite != is_log, x.u, x.e);
            return is_log ? step<op::negate_primitive>(result) : result;
        }
        if (kind == kind_of<op::tanh_primitive>) {
            const int argument = in.child(n, 0).node;
            if (is_softplus(argument)) {
                const exponential x = exponential_of(in.child(in.at(argument), 0).node);
                return step<op::tanh_softplus_primitive>(
                    x.u, x.e, step<op::tanh_softplus_scale_primitive>(x.u, x.e));
            }
            if (has_slope[static_cast<std::size_t>(argument)] == 0) return -1;
            const exponential x = exponential_of(argument, 2);
            const int m = step<op::expm1_minus_absolute_primitive>(x.u);
            const int result =
                step<op::tanh_shared_primitive>(x.u, x.e, m, step<op::tanh_scale_primitive>(x.e));
            return x.is_opposite ? step<op::negate_primitive>(result) : result;
        }
        if (kind == kind_of<op::sech_square_product_primitive>) {
            const int argument = in.child(n, 0).node;
            return step<op::vanishing_product_primitive>(emit(argument), sech_square(argument));
        }
        if (kind == kind_of<op::exp_primitive>) {
            const carried u = carry(in.child(n, 0).node);
            return u.lo < 0 ? step<op::exp_primitive>(u.hi)
                            : step<op::exp_pair_primitive>(u.hi, u.lo);
        }
        return -1;
    }

    /// s^1.5 of a sum s = hi + lo is √hi·(hi + 1.5 lo).
    [[nodiscard]] constexpr bool is_carried_power(const operand& f) const {
        return magnitude(f.weight) == 1.5 && in.at(f.node).kind == sum_node &&
            is_short_polynomial(f.node);
    }
    constexpr int emit_three_halves(int i) {
        const carried s = carry(i);
        if (s.lo < 0) return emit_power(s.hi, 1.5);
        const int corrected = step<op::multiply_add_primitive>(number(1.5), s.lo, s.hi);
        return step<op::multiply_primitive>(step<op::sqrt_primitive>(s.hi), corrected);
    }

    constexpr int emit_power(int base, double exponent) {
        if (exponent == 1) return base;
        const double whole = elementary::floor(exponent);
        if ((exponent == whole || exponent == whole + 0.5) && exponent <= 64) {
            int result = exponent == whole ? -1 : step<op::sqrt_primitive>(base);
            int square = base;
            for (int bits = static_cast<int>(whole); bits > 0; bits /= 2) {
                if (bits % 2 == 1)
                    result = result < 0 ? square : step<op::multiply_primitive>(result, square);
                if (bits > 1) square = step<op::multiply_primitive>(square, square);
            }
            return result;
        }
        return step<op::pow_primitive>(base, number(exponent));
    }

    /// Short programs run in the order they were written down. In long ones, each step runs as soon as it
    /// can: in the derivative of a chain that keeps a few registers alive instead of two for each level.
    [[nodiscard]] constexpr growing_list<int> step_order() const {
        const auto count = static_cast<std::size_t>(binary.size());
        growing_list<int> order(count, 0);
        if (binary.size() <= 256) {
            for (std::size_t i = 0; i < count; ++i) order[i] = static_cast<int>(i);
            return order;
        }
        growing_list<int> level(count, 0);
        growing_list<int> first_of_level(count + 2, 0);
        for (int i = 0; i < binary.size(); ++i) {
            const node& n = binary.at(i);
            int& mine = level[static_cast<std::size_t>(i)];
            for (int k = 0; k < n.count; ++k) {
                const int below = level[static_cast<std::size_t>(binary.child(n, k).node)];
                if (below >= mine) mine = below + 1;
            }
            ++first_of_level[static_cast<std::size_t>(mine) + 1];
        }
        for (std::size_t l = 1; l < first_of_level.size(); ++l)
            first_of_level[l] += first_of_level[l - 1];
        for (std::size_t i = 0; i < count; ++i) {
            order[static_cast<std::size_t>(first_of_level[static_cast<std::size_t>(level[i])]++)] =
                static_cast<int>(i);
        }
        return order;
    }

    /// Registers by liveness: a register is free again after the last step that reads it.
    constexpr schedule allocate(const growing_list<int>& outputs) const {
        const auto count = static_cast<std::size_t>(binary.size());
        const growing_list<int> order = step_order();
        growing_list<int> last_use(count, -1);
        growing_list<char> is_live(count, 0);
        for (int root : outputs) is_live[static_cast<std::size_t>(root)] = 1;
        for (int i = binary.size() - 1; i >= 0; --i) {
            const node& n = binary.at(i);
            for (int k = 0; k < n.count && is_live[static_cast<std::size_t>(i)] != 0; ++k) {
                is_live[static_cast<std::size_t>(binary.child(n, k).node)] = 1;
            }
        }
        for (int i : order) {
            const node& n = binary.at(i);
            if (is_live[static_cast<std::size_t>(i)] == 0) continue;
            for (int k = 0; k < n.count; ++k)
                last_use[static_cast<std::size_t>(binary.child(n, k).node)] = i;
        }
        for (int root : outputs) last_use[static_cast<std::size_t>(root)] = binary.size();

        schedule result;
        result.constants = constants;
        result.registers = input_count;
        growing_list<short> place(count, 0);
        growing_list<short> free;
        for (int position = 0; position < binary.size(); ++position) {
            const int i = order[static_cast<std::size_t>(position)];
            const node& n = binary.at(i);
            short& mine = place[static_cast<std::size_t>(i)];
            if (n.kind == constant_node) mine = static_cast<short>(-1 - static_cast<int>(n.value));
            if (n.kind == symbol_node) mine = static_cast<short>(n.value);
            if (n.kind < first_call || last_use[static_cast<std::size_t>(i)] < 0) continue;
            program_step step{};
            step.operation = static_cast<short>(n.kind - first_call);
            for (int k = 0; k < n.count; ++k) {
                const auto c = static_cast<std::size_t>(binary.child(n, k).node);
                step.arguments[k] = place[c];
                // An argument may appear twice; it is freed once. Inputs stay: another step may start with them.
                if (last_use[c] == i && place[c] >= 0 &&
                    binary.at(static_cast<int>(c)).kind >= first_call) {
                    free.push_back(place[c]);
                    last_use[c] = -2;
                }
            }
            if (free.empty()) {
                mine = static_cast<short>(result.registers++);
            } else {
                mine = free.back();
                free.pop_back();
            }
            step.target = mine;
            result.steps.push_back(step);
        }
        for (int root : outputs) result.outputs.push_back(place[static_cast<std::size_t>(root)]);
        return result;
    }
};

}  // namespace chainrule::detail
