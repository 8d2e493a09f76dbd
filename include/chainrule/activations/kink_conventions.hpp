// SPDX-License-Identifier: BSL-1.0
/// The slopes that PyTorch, JAX and oneDNN give at the kinks of the catalogue, and the policies
/// kink::jax and kink::onednn made from them. PyTorch's column needs no policy: the usual rule gives it.
#pragma once

#include <chainrule/activations/catalogue.hpp>
#include <chainrule/expr/compose.hpp>
#include <chainrule/expr/derivative.hpp>

namespace chainrule {

namespace detail {

/// One row of the table. Each column lists one slope per kink of the entry, in the entry's order; an
/// empty column means that the framework does not offer the function or documents no slope.
template<class Formula, class Pytorch, class Jax, class Onednn>
struct kink_convention {
    using formula_type = Formula;
    using pytorch = Pytorch;
    using jax = Jax;
    using onednn = Onednn;
};

template<class Framework, expression... Slope>
struct framework_slopes {
    using list = kink_list<Slope...>;
};
struct pytorch_tag {};
struct jax_tag {};
struct onednn_tag {};

template<expression... S>
constexpr framework_slopes<pytorch_tag, S...> pytorch(S...) {
    return {};
}
template<expression... S>
constexpr framework_slopes<jax_tag, S...> jax(S...) {
    return {};
}
template<expression... S>
constexpr framework_slopes<onednn_tag, S...> onednn(S...) {
    return {};
}

template<expression F, class... P, class... J, class... O>
constexpr auto slopes(F, framework_slopes<pytorch_tag, P...>, framework_slopes<jax_tag, J...>,
                      framework_slopes<onednn_tag, O...>) {
    return kink_convention<F, kink_list<P...>, kink_list<J...>, kink_list<O...>>{};
}

}  // namespace detail

namespace activations {

/// A Hana tuple of rows; entries without a row have no kinks or no known convention. JAX: jax.nn and
/// jax.numpy. oneDNN: eltwise (clip, not clip_v2, whose slopes are 0 at both ends).
inline constexpr auto slopes_at_kinks = [] {
    using detail::jax;
    using detail::onednn;
    using detail::pytorch;
    using detail::slopes;
    constexpr auto zero = constant<0>;
    constexpr auto one = constant<1>;
    constexpr auto half = constant<0.5>;
    constexpr auto quarter = constant<0.25>;
    constexpr parameter<"alpha"> alpha;
    constexpr auto selu_slope = exact_constant<1.0507009873554804934193349852946L> *
        exact_constant<1.6732632423543772848170429916717L>;

    return boost::hana::make_tuple(
        slopes(relu, pytorch(zero), jax(zero), onednn(zero)),
        slopes(leaky_relu, pytorch(alpha), jax(one), onednn(alpha)),
        slopes(prelu, pytorch(alpha), jax(), onednn()),
        slopes(relu6, pytorch(zero, zero), jax(zero, zero), onednn(zero, one)),
        slopes(clip, pytorch(one, one), jax(half, half), onednn(zero, one)),
        slopes(hard_tanh, pytorch(zero, zero), jax(one, one), onednn(zero, one)),
        slopes(hard_sigmoid, pytorch(zero, zero), jax(zero, zero), onednn(zero, zero)),
        slopes(hard_swish, pytorch(zero, one), jax(zero, one), onednn(zero, one)),
        slopes(sparse_sigmoid, pytorch(), jax(quarter, quarter), onednn()),
        slopes(threshold, pytorch(zero), jax(zero), onednn()),
        slopes(thresholded_relu, pytorch(zero), jax(), onednn()),
        slopes(hard_shrink, pytorch(zero, zero), jax(zero, zero), onednn()),
        slopes(soft_shrink, pytorch(zero, zero), jax(zero, zero), onednn()),
        slopes(elu, pytorch(alpha), jax(alpha), onednn(alpha)),
        slopes(selu, pytorch(selu_slope), jax(selu_slope), onednn()),
        slopes(celu, pytorch(one), jax(one), onednn()),
        slopes(softsign, pytorch(one), jax(one), onednn()),
        slopes(sparse_plus, pytorch(), jax(zero, one), onednn()),
        slopes(abs(x), pytorch(zero), jax(one), onednn(zero)));
}();

}  // namespace activations

namespace detail {

/// Tables as overload sets: the row of a formula is found by its type.
template<class Tuple>
struct rows_by_formula;
template<class... Row>
struct rows_by_formula<boost::hana::tuple<Row...>> : Row... {};

using entries_by_formula = rows_by_formula<std::remove_const_t<decltype(activations::all)>>;
using conventions_by_formula =
    rows_by_formula<std::remove_const_t<decltype(activations::slopes_at_kinks)>>;

template<class F, fixed_string Name, class Kinks, fixed_string... Aliases>
Kinks kinks_in(const activation_entry<Name, F, Kinks, Aliases...>&);
template<class F, class P, class J, class O>
kink_convention<F, P, J, O> convention_in(const kink_convention<F, P, J, O>&);

/// The slopes of a framework at the kinks of a formula.
struct jax_convention {
    template<class Row>
    using slopes = typename Row::jax;
};
struct onednn_convention {
    template<class Row>
    using slopes = typename Row::onednn;
};

template<class Convention>
struct framework_policy {
    using convention = Convention;
};

template<class K>
inline constexpr bool is_framework_policy = false;
template<class Convention>
inline constexpr bool is_framework_policy<framework_policy<Convention>> = true;

template<class F>
concept catalogue_formula = requires(const entries_by_formula& all) {
    kinks_in<F>(all);
};
template<class F>
concept has_kink_convention = requires(const conventions_by_formula& all) {
    convention_in<F>(all);
};

/// The derivative everywhere but at the kinks (in ascending order), the listed slopes there.
template<class D>
constexpr auto with_slopes(D derivative, kink_list<>, kink_list<>) {
    return derivative;
}
template<class D, class K, class... Ks, class V, class... Vs>
constexpr auto with_slopes(D derivative, kink_list<K, Ks...>, kink_list<V, Vs...>) {
    const auto rest = with_slopes(derivative, kink_list<Ks...>{}, kink_list<Vs...>{});
    return select(x < K{}, derivative, select(x > K{}, rest, V{}));
}

template<class F>
using kinks_of = decltype(kinks_in<F>(std::declval<const entries_by_formula&>()));

/// The slopes of a framework at the kinks of F; an empty list if they are not known.
template<class F, class Convention>
struct framework_slopes_of {
    using type = kink_list<>;
};
template<has_kink_convention F, class Convention>
struct framework_slopes_of<F, Convention> {
    using row = decltype(convention_in<F>(std::declval<const conventions_by_formula&>()));
    using type = typename Convention::template slopes<row>;
};

template<class Convention>
struct framework_derivative {
    template<class F>
    using slopes_of = typename framework_slopes_of<F, Convention>::type;

