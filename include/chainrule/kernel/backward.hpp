// SPDX-License-Identifier: BSL-1.0
/// backward and forward_backward: gradients of formulas over arrays, all of them in one fused loop.
#pragma once

#include <chainrule/kernel/forward.hpp>
#include <chainrule/kernel/gradients.hpp>

namespace chainrule {

namespace detail {

template<fixed_string... Names>
struct name_list {};

/// Parameters of E that are not x and not bound to a range: positional backward returns their gradients.
template<class E, class Map>
struct returned_parameters {
    static constexpr bool returns(std::size_t i) {
        const symbol_entry& s = symbols_of<E>::list[static_cast<int>(i)];
        return s.name != "x" && !s.is_variable && !range_inputs<E, Map>::at(static_cast<int>(i));
    }
    static constexpr std::size_t count = [] {
        std::size_t n = 0;
        for (std::size_t i = 0; i < symbols_of<E>::count; ++i) n += returns(i) ? 1 : 0;
        return n;
    }();
    static constexpr std::array<std::size_t, count + 1> index = [] {
        std::array<std::size_t, count + 1> result{};
        std::size_t n = 0;
        for (std::size_t i = 0; i < symbols_of<E>::count; ++i) {
            if (returns(i)) result[n++] = i;
        }
        return result;
    }();
    template<std::size_t K>
    static constexpr std::string_view name = symbols_of<E>::list[index[K]].name;

