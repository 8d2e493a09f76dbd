// SPDX-License-Identifier: BSL-1.0
/// Checks the kernels of a formula (forward, value_and_derivative, backward) against evaluate(), element
/// by element: every length around the vector width, unaligned arrays, in place, special values.
///
///     check_kernel<float>(my_swish, {.from = -20, .to = 20}, beta = 1.5).passed
///
/// An element is accepted within `allowed_ulps` ULP of the scalar value or
///   next to a simple root       within what two roundings of x do to it (2 ε |x · slope|)
///   where it is subnormal       within the smallest normal number
///   beside a kink that no number of type T hits, where the roundings of T decide which side x is on,
///                               between the values of both sides; at an exact tie only the value there
#pragma once

#include <chainrule/kernel/backward.hpp>
#include <chainrule/verify/gradient_check.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace chainrule {

struct kernel_check_options {
    double from = -20;
    double to = 20;
    int points = 1001;  ///< special values and kinks in the interval are added, and NaN
    double allowed_ulps = 4;
};

/// The outcome, with the worst element found.
struct kernel_check_result {
    bool passed = false;
    std::size_t checked = 0;  ///< elements compared
    std::string formula;
    std::string type;        ///< float or double
    std::string verb;        ///< what was called, and how
    std::size_t length = 0;  ///< of the arrays
    double at = 0;           ///< x
    double actual = 0;
    double expected = 0;
    std::uint64_t ulps = 0;

    explicit operator bool() const { return passed; }
    [[nodiscard]] std::string message() const {
        if (checked == 0) return "nothing could be checked";
        if (passed)
            return std::to_string(checked) + " elements agree; the worst is " +
                std::to_string(ulps) + " ULP off";
        return verb + " over " + std::to_string(length) + " elements of type " + type + " gives " +
            detail::number_text(actual) + " at x = " + detail::number_text(at) +
            " but evaluate gives " + detail::number_text(expected) + ": " + detail::ulp_text(ulps) +
            "\nformula: " + formula;
    }
};

namespace detail {

/// A binding with its number in the element type, as kernels take it.
template<class T, class B>
constexpr auto in_element_type(const B& b) {
    if constexpr (number_binding<B>) {
        return binding<B::name, T>(static_cast<T>(b.value));
    } else {
        return b;
    }
}

template<class E, class T, class... B>
T scalar_value(T at, const B&... bindings) {
    return evaluate_bound<E, T>(make_bindings(binding<"x", T>(at), bindings...));
}

template<class E, class T>
class kernel_check {
public:
    kernel_check(const switching_program& f, const symbol_table& table, kernel_check_options wanted)
        : formula(f), symbols(table), options(wanted) {
        result.type = sizeof(T) == sizeof(float) ? "float" : "double";
        result.formula = short_text<E>();
    }

    template<class... B>
    kernel_check_result run(const std::vector<double>& points, const B&... bindings) {
        for (const double p : points) {
            const T at = elementary::narrow<T>(p);
            if (!inputs.empty() && at == inputs.back() && at != 0) continue;
            inputs.push_back(at);
        }
        for (const T at : inputs) {
            values.push_back(reference<E>(at, bindings...));
            slopes.push_back(
                reference<derivative_expression<E, "x", 1, kink_rule::usual>>(at, bindings...));
        }
        for (std::size_t length = 0; length < 36 && length < inputs.size(); ++length) {
            // Each length sees other elements, so that all of them come to a tail.
            run_length((length * 37) % (inputs.size() - length), length, bindings...);
        }
        run_length(0, inputs.size(), bindings...);
        result.passed = result.passed && result.checked > 0;
        return result;
    }

private:
    struct expectation {
        T value = 0;
        T low = 0;  ///< beside a kink that is not hit: the values of both sides; else the value
        T high = 0;
        double allowed = 0;

        /// The right value nearest to `actual`.
        [[nodiscard]] T expected_for(T actual) const {
            if (low == high || value != value) return value;
            return actual < low ? low : actual > high ? high : actual;
        }
    };
    const switching_program& formula;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    symbol_table symbols;
    kernel_check_options options;
    kernel_check_result result = [] {
        kernel_check_result r;
        r.passed = true;
        return r;
    }();
    double worst = -1;
    std::vector<T> inputs;
    std::vector<expectation> values;
    std::vector<expectation> slopes;

    std::vector<int> signs_at(T at) {
        const std::size_t place = symbols.find("x");
        if (place < symbols.values.size()) symbols.values[place] = static_cast<double>(at);
        std::vector<long double> results(formula.program.outputs());
        formula.program.run(std::vector<long double>(symbols.values.begin(), symbols.values.end()),
                            results.data());
        std::vector<int> signs;
        for (std::size_t i = 1; i < results.size(); ++i) signs.push_back(sign_of(results[i]));
        return signs;
    }