    template<class F>
    static constexpr auto of(F f) {
        const auto usual = derivative(f, x);
        static_assert(
            catalogue_formula<F>,
            "chainrule: kink::jax and kink::onednn are known for the entries of the catalogue "
            "only; kink::left, kink::right and kink::mid work on any formula");
        if constexpr (!catalogue_formula<F>) {
            return usual;
        } else if constexpr (std::is_same_v<kinks_of<F>, kink_list<>>) {
            return usual;
        } else {
            constexpr bool is_known = !std::is_same_v<slopes_of<F>, kink_list<>>;
            static_assert(
                is_known,
                "chainrule: this framework does not offer this function, or does not document its "
                "slopes at the kinks; kink::left, kink::right and kink::mid work on any formula");
            if constexpr (is_known) {
                return with_slopes(usual, kinks_of<F>{}, slopes_of<F>{});
            } else {
                return usual;
            }
        }
    }

    /// leaky_relu(alpha = 0.2_c): the table's slopes with the same values.
    template<class F, class... R>
        requires((R::name.view() != "x") && ...)
    static constexpr auto of(substitution<F, R...>) {
        return substitution<decltype(of(F{})), R...>{};
    }
};

}  // namespace detail

namespace kink {
/// The derivatives of catalogue entries as JAX and oneDNN define them at the kinks.
inline constexpr detail::framework_policy<detail::jax_convention> jax{};
inline constexpr detail::framework_policy<detail::onednn_convention> onednn{};
}  // namespace kink

/// derivative(leaky_relu, x, kink::jax): the first derivative of a catalogue entry with respect to x,
/// with the framework's slopes at the kinks.
template<int Order = 1, expression F, class Convention>
constexpr auto derivative(F f, variable<"x">, detail::framework_policy<Convention>) {
    static_assert(Order == 1,
                  "chainrule: kink::jax and kink::onednn define first derivatives only");
    return detail::framework_derivative<Convention>::of(f);
}
template<int Order = 1, expression F, class Convention>
constexpr auto derivative(F f, detail::framework_policy<Convention> policy) {
    return derivative<Order>(f, x, policy);
}

}  // namespace chainrule