    template<std::size_t... K>
    static auto names(std::index_sequence<K...>) -> name_list<fix<name<K>.size()>(name<K>)...>;
    using type = decltype(names(std::make_index_sequence<count>{}));
};

/// Positional backward: grad_in and the parameters' sums, and the value too if asked for.
template<class E, class T, bool WithValue, kink_rule Rule, class Map, fixed_string... Names, class... B>
auto run_backward(name_list<Names...>, const Map& values, const named_range<T>& upstream, T* value,
                  const named_range<T>& grad_in, T* grad_in_pointer, const B&... bindings) {
    using program_plan = plan<E, WithValue, Rule, "x", Names...>;
    gathered_inputs<E, T, Map, sizeof...(B)> inputs(values, bindings...);
    inputs.ranges[inputs.range_count++] = upstream;
    constexpr std::size_t stored = WithValue ? 2 : 1;
    const named_range<T> outputs[] = {grad_in, {"out", value, upstream.size}};
    check_ranges(inputs.ranges.data(), inputs.range_count, outputs, stored);
    std::array<double, sizeof...(Names) + 1> sums{};
    std::array<output_target<T>, stored + sizeof...(Names)> targets{};
    if (WithValue) targets[0].pointer = value;
    targets[stored - 1].pointer = grad_in_pointer;
    for (std::size_t k = 0; k < sizeof...(Names); ++k) targets[stored + k].sum = &sums[k];
    auto reduce = [](auto) { return sink::reduce_times_gradient; };
    [&]<fixed_string... N>(name_list<N...>) {
        if constexpr (WithValue) {
            run_loop<program_plan, T, working_batch<T, B...>, range_inputs<E, Map>, sink::store, sink::store_times_gradient,
                     reduce(key_of<N>)...>(inputs.sources.data(), targets.data(), upstream.pointer, upstream.size);
        } else {
            run_loop<program_plan, T, working_batch<T, B...>, range_inputs<E, Map>, sink::store_times_gradient,
                     reduce(key_of<N>)...>(inputs.sources.data(), targets.data(), upstream.pointer, upstream.size);
        }
    }(name_list<Names...>{});
    return gradient_map<Names...>(sums);
}

/// "grad(beta)", the name of an output in our sentences.
template<fixed_string Name>
inline constexpr auto gradient_text = [] {
    constexpr std::string_view parts[] = {"grad(", Name.view(), ")"};
    fixed_string<parts[0].size() + parts[1].size() + parts[2].size()> text;
    std::size_t at = 0;
    for (std::string_view part : parts) {
        for (char c : part) text.characters[at++] = c;
    }
    return text;
}();

/// One grad(symbol) = target of a named backward call.
template<class T, class Request>
output_target<T> target_of(const Request& request) {
    using value_type = std::remove_cvref_t<typename Request::value_type>;
    output_target<T> target;
    if constexpr (contiguous_range<value_type>) target.pointer = std::data(request.value);
    return target;
}

template<class E, class T, class Batch, kink_rule Rule, class Inputs, class Map, class... Requests>
void run_named_backward(Inputs inputs, const Map&, const named_range<T>& upstream, const Requests&... requests) {
    using program_plan = plan<E, false, Rule, Requests::name...>;
    inputs.ranges[inputs.range_count++] = upstream;
    std::array<named_range<T>, sizeof...(Requests)> outputs{};
    std::size_t output_count = 0;
    auto list_output = [&](const auto& request) {
        if constexpr (contiguous_range<typename std::remove_cvref_t<decltype(request)>::value_type>) {
            require_writable_range<typename std::remove_cvref_t<decltype(request)>::value_type>();
            outputs[output_count++] = {gradient_text<std::remove_cvref_t<decltype(request)>::name>.view(), std::data(request.value),
                                       static_cast<std::size_t>(std::size(request.value))};
        }
    };
    (list_output(requests), ...);
    check_ranges(inputs.ranges.data(), inputs.range_count, outputs.data(), output_count);
    std::array<double, sizeof...(Requests)> sums{};
    std::array<output_target<T>, sizeof...(Requests)> targets{target_of<T>(requests)...};
    for (std::size_t k = 0; k < sums.size(); ++k) targets[k].sum = &sums[k];
    run_loop<program_plan, T, Batch, range_inputs<E, Map>,
             (contiguous_range<typename Requests::value_type> ? sink::store_times_gradient
                                                              : sink::reduce_times_gradient)...>(
        inputs.sources.data(), targets.data(), upstream.pointer, upstream.size);
    std::size_t k = 0;
    auto hand_over = [&](const auto& request) {
        if constexpr (!contiguous_range<typename std::remove_cvref_t<decltype(request)>::value_type>) {
            request.value = static_cast<std::remove_cvref_t<decltype(request.value)>>(sums[k]);
        }
        ++k;
    };
    (hand_over(requests), ...);
}

template<class Map, class Request>
constexpr void check_request() {
    using value_type = std::remove_cvref_t<typename Request::value_type>;
    static_assert(contiguous_range<value_type> || plain_number<value_type>,
                  "chainrule: grad(symbol) = target needs a range or a number that receives the sum");
    static_assert(contiguous_range<value_type> || !bound_to_range<Request::name, Map>(),
                  "chainrule: this symbol is bound to a range, so its gradient has one value per element; give "
                  "grad(symbol) = a range");
}

template<class R>
auto describe_range(std::string_view name, const R& range) {
    return named_range<element_of<const R>>{name, std::data(range), static_cast<std::size_t>(std::size(range))};
}

template<bool WithValue, class F, class In, class GradOut, class Out, class GradIn, class... B>
auto positional_backward(const In& in, const GradOut& grad_out, Out* out, GradIn&& grad_in, const B&... bindings) {
    require_kernel_range<const In>();
    require_kernel_range<const GradOut>();
    require_writable_range<GradIn>();
    check_arguments<F, B...>();
    refuse_requests<B...>();
    using T = element_of<GradIn>;
    static_assert(std::is_same_v<T, element_of<const In>> && std::is_same_v<T, element_of<const GradOut>>,
                  "chainrule: all ranges of one call must have the same element type");
    using E = typename substituted<F, B...>::type;
    const auto named_x = bind_x(in);
    const auto values = value_bindings(named_x, bindings...);
    using map = std::remove_const_t<decltype(values)>;
    return run_backward<E, T, WithValue, policy_of<B...>()>(
        typename returned_parameters<E, map>::type{}, values, describe_range("grad_out", grad_out), out,
        describe_range("grad_in", grad_in), std::data(grad_in), named_x, bindings...);
}

}  // namespace detail

/// grad_in[i] = grad_out[i] * f'(in[i]). Returns the gradients of the parameters that are bound to
/// numbers or left at their default: g[beta] is Σ grad_out[i] * ∂f/∂beta, a double. A parameter given as
/// a constant of the formula (beta = 1.5_c) costs nothing. In place is allowed; throws argument_error,
/// before anything is written, on different lengths or partial overlap.
template<expression F, class In, class GradOut, class GradIn, class... B>
    requires(detail::contiguous_range<GradIn>)
auto backward(F, const In& in, const GradOut& grad_out, GradIn&& grad_in, B... bindings) {
    using T = detail::element_of<GradIn>;
    return detail::positional_backward<false, F>(in, grad_out, static_cast<T*>(nullptr),
                                                 static_cast<GradIn&&>(grad_in), bindings...);
}

/// The named form: backward(f, grad_out, x = a, gate = b, grad(x) = da, grad(gate) = db) computes what
/// the grad(...) ask for, in one loop. A range receives one value per element, a number the sum.
template<expression F, class GradOut, class First, class Second, class... B>
    requires(!detail::contiguous_range<First> && !std::is_pointer_v<First> && !detail::contiguous_range<Second>)
void backward(F, const GradOut& grad_out, First first, Second second, B... bindings) {
    detail::require_kernel_range<const GradOut>();
    detail::check_arguments<F, First, Second, B...>();
    using T = detail::element_of<const GradOut>;
    using E = typename detail::substituted<F, First, Second, B...>::type;
    const auto values = detail::value_bindings(first, second, bindings...);
    using map = std::remove_const_t<decltype(values)>;
    auto run = [&](const auto&... requests) {
        static_assert(sizeof...(requests) > 0, "chainrule: backward by name computes what it is asked for; add at "
                                               "least one grad(symbol) = target");
        (detail::check_request<map, std::remove_cvref_t<decltype(requests)>>(), ...);
        static_assert(detail::names_differ<std::remove_cvref_t<decltype(requests)>::name...>(),
                      "chainrule: a gradient is asked for twice in one call; keep one of the two grad(symbol)");
        const detail::gathered_inputs<E, T, map, 2 + sizeof...(B)> inputs(values, first, second, bindings...);
        detail::run_named_backward<E, T, detail::working_batch<T, First, Second, B...>, detail::policy_of<First, Second, B...>()>(
            inputs, values, detail::describe_range("grad_out", grad_out), requests...);
    };
    detail::with_kept<detail::is_gradient_binding>(run, first, second, bindings...);
}

/// out[i] = f(in[i]) and grad_in[i] = grad_out[i] * f'(in[i]), and the parameter gradients, in one loop.
template<expression F, class In, class GradOut, class Out, class GradIn, class... B>
auto forward_backward(F, const In& in, const GradOut& grad_out, Out&& out, GradIn&& grad_in, B... bindings) {
    detail::require_writable_range<Out>();
    using T = detail::element_of<GradIn>;
    static_assert(std::is_same_v<T, detail::element_of<Out>>,
                  "chainrule: all ranges of one call must have the same element type");
    if (std::size(out) != std::size(in)) {
        detail::throw_length_mismatch("out", std::size(out), "x", std::size(in));
    }
    return detail::positional_backward<true, F>(in, grad_out, std::data(out), static_cast<GradIn&&>(grad_in),
                                                bindings...);
}

}  // namespace chainrule