    /// Whether a switch changes within two numbers of `at`, but not exactly there.
    bool is_beside_switch(T at) {
        const std::vector<int> here = signs_at(at);
        const std::vector<int> below = signs_at(next_down(next_down(at)));
        const std::vector<int> above = signs_at(next_up(next_up(at)));
        bool changes = false;
        for (std::size_t i = 0; i < here.size(); ++i) {
            if (below[i] == here[i] && above[i] == here[i]) continue;
            if (here[i] == 0) return false;
            changes = true;
        }
        return changes;
    }

    template<class G, class... B>
    expectation reference(T at, const B&... bindings) {
        auto value_at = [&](T point) { return scalar_value<G, T>(point, bindings...); };
        expectation e;
        e.value = e.low = e.high = value_at(at);
        const auto wide = static_cast<double>(e.value);
        const double above = std::abs(static_cast<double>(value_at(next_up(at))) - wide);
        const double below = std::abs(static_cast<double>(value_at(next_down(at))) - wide);
        // The smaller one: at a kink or a jump the other is the kink.
        const double near_root = 4 * std::min(above, below);
        e.allowed = options.allowed_ulps * static_cast<double>(ulp_of(e.value));
        if (std::isfinite(near_root)) e.allowed = std::max(e.allowed, near_root);
        constexpr T smallest = std::numeric_limits<T>::min();
        if (std::abs(e.value) < smallest)
            e.allowed = std::max(e.allowed, static_cast<double>(smallest));
        if (is_beside_switch(at)) {
            for (const T side :
                 {next_up(next_up(next_up(at))), next_down(next_down(next_down(at)))}) {
                e.low = std::min(e.low, value_at(side));
                e.high = std::max(e.high, value_at(side));
            }
        }
        return e;
    }

    void compare(T actual, T expected, double allowed, T at, std::string_view verb,
                 std::size_t length) {
        ++result.checked;
        const bool same = actual == expected || (actual != actual && expected != expected);
        const double distance =
            same ? 0 : std::abs(static_cast<double>(actual) - static_cast<double>(expected));
        const double badness = same                    ? 0
            : !std::isfinite(distance) || allowed == 0 ? HUGE_VAL
                                                       : distance / allowed;
        if (badness > 1) result.passed = false;
        if (badness <= worst) return;
        worst = badness;
        result.verb = std::string(verb);
        result.length = length;
        result.at = static_cast<double>(at);
        result.actual = static_cast<double>(actual);
        result.expected = static_cast<double>(expected);
        result.ulps = ulp_distance(actual, expected);
    }

    void compare_all(const T* actual, const std::vector<expectation>& expected, std::size_t start,
                     std::size_t length, std::string_view verb) {
        for (std::size_t i = 0; i < length; ++i) {
            const expectation& e = expected[start + i];
            compare(actual[i], e.expected_for(actual[i]), e.allowed, inputs[start + i], verb,
                    length);
        }
    }

    /// An array that starts `offset` elements after an aligned address, with guards around it.
    struct guarded_array {
        std::vector<T> all;
        std::size_t first;
        std::size_t size;
        static constexpr T guard = T(-12345.678);

        guarded_array(std::size_t length, std::size_t offset)
            : all(length + offset + 8, guard), first(offset), size(length) {}
        T* data() { return all.data() + first; }
        [[nodiscard]] const T* data() const { return all.data() + first; }
        [[nodiscard]] bool is_intact() const {
            for (std::size_t i = 0; i < all.size(); ++i) {
                if ((i < first || i >= first + size) && all[i] != guard) return false;
            }
            return true;
        }
    };
    friend std::size_t size(const guarded_array& a) { return a.size; }

    void expect_intact(const guarded_array& array, std::string_view verb) {
        if (array.is_intact() || !result.passed) return;
        result.passed = false;
        worst = HUGE_VAL;
        result.verb = std::string(verb) + " writes beyond its array, which";
        result.length = array.size;
    }

    /// A view of part of an array, as kernels take it.
    struct array_view {
        T* pointer;
        std::size_t count;
        [[nodiscard]] T* data() const { return pointer; }
        [[nodiscard]] std::size_t size() const { return count; }
    };

