// SPDX-License-Identifier: BSL-1.0
/// Steps that share e = e^-|u|: internal, programs are written with them. sigmoid, softplus, tanh and
/// their slopes at the same u then cost one exponential, a function with its slope one division. An
/// argument may be an unevaluated sum hi + lo, so that e does not lose the digits of a rounded product.
/// Their names are no names in formulas.
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {

/// The sign of the argument at which a function of e = e^-|u| is wanted: u or −u.
enum class side { same, opposite };

/// e^-|u|
struct exp_minus_absolute_primitive {
    static constexpr std::string_view name = "#exp_minus_absolute";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::exp_minus_absolute;
        return exp_minus_absolute(u);
    }
};

/// e^-|u + lo|
struct exp_minus_absolute_pair_primitive {
    static constexpr std::string_view name = "#exp_minus_absolute_pair";
    static constexpr int arity = 2;
    template<class V>
    static constexpr V value(V u, V lo) {
        using detail::elementary::exp_minus_absolute;
        return exp_minus_absolute(u, lo);
    }
};

/// e^-|u| − 1
struct expm1_minus_absolute_primitive {
    static constexpr std::string_view name = "#expm1_minus_absolute";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::expm1_minus_absolute;
        return expm1_minus_absolute(u);
    }
};

/// e^(u + lo)
struct exp_pair_primitive {
    static constexpr std::string_view name = "#exp_pair";
    static constexpr int arity = 2;
    template<class V>
    static constexpr V value(V u, V lo) {
        using detail::elementary::exp_pair;
        return exp_pair(u, lo);
    }
};

/// What the rounding of p = u·v lost
struct product_error_primitive {
    static constexpr std::string_view name = "#product_error";
    static constexpr int arity = 3;
    static constexpr bool is_arithmetic = true;
    template<class V>
    static constexpr V value(V u, V v, V p) {
        using detail::elementary::product_error;
        return product_error(u, v, p);
    }
};

/// What the rounding of s = u·v + w lost, where s − w is exact
struct multiply_add_error_primitive {
    static constexpr std::string_view name = "#multiply_add_error";
    static constexpr int arity = 4;
    static constexpr bool is_arithmetic = true;
    template<class V>
    static constexpr V value(V u, V v, V w, V s) {
        using detail::elementary::multiply_add_error;
        return multiply_add_error(u, v, w, s);
    }
};

/// What the rounding of s = u + v lost
struct sum_error_primitive {
    static constexpr std::string_view name = "#sum_error";
    static constexpr int arity = 3;
    static constexpr bool is_arithmetic = true;
    template<class V>
    static constexpr V value(V u, V v, V s) {
        using detail::elementary::sum_error;
        return sum_error(u, v, s);
    }
};

/// σ(±u) from e = e^-|u|
template<side Side>
struct sigmoid_shared_primitive {
    static constexpr std::string_view name =
        Side == side::same ? "#sigmoid_shared" : "#sigmoid_shared_opposite";
    static constexpr int arity = 2;
    template<class V>
    static constexpr V value(V u, V e) {
        using detail::elementary::sigmoid_shared;
        return sigmoid_shared<Side == side::opposite>(u, e);
    }
};

/// σ(u)·σ(−u) from e = e^-|u|
struct sigmoid_slope_primitive {
    static constexpr std::string_view name = "#sigmoid_slope";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V e) {
        using detail::elementary::sigmoid_slope;
        return sigmoid_slope(e);
    }
};

/// σ(±u) from e = e^-|u| and the slope s = σ(u)·σ(−u)
template<side Side>
struct sigmoid_from_slope_primitive {
    static constexpr std::string_view name =
        Side == side::same ? "#sigmoid_from_slope" : "#sigmoid_from_slope_opposite";
    static constexpr int arity = 3;
    template<class V>
    static constexpr V value(V u, V e, V s) {
        using detail::elementary::sigmoid_from_slope;
        return sigmoid_from_slope<Side == side::opposite>(u, e, s);
    }
};

/// softplus(±u) from e = e^-|u|
template<side Side>
struct softplus_shared_primitive {
    static constexpr std::string_view name =
        Side == side::same ? "#softplus_shared" : "#softplus_shared_opposite";
    static constexpr int arity = 2;
    template<class V>
    static constexpr V value(V u, V e) {
        using detail::elementary::softplus_shared;
        return softplus_shared<Side == side::opposite>(u, e);
    }
};

