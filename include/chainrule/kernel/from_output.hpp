// SPDX-License-Identifier: BSL-1.0
/// backward_from_output: the backward pass of an activation whose input was not kept, or was overwritten by
/// its output in place.
#pragma once

#include <chainrule/graph/from_output.hpp>
#include <chainrule/kernel/backward.hpp>

namespace chainrule {

/// An array that holds the output of formula F. backward_from_output takes only this, and no other kernel
/// takes it, so that inputs and outputs are not mixed up. Refers to the caller's array.
template<expression F, class T>
class saved_output {
public:
    using formula = F;
    using value_type = T;

    /// Declares that `out` holds f(in), as when it was computed elsewhere.
    template<class Out>
    constexpr saved_output(F, const Out& out)
        : first(std::data(out)), length(static_cast<std::size_t>(std::size(out))) {
        detail::require_kernel_range<const Out>();
    }

    [[nodiscard]] constexpr const T* address() const { return first; }
    [[nodiscard]] constexpr std::size_t element_count() const { return length; }

private:
    const T* first;
    std::size_t length;
};
template<class F, class Out>
saved_output(F, const Out&) -> saved_output<F, detail::element_of<const Out>>;

namespace detail {

template<class T>
struct is_saved_output : std::false_type {};
template<class F, class T>
struct is_saved_output<saved_output<F, T>> : std::true_type {};

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_falling_formula() {
    throw argument_error(
        "chainrule: with these parameters the slope is not a function of the output (a factor of "
        "an "
        "arm of select() must be positive, others not 0); keep the input and call backward");
}

/// The saved values as a range of our own.
template<class T>
struct output_view {
    const T* first;
    std::size_t length;
    [[nodiscard]] constexpr const T* data() const { return first; }
    [[nodiscard]] constexpr std::size_t size() const { return length; }
};

}  // namespace detail

inline namespace CHAINRULE_SIMD_NAMESPACE {

/// forward, and its output marked as such: auto y = forward_saved(elu, in, out). `out` may be `in`.
template<expression F, class In, class Out, class... B>
    requires(detail::contiguous_range<Out>)
auto forward_saved(F f, const In& in, Out&& out, B... bindings) {
    forward(f, in, out, bindings...);
    return saved_output(f, out);
}

/// grad_in[i] = grad_out[i] · f′(x) from y = f(x) alone: f′ as a function of y is derived symbolically, as
/// y (1 − y) for sigmoid, 1 − y² for tanh, y > 0 ? 1 : y + α for elu. Parameters have the values of the forward
/// call. Refused at compile time where f is not monotone or its inverse is not known; throws argument_error
/// if a parameter takes away monotony (elu with α < 0). Accuracy: of f′ at the rounded y.
template<expression F, class Saved, class GradOut, class GradIn, class... B>
    requires(detail::contiguous_range<GradIn>)
void backward_from_output(F, const Saved& y, const GradOut& grad_out, GradIn&& grad_in,
                          B... bindings) {
    static_assert(detail::is_saved_output<Saved>::value,
                  "chainrule: backward_from_output takes a saved output, which forward_saved(f, "
                  "in, out) returns and "
                  "saved_output(f, out) declares; a plain range could be the input");
    static_assert((!detail::range_binding<B> && ... && true) &&
                      (!detail::channel_binding<B> && ... && true),
                  "chainrule: backward_from_output takes parameters as numbers; with ranges keep "
                  "the input and call "
                  "backward");
    if constexpr (detail::is_saved_output<Saved>::value) {
        static_assert(std::is_same_v<typename Saved::formula, F>,
                      "chainrule: this output was saved of another formula; give "
                      "backward_from_output the formula "
                      "that made it");
        detail::require_kernel_range<const GradOut>();
        detail::require_writable_range<GradIn>();
        detail::check_arguments<F, B...>();
        detail::refuse_requests<B...>();
        using T = detail::element_of<GradIn>;
        static_assert(std::is_same_v<T, typename Saved::value_type> &&
                          std::is_same_v<T, detail::element_of<const GradOut>>,
                      "chainrule: all ranges of one call must have the same element type");
        using E = typename detail::substituted<F, B...>::type;
        using slope = detail::output_derivative_expression<E>;
        using guard = detail::output_guard_expression<E>;
        detail::require_valid<slope>();
        const detail::output_view<T> saved{y.address(), y.element_count()};
        const auto named_x = detail::bind_x(saved);
        const auto values = detail::value_bindings(named_x, bindings...);
        using map = std::remove_const_t<decltype(values)>;
        if (!(detail::evaluate_bound<guard, double>(values) > 0)) detail::throw_falling_formula();
        using plan = detail::plan<slope, true, detail::kink_rule::usual>;
        constexpr std::size_t ranges = detail::range_binding_count<decltype(named_x), B...> + 1;
        using gathered = detail::gathered_inputs<slope, T, map, ranges>;
        typename gathered::source_list sources{};
        gathered inputs(sources, values, named_x, bindings...);
        const auto upstream = detail::describe_range("grad_out", grad_out);
        const std::array<detail::named_range<T>, 1> output{
            {detail::describe_range("grad_in", grad_in)}};
        inputs.add_range(upstream.name, upstream.pointer, upstream.size);
        inputs.check(output, 1);
        const detail::output_target<T> target = detail::element_target<T>(grad_in);
        detail::sweep_arrays<plan, T, detail::working_batch<T, B...>,
                             detail::range_inputs<slope, map>, false, detail::is_parallel<B...>,
                             detail::sink::store_times_gradient>(inputs.sources.data(), &target,
                                                                 upstream.pointer, upstream.size,
                                                                 detail::threads_of(bindings...));
    }
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule
