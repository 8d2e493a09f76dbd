// SPDX-License-Identifier: BSL-1.0
/// Every primitive. A new one needs its own header, and here one include line and its name in the list.
#pragma once

#include <chainrule/op/abs.hpp>
#include <chainrule/op/add.hpp>
#include <chainrule/op/asinh.hpp>
#include <chainrule/op/atan.hpp>
#include <chainrule/op/clamp.hpp>
#include <chainrule/op/conjugate_sum.hpp>
#include <chainrule/op/cos.hpp>
#include <chainrule/op/cosh.hpp>
#include <chainrule/op/divide.hpp>
#include <chainrule/op/erf.hpp>
#include <chainrule/op/erfc.hpp>
#include <chainrule/op/exp.hpp>
#include <chainrule/op/expm1.hpp>
#include <chainrule/op/log.hpp>
#include <chainrule/op/log1mexp.hpp>
#include <chainrule/op/log1p.hpp>
#include <chainrule/op/log_sigmoid.hpp>
#include <chainrule/op/max.hpp>
#include <chainrule/op/min.hpp>
#include <chainrule/op/multiply.hpp>
#include <chainrule/op/multiply_add.hpp>
#include <chainrule/op/negate.hpp>
#include <chainrule/op/normal_cdf.hpp>
#include <chainrule/op/normal_pdf.hpp>
#include <chainrule/op/pi.hpp>
#include <chainrule/op/pow.hpp>
#include <chainrule/op/reciprocal.hpp>
#include <chainrule/op/root_sum_square.hpp>
#include <chainrule/op/round.hpp>
#include <chainrule/op/sech.hpp>
#include <chainrule/op/sech_square_product.hpp>
#include <chainrule/op/select.hpp>
#include <chainrule/op/sigmoid.hpp>
#include <chainrule/op/sign.hpp>
#include <chainrule/op/sin.hpp>
#include <chainrule/op/sinh.hpp>
#include <chainrule/op/softplus.hpp>
#include <chainrule/op/sqrt.hpp>
#include <chainrule/op/square.hpp>
#include <chainrule/op/step.hpp>
#include <chainrule/op/subtract.hpp>
#include <chainrule/op/tan.hpp>
#include <chainrule/op/tanh.hpp>
#include <chainrule/op/tanh_residual.hpp>

// Steps of programs only; their names (#...) are no names in formulas. Those of e = e^-|u| let sigmoid,
// softplus, tanh and their slopes at one u share an exponential and a division; the errors carry what a
// rounding lost into the exponential.
#include <chainrule/op/internal/capped_exp.hpp>
#include <chainrule/op/internal/conjugate_slope.hpp>
#include <chainrule/op/internal/exp_beside_expm1.hpp>
#include <chainrule/op/internal/exp_minus_absolute.hpp>
#include <chainrule/op/internal/exp_minus_absolute_pair.hpp>
#include <chainrule/op/internal/exp_pair.hpp>
#include <chainrule/op/internal/expm1_below_zero.hpp>
#include <chainrule/op/internal/expm1_sigmoid_slope.hpp>
#include <chainrule/op/internal/guarded_divide.hpp>
#include <chainrule/op/internal/half_expm1_minus_absolute.hpp>
#include <chainrule/op/internal/inverse_power.hpp>
#include <chainrule/op/internal/multiply_add_error.hpp>
#include <chainrule/op/internal/multiply_expm1_add.hpp>
#include <chainrule/op/internal/normal_product.hpp>
#include <chainrule/op/internal/normal_product_slope.hpp>
#include <chainrule/op/internal/pow_pair.hpp>
#include <chainrule/op/internal/product_error.hpp>
#include <chainrule/op/internal/sech_square.hpp>
#include <chainrule/op/internal/sech_square_shared.hpp>
#include <chainrule/op/internal/sech_square_softplus.hpp>
#include <chainrule/op/internal/sigmoid_below_zero.hpp>
#include <chainrule/op/internal/sigmoid_product.hpp>
#include <chainrule/op/internal/sigmoid_product_slope.hpp>
#include <chainrule/op/internal/sigmoid_shared.hpp>
#include <chainrule/op/internal/sigmoid_slope.hpp>
#include <chainrule/op/internal/sine_pair.hpp>
#include <chainrule/op/internal/sine_square.hpp>
#include <chainrule/op/internal/softplus_shared.hpp>
#include <chainrule/op/internal/square_of_sine_plus_cosine.hpp>
#include <chainrule/op/internal/sum_error.hpp>
#include <chainrule/op/internal/tanh_of_unit.hpp>
#include <chainrule/op/internal/tanh_product.hpp>
#include <chainrule/op/internal/tanh_product_slope.hpp>
#include <chainrule/op/internal/tanh_scale.hpp>
#include <chainrule/op/internal/tanh_shared.hpp>
#include <chainrule/op/internal/tanh_softplus.hpp>
#include <chainrule/op/internal/tanh_softplus_bend.hpp>
#include <chainrule/op/internal/tanh_softplus_scale.hpp>
#include <chainrule/op/internal/tanh_softplus_slope.hpp>
#include <chainrule/op/internal/tanh_square.hpp>
#include <chainrule/op/internal/vanishing_product.hpp>