    template<class... B>
    void run_length(std::size_t start, std::size_t length, const B&... bindings) {
        for (const std::size_t offset : {std::size_t{0}, std::size_t{1}}) {
            guarded_array in(length, offset);
            std::copy_n(inputs.begin() + static_cast<std::ptrdiff_t>(start), length, in.data());
            const array_view in_view{in.data(), length};

            guarded_array out(length, 1 - offset);
            forward(E{}, in_view, array_view{out.data(), length}, bindings...);
            compare_all(out.data(), values, start, length, "forward");
            expect_intact(out, "forward");

            guarded_array slope(length, offset);
            value_and_derivative(E{}, in_view, array_view{out.data(), length},
                                 array_view{slope.data(), length}, bindings...);
            compare_all(out.data(), values, start, length, "value_and_derivative (value)");
            compare_all(slope.data(), slopes, start, length, "value_and_derivative (derivative)");
            expect_intact(slope, "value_and_derivative");

            run_backward(in_view, start, length, offset, bindings...);

            forward(E{}, in_view, in_view, bindings...);
            compare_all(in.data(), values, start, length, "forward in place");
            expect_intact(in, "forward in place");
        }
    }

    template<class... B>
    void run_backward(array_view in, std::size_t start, std::size_t length, std::size_t offset,
                      const B&... bindings) {
        guarded_array upstream(length, offset);
        for (std::size_t i = 0; i < length; ++i)
            upstream.data()[i] = T(1) + static_cast<T>(i % 7) / T(4);
        const array_view upstream_view{upstream.data(), length};
        guarded_array grad(length, offset);
        const auto gradients =
            backward(E{}, in, upstream_view, array_view{grad.data(), length}, bindings...);
        for (std::size_t i = 0; i < length; ++i) {
            const expectation& e = slopes[start + i];
            const T factor = upstream.data()[i];
            const T actual = grad.data()[i];
            // One rounding more than the slope.
            const T expected = factor * e.expected_for(actual / factor);
            const double allowed =
                static_cast<double>(factor) * e.allowed + static_cast<double>(ulp_of(expected));
            compare(actual, expected, allowed, inputs[start + i], "backward", length);
        }
        expect_intact(grad, "backward");
        check_sums(gradients, upstream_view, start, bindings...);
    }

    /// Σ grad_out · ∂f/∂parameter: a sum of n terms of type T errs by the errors of the terms and n roundings.
    template<fixed_string... Names, class... B>
    void check_sums(const gradient_map<Names...>& gradients, [[maybe_unused]] array_view upstream,
                    [[maybe_unused]] std::size_t start, const B&... bindings) {
        (check_sum<Names>(gradients[parameter<Names>{}], upstream, start, bindings...), ...);
    }
    template<fixed_string Name, class... B>
    void check_sum(double actual, array_view upstream, std::size_t start, const B&... bindings) {
        long double sum = 0;
        double allowed = 0;
        for (std::size_t i = 0; i < upstream.count; ++i) {
            const expectation e = reference<derivative_expression<E, Name, 1, kink_rule::usual>>(
                inputs[start + i], bindings...);
            const auto term =
                static_cast<double>(upstream.pointer[i]) * static_cast<double>(e.value);
            if (!std::isfinite(term)) return;  // a sum with inf or NaN says nothing
            sum += static_cast<long double>(term);
            const auto rounding = static_cast<double>(std::numeric_limits<T>::epsilon()) +
                static_cast<double>(upstream.count) * std::numeric_limits<double>::epsilon();
            allowed += static_cast<double>(upstream.pointer[i]) *
                    (e.allowed + static_cast<double>(e.high) - static_cast<double>(e.low)) +
                rounding * std::abs(term);
        }
        ++result.checked;
        const auto expected = static_cast<double>(sum);
        const double distance = std::abs(actual - expected);
        if (distance <= allowed) return;
        result.passed = false;
        worst = HUGE_VAL;
        result.verb = "backward (gradient of " + std::string(Name.view()) + ")";
        result.length = upstream.count;
        result.at = static_cast<double>(inputs[start]);
        result.actual = actual;
        result.expected = expected;
        result.ulps = ulp_distance(actual, expected);
    }
};

}  // namespace detail

/// Compares every kernel of f for elements of type T with evaluate(), at many points of x; parameters are
/// bound by name or have defaults.
template<std::floating_point T, expression F, detail::named_binding... B>
kernel_check_result check_kernel(F, kernel_check_options options = {}, B... bindings) {
    using E = typename detail::substituted<F, B...>::type;
    detail::require_numbers_for_check<B...>();
    (detail::require_symbol<F, B::name>(), ...);
    detail::symbol_table symbols;
    symbols.add<E>(bindings...);
    const auto formula = detail::value_and_switches(detail::graph_of<E>(), symbols);
    gradient_check_options grid;
    grid.from = options.from;
    grid.to = options.to;
    grid.points = options.points;
    std::vector<double> points = detail::check_points(formula, symbols, grid);
    points.push_back(std::numeric_limits<double>::quiet_NaN());
    return [&]<class... Number>(const Number&... numbers) {
        return detail::kernel_check<E, T>(formula, symbols, options).run(points, numbers...);
    }(detail::in_element_type<T>(bindings)...);
}

}  // namespace chainrule
