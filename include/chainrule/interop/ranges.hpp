// SPDX-License-Identifier: BSL-1.0
/// The door to range-v3: formulas as lazy views, and grids of points. Opt-in, because range-v3 is slow
/// to parse.
///
///     for (double v : linspace(-5, 5, 101) | views::evaluate(my_swish, beta = 1.5)) { ... }
#pragma once

#include <chainrule/kernel/argument_error.hpp>
#include <chainrule/program/evaluate.hpp>

#include <range/v3/range/concepts.hpp>
#include <range/v3/range/traits.hpp>
#include <range/v3/view/iota.hpp>
#include <range/v3/view/transform.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace chainrule {

namespace detail {

/// f with everything but x fixed, as a function of one number. The fixed values are kept in the widest
/// type and rounded to the element type when they are used.
template<class E>
class function_of_x {
public:
    template<class Map>
    explicit function_of_x(const Map& bindings) {
        [&]<std::size_t... I>(std::index_sequence<I...>) { (keep<I>(bindings), ...); }
        (std::make_index_sequence<symbols_of<E>::count>{});
    }

    template<class T>
    T operator()(const T& at) const {
        static_assert(
            std::floating_point<T>,
            "chainrule: views::evaluate works on ranges of float or double; convert the "
            "elements first, as in "
            "range | views::transform([](int i) { return double(i); }) | views::evaluate(f)");
        if constexpr (std::floating_point<T>) {
            T inputs[symbols_of<E>::count + 1]{};
            for (std::size_t i = 0; i < symbols_of<E>::count; ++i) {
                inputs[i] = i == x_place ? at : elementary::narrow<T>(values[i]);
            }
            return run_scalar<plan<E, true, kink_rule::usual>, T>(inputs)[0];
        } else {
            return T();
        }
    }

private:
    static constexpr auto x_place = static_cast<std::size_t>(symbols_of<E>::find("x"));
    std::array<long double, symbols_of<E>::count + 1> values{};

    template<std::size_t I, class Map>
    void keep(const Map& bindings) {
        if constexpr (I != x_place) values[I] = symbol_value<E, I, long double>(bindings);
    }
};

template<class B>
constexpr void require_number_for_view() {
    static_assert(B::name.view() != "x" || expression_binding<B>,
                  "chainrule: views::evaluate takes x from the range; leave its value out");
    static_assert(
        number_binding<B> || expression_binding<B>,
        "chainrule: views::evaluate takes numbers by name, as in views::evaluate(f, beta = 1.5); "
        "for several arrays use forward(f, out, x = a, gate = b)");
}

template<class T>
constexpr bool is_infinite_or_nan(T v) {
    return v - v != 0;
}

/// Element i of n points from `first` to `last`, evenly spaced.
template<class T>
struct even_grid {
    T first;
    T last;
    std::ptrdiff_t size;

    T operator()(std::ptrdiff_t i) const {
        if (i == 0) return first;
        if (i == size - 1) return last;
        const auto steps = static_cast<long double>(size - 1);
        const auto left = static_cast<long double>(size - 1 - i);
        // Symmetric in both ends, so that a grid over [-a, a] is symmetric and meets 0 exactly.
        const long double sum = static_cast<long double>(first) * (left / steps) +
            static_cast<long double>(last) * (static_cast<long double>(i) / steps);
        return static_cast<T>(sum);
    }
};

/// Element i of n points from `first` to `last`, evenly spaced in their logarithm.
template<class T>
struct geometric_grid {
    T first;
    T last;
    std::ptrdiff_t size;

    T operator()(std::ptrdiff_t i) const {
        if (i == 0) return first;
        if (i == size - 1) return last;
        const long double sign = first < 0 ? -1 : 1;
        const long double from = elementary::log(sign * static_cast<long double>(first));
        const long double to = elementary::log(sign * static_cast<long double>(last));
        const even_grid<long double> exponent{from, to, size};
        return static_cast<T>(sign * elementary::exp(exponent(i)));
    }
};

inline void require_size(std::string_view function, std::ptrdiff_t n) {
    if (n < 0) {
        throw argument_error("chainrule: " + std::string(function) +
                             " needs a number of points that is not negative, not " +
                             std::to_string(n));
    }
}

template<class A, class B>
using grid_value = std::common_type_t<floating<A>, floating<B>>;

}  // namespace detail

/// n evenly spaced points from a to b, both included exactly: a sized random-access view. One point is
/// a; none is an empty view; throws argument_error for n < 0. Integers count as double. The points in
/// between are rounded once, and points at equal distance from the middle of [-a, a] are exact opposites.
template<detail::plain_number A, detail::plain_number B>
auto linspace(A a, B b, std::ptrdiff_t n) {
    using T = detail::grid_value<A, B>;
    detail::require_size("linspace", n);
    return ::ranges::views::iota(std::ptrdiff_t{0}, n) |
        ::ranges::views::transform(detail::even_grid<T>{static_cast<T>(a), static_cast<T>(b), n});
}

/// n points from a to b, both included exactly, each the same multiple of the one before (numpy's name:
/// logspace takes exponents there). Throws argument_error for n < 0 and unless a and b are finite, not
/// zero and of one sign.
template<detail::plain_number A, detail::plain_number B>
auto geomspace(A a, B b, std::ptrdiff_t n) {
    using T = detail::grid_value<A, B>;
    detail::require_size("geomspace", n);
    const T first = static_cast<T>(a);
    const T last = static_cast<T>(b);
    if (!((first > 0 && last > 0) || (first < 0 && last < 0)) ||
        detail::is_infinite_or_nan(first) || detail::is_infinite_or_nan(last)) {
        throw argument_error("chainrule: geomspace needs two finite end points of the same sign, "
                             "neither of them zero");
    }
    return ::ranges::views::iota(std::ptrdiff_t{0}, n) |
        ::ranges::views::transform(detail::geometric_grid<T>{first, last, n});
}

namespace views {

/// range | views::evaluate(f, beta = 1.5): the values of f at the elements of any range of float or
/// double, computed when they are asked for, each in its element's type and with the bits of
/// evaluate(f, x = element, beta = 1.5). Numbers by name, formulas by name (beta = 2_c), defaults as
/// everywhere. Keeps the kind of the range: input, forward, random access, infinite.
template<expression F, detail::named_binding... B>
auto evaluate(F, B... bindings) {
    using E = typename detail::substituted<F, B...>::type;
    detail::require_valid<E>();
    (detail::require_number_for_view<B>(), ...);
    (detail::require_symbol<F, B::name>(), ...);
    return ::ranges::views::transform(detail::function_of_x<E>(detail::make_bindings(bindings...)));
}

/// views::evaluate(range, f, beta = 1.5): the same, without the pipe.
template<::ranges::viewable_range R, expression F, detail::named_binding... B>
auto evaluate(R&& range, F f, B... bindings) {
    return static_cast<R&&>(range) | views::evaluate(f, bindings...);
}

}  // namespace views
}  // namespace chainrule