/// 4 / (1 + e)^2, which times e = e^-|u| is sech²(u/2)
struct tanh_scale_primitive {
    static constexpr std::string_view name = "#tanh_scale";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V e) {
        using detail::elementary::tanh_scale;
        return tanh_scale(e);
    }
};

/// tanh(u/2) from e = e^-|u|, m = e − 1 and r = 4 / (1 + e)^2
struct tanh_shared_primitive {
    static constexpr std::string_view name = "#tanh_shared";
    static constexpr int arity = 4;
    template<class V>
    static constexpr V value(V u, V e, V m, V r) {
        using detail::elementary::tanh_shared;
        return tanh_shared(u, e, m, r);
    }
};

/// u·s for s ≥ 0 that vanishes faster than u grows: 0 where s is 0, also for an infinite u
struct vanishing_product_primitive {
    static constexpr std::string_view name = "#vanishing_product";
    static constexpr int arity = 2;
    static constexpr bool is_arithmetic = true;
    template<class V>
    static constexpr V value(V u, V s) {
        using detail::elementary::multiply, detail::elementary::select_ordered;
        return select_ordered<true>(s, V(0), s, multiply(u, s));
    }
};

/// What tanh(softplus(u)) and its slope divide by, the reciprocal of: 1 + e + e²/2 for u < 0, else 1 + 2e + 2e²
struct tanh_softplus_scale_primitive {
    static constexpr std::string_view name = "#tanh_softplus_scale";
    static constexpr int arity = 2;
    template<class V>
    static constexpr V value(V u, V e) {
        using detail::elementary::tanh_softplus_scale;
        return tanh_softplus_scale(u, e);
    }
};

/// tanh(softplus(u)) from e = e^-|u| and its scale
struct tanh_softplus_primitive {
    static constexpr std::string_view name = "#tanh_softplus";
    static constexpr int arity = 3;
    template<class V>
    static constexpr V value(V u, V e, V r) {
        using detail::elementary::tanh_softplus;
        return tanh_softplus(u, e, r);
    }
};

/// tanh(softplus(u)) + w·σ(u)·sech(softplus(u))^2 from e = e^-|u| and its scale
struct tanh_softplus_slope_primitive {
    static constexpr std::string_view name = "#tanh_softplus_slope";
    static constexpr int arity = 4;
    template<class V>
    static constexpr V value(V u, V e, V r, V w) {
        using detail::elementary::tanh_softplus_slope;
        return tanh_softplus_slope(u, e, r, w);
    }
};

/// sech(softplus(u))^2 from e = e^-|u| and its scale
struct sech_square_softplus_primitive {
    static constexpr std::string_view name = "#sech_square_softplus";
    static constexpr int arity = 3;
    template<class V>
    static constexpr V value(V u, V e, V r) {
        using detail::elementary::sech_square_softplus;
        return sech_square_softplus(u, e, r);
    }
};

}  // namespace op

CHAINRULE_REGISTER_PRIMITIVE(op::exp_minus_absolute_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::exp_minus_absolute_pair_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::expm1_minus_absolute_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::exp_pair_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::product_error_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::multiply_add_error_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::sum_error_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::sigmoid_shared_primitive<op::side::same>);
CHAINRULE_REGISTER_PRIMITIVE(op::sigmoid_shared_primitive<op::side::opposite>);
CHAINRULE_REGISTER_PRIMITIVE(op::sigmoid_slope_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::sigmoid_from_slope_primitive<op::side::same>);
CHAINRULE_REGISTER_PRIMITIVE(op::sigmoid_from_slope_primitive<op::side::opposite>);
CHAINRULE_REGISTER_PRIMITIVE(op::softplus_shared_primitive<op::side::same>);
CHAINRULE_REGISTER_PRIMITIVE(op::softplus_shared_primitive<op::side::opposite>);
CHAINRULE_REGISTER_PRIMITIVE(op::tanh_scale_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::tanh_shared_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::vanishing_product_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::tanh_softplus_scale_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::tanh_softplus_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::tanh_softplus_slope_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::sech_square_softplus_primitive);

}  // namespace chainrule
