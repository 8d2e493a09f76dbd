// SPDX-License-Identifier: BSL-1.0
/// The parameter gradients that backward() returns: a Boost.Hana map read as g[beta].
#pragma once

#include <chainrule/expr/bindings.hpp>

namespace chainrule {

namespace detail {

/// The gradient of a symbol that the call did not compute.
template<fixed_string Symbol>
struct no_such_gradient {
    static_assert(
        Symbol.view().empty(),
        "chainrule: backward returned no gradient for this symbol; it returns those of parameters "
        "bound to "
        "run-time numbers or left at their default; ask for others with grad(symbol) = range");
};

template<fixed_string... Names>
class gradient_map {
public:
    static constexpr std::size_t size = sizeof...(Names);

    explicit constexpr gradient_map(const std::array<double, sizeof...(Names) + 1>& sums)
        : values(fill(sums, std::make_index_sequence<sizeof...(Names)>{})) {}

    /// Σ over all elements of grad_out · ∂f/∂symbol.
    template<symbol_like S>
    constexpr double operator[](S) const {
        if constexpr (is_bound<S::name, map_type>) {
            return boost::hana::at_key(values, key_of<S::name>);
        } else {
            (void)sizeof(no_such_gradient<S::name>);
            return 0;
        }
    }

private:
    template<std::size_t... I>
    static constexpr auto fill(const std::array<double, sizeof...(Names) + 1>& sums,
                               std::index_sequence<I...>) {
        return boost::hana::make_map(boost::hana::make_pair(key_of<Names>, sums[I])...);
    }
    using map_type = decltype(fill(std::declval<const std::array<double, sizeof...(Names) + 1>&>(),
                                   std::make_index_sequence<sizeof...(Names)>{}));
    map_type values;
};

}  // namespace detail
}  // namespace chainrule
