// SPDX-License-Identifier: BSL-1.0
/// Named symbols: variable<"gate">, parameter<"beta">, and x.
#pragma once

#include <chainrule/expr/binding.hpp>
#include <chainrule/expr/expression.hpp>

namespace chainrule {

namespace detail {

struct symbol_tag {};

/// Names that formula text can spell; pi there is the number.
constexpr bool is_symbol_name(std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && (i == 0 || c < '0' || c > '9')) return false;
    }
    return !name.empty() && name != "pi";
}

/// Base of symbols.
template<fixed_string Name>
struct named_symbol : symbol_tag {
    static_assert(is_symbol_name(Name.view()),
                  "chainrule: the name of a symbol consists of letters, digits and _, does not "
                  "begin with a digit, "
                  "and is not pi");
};

template<class T>
concept symbol_like = std::derived_from<std::remove_cvref_t<T>, symbol_tag>;

struct gradient_request_tag {};

/// `grad(x) = array` asks a backward pass for that gradient.
template<fixed_string Name, class Value>
struct gradient_request : gradient_request_tag {
    static constexpr auto name = Name;
    using value_type = Value;
    Value value;

    constexpr explicit gradient_request(Value v) : value(static_cast<Value&&>(v)) {}
};

template<fixed_string Name>
struct gradient_slot {
    template<class T>
    constexpr auto operator=(T&& target) const {  // NOLINT(misc-unconventional-assign-operator)
        static_assert(
            std::is_lvalue_reference_v<T> || !plain_number<T>,
            "chainrule: grad(symbol) = target needs a variable or a range that can be written to, "
            "not a temporary number");
        return gradient_request<Name, bound_gradient<T>>{static_cast<T&&>(target)};
    }

private:
    // A number is bound by reference too: it receives the sum.
    template<class T>
    using bound_gradient =
        std::conditional_t<std::is_lvalue_reference_v<T>, T, std::remove_cvref_t<T>>;
};

}  // namespace detail

/// A named input of a formula; `variable` and `parameter` of one name are the same symbol.
template<fixed_string Name>
struct variable : detail::formula_interface<variable<Name>>, detail::named_symbol<Name> {
    static constexpr auto name = Name;
    static constexpr extended_real default_value = no_value;
    static constexpr bool is_variable = true;

    /// `x = value` in a call gives the symbol a value. The symbol itself never changes.
    template<class T>
    constexpr auto operator=(T&& value) const {  // NOLINT(misc-unconventional-assign-operator)
        return detail::binding<Name, detail::bound_type<T&&>>{static_cast<T&&>(value)};
    }
};

/// A named parameter, optionally with a default: parameter<"alpha", 0.01>; a default of type long
/// double, as in 1.0L / 6, is kept to that precision. The default belongs to the
/// occurrence and is ignored by ==. Positional backward() returns the gradients of parameters.
template<fixed_string Name, extended_real Default = no_value>
struct parameter : detail::formula_interface<parameter<Name, Default>>, detail::named_symbol<Name> {
    static constexpr auto name = Name;
    static constexpr extended_real default_value = Default;
    static constexpr bool is_variable = false;

    template<class T>
    constexpr auto operator=(T&& value) const {  // NOLINT(misc-unconventional-assign-operator)
        return detail::binding<Name, detail::bound_type<T&&>>{static_cast<T&&>(value)};
    }
};

/// The input of an activation.
inline constexpr variable<"x"> x{};

/// grad(symbol) = target in backward(): asks for the gradient with respect to that symbol.
template<detail::symbol_like S>
constexpr auto grad(S) {
    return detail::gradient_slot<S::name>{};
}

}  // namespace chainrule
