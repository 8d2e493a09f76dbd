// SPDX-License-Identifier: BSL-1.0
/// accumulate(target): gradients are added to what the target holds.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

namespace chainrule {

namespace detail {

struct accumulating_tag {};

template<class Target>
struct accumulating : accumulating_tag {
    using target_type = Target;
    Target target;

    constexpr explicit accumulating(Target t) : target(static_cast<Target&&>(t)) {}
    // An array of gradients is a range like the one it stands for.
    [[nodiscard]] constexpr auto data() const requires requires(const Target& t) { std::data(t); }
    { return std::data(target); }
    [[nodiscard]] constexpr std::size_t size() const requires requires(const Target& t) {
        std::size(t);
    }
    { return static_cast<std::size_t>(std::size(target)); }
};

template<class T>
concept accumulating_like = std::is_base_of_v<accumulating_tag, std::remove_cvref_t<T>>;

/// What a gradient goes to, without accumulate().
template<class T>
struct plain_target {
    using type = T;
};
template<class T>
struct plain_target<accumulating<T>> {
    using type = T;
};
template<class T>
using plain_target_of = typename plain_target<std::remove_cvref_t<T>>::type;

}  // namespace detail

/// Gradients add to the target instead of replacing what it holds: backward(f, in, grad_out,
/// accumulate(grad_in)), grad(gate) = accumulate(db). The target is a range, a number, or
/// per_channel(range, inner).
template<class Target>
constexpr auto accumulate(Target&& target) {
    static_assert(std::is_lvalue_reference_v<Target> || !std::is_arithmetic_v<Target>,
                  "chainrule: accumulate(target) needs a variable or a range that can be written "
                  "to, not a temporary "
                  "number");
    return detail::accumulating<Target>(static_cast<Target&&>(target));
}

}  // namespace chainrule