// A project's own primitives: a header that includes theirs, the same in every translation unit.
#ifdef CHAINRULE_EXTRA_PRIMITIVES
#include CHAINRULE_EXTRA_PRIMITIVES
#endif

namespace chainrule::detail {

/// A list: to register a hundred primitives one by one takes clang longer than all the rest of the headers.
using own_primitives = type_list<
    op::abs_primitive, op::add_primitive, op::asinh_primitive, op::atan_primitive,
    op::clamp_primitive, op::conjugate_sum_primitive, op::cos_primitive, op::cosh_primitive,
    op::divide_primitive, op::erf_primitive, op::erfc_primitive, op::exp_primitive,
    op::expm1_primitive, op::log_primitive, op::log1mexp_primitive, op::log1p_primitive,
    op::log_sigmoid_primitive, op::max_primitive, op::min_primitive, op::multiply_primitive,
    op::multiply_add_primitive, op::negate_primitive, op::normal_cdf_primitive,
    op::normal_pdf_primitive, op::pi_primitive, op::pow_primitive, op::reciprocal_primitive,
    op::root_sum_square_primitive, op::round_primitive, op::sech_primitive,
    op::sech_square_product_primitive, op::selection<false>, op::selection<true>,
    op::sigmoid_primitive, op::sign_primitive, op::sin_primitive, op::sinh_primitive,
    op::softplus_primitive, op::sqrt_primitive, op::square_primitive, op::step_primitive,
    op::subtract_primitive, op::tan_primitive, op::tanh_primitive, op::tanh_residual_primitive,
    op::capped_exp_primitive, op::capped_exp_pair_primitive, op::conjugate_slope_primitive,
    op::exp_beside_expm1_primitive, op::exp_minus_absolute_primitive,
    op::exp_minus_absolute_pair_primitive, op::exp_pair_primitive, op::expm1_below_zero_primitive,
    op::expm1_sigmoid_slope_primitive, op::guarded_divide_primitive,
    op::half_expm1_minus_absolute_primitive, op::inverse_square_of_sum_primitive,
    op::inverse_three_halves_primitive, op::multiply_add_error_primitive,
    op::multiply_expm1_add_primitive, op::normal_product_primitive,
    op::normal_product_slope_primitive, op::pow_pair_primitive, op::product_error_primitive,
    op::sech_square_primitive, op::sech_square_shared_primitive, op::sech_square_softplus_primitive,
    op::sigmoid_below_zero_primitive, op::sigmoid_product_primitive<op::side::same>,
    op::sigmoid_product_primitive<op::side::opposite>, op::sigmoid_product_slope_primitive,
    op::exact_sigmoid_product_slope_primitive, op::rounded_sigmoid_product_slope_primitive,
    op::sigmoid_shared_primitive<op::side::same>, op::sigmoid_shared_primitive<op::side::opposite>,
    op::sigmoid_slope_primitive, op::sine_pair_primitive, op::cosine_pair_primitive,
    op::sine_square_primitive, op::softplus_shared_primitive<op::side::same>,
    op::softplus_shared_primitive<op::side::opposite>, op::square_of_sine_plus_cosine_primitive,
    op::sum_error_primitive, op::tanh_of_unit_primitive, op::tanh_product_primitive,
    op::tanh_product_shared_primitive, op::tanh_product_slope_primitive, op::tanh_scale_primitive,
    op::tanh_shared_primitive, op::tanh_softplus_primitive, op::tanh_softplus_bend_primitive,
    op::tanh_softplus_product_primitive, op::tanh_softplus_scale_primitive,
    op::tanh_softplus_slope_primitive<true>, op::tanh_softplus_slope_primitive<false>,
    op::tanh_square_primitive, op::vanishing_product_primitive>;
using unsorted_primitives =
    append_types<own_primitives, decltype(registered_primitives(rank<highest_rank>{}))>::type;

template<class List, class Indices>
struct sorted_by_name;

/// By name, so that the order in which headers were included does not matter to any index.
template<class... Operation, std::size_t... I>
struct sorted_by_name<type_list<Operation...>, std::index_sequence<I...>> {
    static constexpr int size = sizeof...(I);

    struct order_type {
        std::size_t index[sizeof...(I)];
    };
    static constexpr order_type order = [] {
        const std::string_view names[] = {Operation::name...};
        const std::uint64_t keys[] = {first_characters(Operation::name)...};
        order_type result{{I...}};
        for (int i = 1; i < size; ++i) {
            const std::size_t moving = result.index[i];
            int j = i;
            for (; j > 0; --j) {
                const std::size_t other = result.index[j - 1];
                if (keys[moving] > keys[other] ||
                    (keys[moving] == keys[other] && names[moving] > names[other]))
                    break;
                result.index[j] = other;
            }
            result.index[j] = moving;
        }
        return result;
    }();
    using type = type_list<type_at<type_list<Operation...>, order.index[I]>...>;
};

using all_primitives =
    sorted_by_name<unsorted_primitives, std::make_index_sequence<unsorted_primitives::size>>::type;

/// Position of a primitive in the registry; -1 if its header was not registered.
template<class Operation>
inline constexpr int primitive_index = type_index<all_primitives, Operation>;

}  // namespace chainrule::detail
