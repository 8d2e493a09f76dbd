// SPDX-License-Identifier: BSL-1.0
/// forward and value_and_derivative: formulas over arrays, one fused loop.
#pragma once

#include <chainrule/kernel/call.hpp>

namespace chainrule {

namespace detail {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// Runs `Plan` for E over the bound ranges, storing every output.
template<class E, class Plan, class T, sink... Sinks, class... B>
void store_outputs(const std::array<named_range<T>, sizeof...(Sinks)>& outputs,
                   const std::array<T*, sizeof...(Sinks)>& pointers, const B&... bindings) {
    const auto values = value_bindings(bindings...);
    using map = std::remove_const_t<decltype(values)>;
    using gathered = gathered_inputs<E, T, map, range_binding_count<B...>>;
    typename gathered::source_list sources{};
    gathered inputs(sources, values, bindings...);
    inputs.check(outputs, outputs.size());
    std::array<output_target<T>, sizeof...(Sinks)> targets{};
    for (std::size_t k = 0; k < targets.size(); ++k) targets[k].pointer = pointers[k];
    sweep_arrays<Plan, T, working_batch<T, B...>, range_inputs<E, map>,
                 range_inputs<E, map>::has_channels, is_parallel<B...>, Sinks...>(
        inputs.sources.data(), targets.data(), nullptr, outputs[0].size, threads_of(bindings...));
}

/// What the kernels without a grad(symbol) of their own make of one.
template<class... B>
constexpr void refuse_requests() {
    static_assert((!gradient_binding<B> && ...),
                  "chainrule: grad(symbol) = target stands in backward by name: backward(f, "
                  "grad_out, x = in, "
                  "grad(x) = slopes)");
}

/// Only gradients are added up.
template<class Out>
constexpr void refuse_accumulation() {
    static_assert(!accumulating_like<Out>,
                  "chainrule: accumulate(target) is for gradients, in backward and "
                  "forward_backward; here give the range itself");
}

/// The symbol that an argument gives a value or a formula; empty for the other kinds of arguments.
template<class B>
constexpr std::string_view symbol_given() {
    if constexpr (named_binding<B>) return B::name.view();
    else return {};
}

template<class... B>
constexpr bool has_value_twice() {
    const std::string_view names[] = {std::string_view(), symbol_given<B>()...};
    for (std::size_t i = 1; i <= sizeof...(B); ++i) {
        for (std::size_t j = 1; j < i; ++j) {
            if (!names[i].empty() && names[i] == names[j]) return true;
        }
    }
    return false;
}

template<class F, class... B>
constexpr void check_arguments() {
    static_assert((kernel_argument<B> && ...),
                  "chainrule: a kernel call takes bindings, such as beta = 1.5f, x = values or "
                  "grad(x) = slopes, and "
                  "policies such as kink::left or parallel; anything else is refused");
    static_assert(!has_value_twice<B...>(),
                  "chainrule: a symbol is given two values in one call; keep one of them");
    require_valid<F>();
    // A value is read in the formula with its expressions substituted, an expression replaces a symbol of F.
    using E = typename substituted<F, B...>::type;
    (
        (void)[] {
            if constexpr (expression_binding<B>) (void)require_symbol<F, B::name>();
            else if constexpr (named_binding<B> || gradient_binding<B>)
                (void)require_symbol<E, B::name>();
        }(),
        ...);
}

/// A range as a binding of x that refers to the caller's array.
template<class R>
constexpr auto bind_x(R& range) {
    return binding<"x", R&>(range);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace detail

inline namespace CHAINRULE_SIMD_NAMESPACE {

/// out[i] = f(...) over all elements; inputs by name: a range is element-wise, a number is broadcast.
/// In place (an input array as `out`) is allowed. Throws argument_error, before anything is written, if
/// lengths differ or `out` partly overlaps an input.
template<expression F, class Out, class First, class... B>
    requires(!detail::contiguous_range<First> && !std::is_pointer_v<First>)
void forward(F, Out&& out, First first, B... bindings) {
    detail::require_writable_range<Out>();
    detail::refuse_accumulation<Out>();
    detail::check_arguments<F, First, B...>();
    detail::refuse_requests<First, B...>();
    using T = detail::element_of<Out>;
    using E = typename detail::substituted<F, First, B...>::type;
    using plan = detail::plan<E, true, detail::kink_rule::usual>;
    detail::store_outputs<E, plan, T, detail::sink::store>(
        {{{"out", std::data(out), static_cast<std::size_t>(std::size(out))}}}, {{std::data(out)}},
        first, bindings...);
}

/// out[i] = f(in[i]): forward(f, in, out, beta = 1.5f).
template<expression F, class In, class Out, class... B>
    requires(detail::contiguous_range<Out>)
void forward(F f, const In& in, Out&& out, B... bindings) {
    detail::require_kernel_range<const In>();
    forward(f, static_cast<Out&&>(out), detail::bind_x(in), bindings...);
}

/// value[i] = f(in[i]) and slope[i] = f'(in[i]) in one loop; shared subexpressions are computed once.
template<expression F, class In, class Value, class Slope, class... B>
void value_and_derivative(F, const In& in, Value&& value, Slope&& slope, B... bindings) {
    detail::require_kernel_range<const In>();
    detail::require_writable_range<Value>();
    detail::require_writable_range<Slope>();
    detail::refuse_accumulation<Value>();
    detail::refuse_accumulation<Slope>();
    detail::check_arguments<F, B...>();
    detail::refuse_requests<B...>();
    using T = detail::element_of<Value>;
    static_assert(std::is_same_v<T, detail::element_of<Slope>> &&
                      std::is_same_v<T, detail::element_of<const In>>,
                  "chainrule: all ranges of one call must have the same element type");
    using E = typename detail::substituted<F, B...>::type;
    using plan = detail::plan<E, true, detail::policy_of<B...>(), "x">;
    detail::store_outputs<E, plan, T, detail::sink::store, detail::sink::store>(
        {{{"value", std::data(value), static_cast<std::size_t>(std::size(value))},
          {"slope", std::data(slope), static_cast<std::size_t>(std::size(slope))}}},
        {{std::data(value), std::data(slope)}}, detail::bind_x(in), bindings...);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule
