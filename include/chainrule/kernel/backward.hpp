// SPDX-License-Identifier: BSL-1.0
/// backward and forward_backward: gradients of formulas over arrays, all of them in one fused loop.
#pragma once

#include <chainrule/kernel/forward.hpp>
#include <chainrule/kernel/gradients.hpp>

#include <utility>

namespace chainrule {

namespace detail {
inline namespace CHAINRULE_SIMD_NAMESPACE {

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
template<class E, class T, bool WithValue, kink_rule Rule, class Map, fixed_string... Names,
         class... B>
auto run_backward(name_list<Names...>, const Map& values, const named_range<T>& upstream, T* value,
                  const named_range<T>& grad_in, const output_target<T>& grad_in_target,
                  const B&... bindings) {
    using program_plan = plan<E, WithValue, Rule, "x", Names...>;
    using gathered = gathered_inputs<E, T, Map, range_binding_count<B...> + 1>;
    typename gathered::source_list sources{};
    gathered inputs(sources, values, bindings...);
    inputs.add_range(upstream.name, upstream.pointer, upstream.size);
    constexpr std::size_t stored = WithValue ? 2 : 1;
    const std::array<named_range<T>, 2> outputs{{grad_in, {"out", value, upstream.size}}};
    inputs.check(outputs, stored);
    std::array<double, sizeof...(Names) + 1> sums{};
    std::array<output_target<T>, stored + sizeof...(Names)> targets{};
    if (WithValue) targets[0].pointer = value;
    targets[stored - 1] = grad_in_target;
    for (std::size_t k = 0; k < sizeof...(Names); ++k) targets[stored + k].sum = &sums[k];
    auto reduce = [](auto) { return sink::reduce_times_gradient; };
    const unsigned threads = threads_of(bindings...);
    if constexpr (WithValue) {
        sweep_arrays<program_plan, T, working_batch<T, B...>, range_inputs<E, Map>,
                     range_inputs<E, Map>::has_channels, is_parallel<B...>, sink::store,
                     sink::store_times_gradient, reduce(key_of<Names>)...>(
            inputs.sources.data(), targets.data(), upstream.pointer, upstream.size, threads);
    } else {
        sweep_arrays<program_plan, T, working_batch<T, B...>, range_inputs<E, Map>,
                     range_inputs<E, Map>::has_channels, is_parallel<B...>,
                     sink::store_times_gradient, reduce(key_of<Names>)...>(
            inputs.sources.data(), targets.data(), upstream.pointer, upstream.size, threads);
    }
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

/// What receives a gradient: grad(symbol) = target, without accumulate().
template<class Request>
using target_type = std::remove_cvref_t<plain_target_of<typename Request::value_type>>;

template<class Request>
decltype(auto) target_of(const Request& request) {
    if constexpr (accumulating_like<typename Request::value_type>) return (request.value.target);
    else return (request.value);
}

/// How many arrays of sums one per channel: `kind` of the target and of the symbol.
template<class Map, class Request>
constexpr bool is_summed_per_channel() {
    return channel_values_like<target_type<Request>> ||
        (contiguous_range<target_type<Request>> &&
         kind_of_input<Request::name, Map>() == input_kind::channels);
}

template<class E, class T, class Batch, kink_rule Rule, bool Parallel, class Map, class Inputs,
         class... Requests>
CHAINRULE_SIMD_INLINE void run_named_backward(Inputs& inputs, const named_range<T>& upstream,
                                              unsigned threads, const Requests&... requests) {
    using program_plan = plan<E, false, Rule, Requests::name...>;
    inputs.add_range(upstream.name, upstream.pointer, upstream.size);
    std::array<named_range<T>, sizeof...(Requests)> outputs;
    std::array<named_range<T>, sizeof...(Requests)> channel_outputs;
    std::array<output_target<T>, sizeof...(Requests)> targets{};
    std::array<double, sizeof...(Requests)> sums{};
    std::array<std::pair<std::string_view, const void*>, sizeof...(Requests)> numbers{};
    std::size_t output_count = 0;
    std::size_t channel_output_count = 0;
    std::size_t number_count = 0;
    std::size_t at = 0;
    auto list_output = [&](const auto& request) {
        using R = std::remove_cvref_t<decltype(request)>;
        constexpr std::string_view name = gradient_text<R::name>.view();
        output_target<T>& target = targets[at];
        target.accumulates = accumulating_like<typename R::value_type>;
        target.sum = &sums[at++];
        if constexpr (is_summed_per_channel<Map, R>()) {
            auto set = [&](auto& range, std::size_t inner) {
                require_writable_range<decltype(range)>();
                static_assert(std::is_same_v<element_of<decltype(range)>, T>,
                              "chainrule: all ranges of one call must have the same element type");
                target.channels = check_channels(name, range, inner);
                target.pointer = std::data(range);
                channel_outputs[channel_output_count++] = {name, target.pointer,
                                                           target.channels.count};
            };
            if constexpr (kind_of_input<R::name, Map>() == input_kind::channels) {
                constexpr auto symbol =
                    static_cast<std::size_t>(symbols_of<E>::find(R::name.view()));
                const channel_layout& bound = inputs.sources[symbol].channels->layout;
                if constexpr (channel_values_like<target_type<R>>)
                    set(target_of(request).values, target_of(request).inner);
                else set(target_of(request), bound.inner);
                if (target.channels != bound) throw_channel_mismatch(name);
            } else {
                set(target_of(request).values, target_of(request).inner);
            }
        } else if constexpr (contiguous_range<target_type<R>>) {
            auto& range = target_of(request);
            require_writable_range<decltype(range)>();
            static_assert(std::is_same_v<element_of<decltype(range)>, T>,
                          "chainrule: all ranges of one call must have the same element type");
            target.pointer = std::data(range);
            outputs[output_count++] = {name, target.pointer,
                                       static_cast<std::size_t>(std::size(range))};
        } else {
            const void* const address = &target_of(request);
            for (std::size_t k = 0; k < number_count; ++k) {
                if (numbers[k].second == address) throw_shared_output(name, numbers[k].first);
            }
            numbers[number_count++] = {name, address};
        }
    };
    (list_output(requests), ...);
    inputs.check(outputs, output_count);
    // The first bound is for g++, which else warns about what lies beyond it.
    for (std::size_t k = 0; k < sizeof...(Requests) && k < channel_output_count; ++k) {
        const named_range<T>& mine = channel_outputs[k];
        for (std::size_t i = 0; i < inputs.range_count; ++i) check_apart(mine, inputs.ranges[i]);
        for (std::size_t i = 0; i < inputs.channel_count; ++i)
            check_apart(mine, inputs.channels[i]);
        for (std::size_t o = 0; o < output_count; ++o) check_apart(mine, outputs[o]);
        for (std::size_t o = 0; o < k; ++o) check_apart(mine, channel_outputs[o]);
    }
    sweep_arrays<
        program_plan, T, Batch, range_inputs<E, Map>,
        range_inputs<E, Map>::has_channels || (channel_values_like<target_type<Requests>> || ...),
        Parallel,
        (contiguous_range<target_type<Requests>> || channel_values_like<target_type<Requests>>
             ? sink::store_times_gradient
             : sink::reduce_times_gradient)...>(inputs.sources.data(), targets.data(),
                                                upstream.pointer, upstream.size, threads);
    std::size_t k = 0;
    auto hand_over = [&](const auto& request) {
        using R = std::remove_cvref_t<decltype(request)>;
        if constexpr (plain_number<target_type<R>>) {
            auto& number = target_of(request);
            const double before = targets[k].accumulates ? static_cast<double>(number) : 0;
            number = static_cast<std::remove_cvref_t<decltype(number)>>(before + sums[k]);
        }
        ++k;
    };
    (hand_over(requests), ...);
}

template<class Map, class Request>
constexpr void check_request() {
    using target = target_type<Request>;
    static_assert(
        contiguous_range<target> || plain_number<target> || channel_values_like<target>,
        "chainrule: grad(symbol) = target needs a range or a number that receives the sum");
    static_assert(!plain_number<target> || kind_of_input<Request::name, Map>() != input_kind::range,
                  "chainrule: this symbol is bound to a range, so its gradient has one value per "
                  "element; give "
                  "grad(symbol) = a range");
    static_assert(!plain_number<target> ||
                      kind_of_input<Request::name, Map>() != input_kind::channels,
                  "chainrule: this symbol is bound per channel, so its gradient has one value per "
                  "channel; give "
                  "grad(symbol) = a range");
    static_assert(!channel_values_like<target> ||
                      kind_of_input<Request::name, Map>() != input_kind::range,
                  "chainrule: this symbol is bound to a range, so its gradient has one value per "
                  "element, not per "
                  "channel; give grad(symbol) = a range");
}

/// The target of positional backward's grad_in.
template<class T, class GradIn>
output_target<T> element_target(GradIn& grad_in) {
    output_target<T> target;
    target.pointer = std::data(grad_in);
    target.accumulates = accumulating_like<GradIn>;
    return target;
}

template<class R>
auto describe_range(std::string_view name, const R& range) {
    return named_range<element_of<const R>>{name, std::data(range),
                                            static_cast<std::size_t>(std::size(range))};
}

template<bool WithValue, class F, class In, class GradOut, class Out, class GradIn, class... B>
auto positional_backward(const In& in, const GradOut& grad_out, Out* out, GradIn&& grad_in,
                         const B&... bindings) {
    require_kernel_range<const In>();
    require_kernel_range<const GradOut>();
    require_writable_range<GradIn>();
    check_arguments<F, B...>();
    refuse_requests<B...>();
    using T = element_of<GradIn>;
    static_assert(std::is_same_v<T, element_of<const In>> &&
                      std::is_same_v<T, element_of<const GradOut>>,
                  "chainrule: all ranges of one call must have the same element type");
    using E = typename substituted<F, B...>::type;
    const auto named_x = bind_x(in);
    const auto values = value_bindings(named_x, bindings...);
    using map = std::remove_const_t<decltype(values)>;
    return run_backward<E, T, WithValue, policy_of<B...>()>(
        typename returned_parameters<E, map>::type{}, values, describe_range("grad_out", grad_out),
        out, describe_range("grad_in", grad_in), element_target<T>(grad_in), named_x, bindings...);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace detail

inline namespace CHAINRULE_SIMD_NAMESPACE {

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
    requires(!detail::contiguous_range<First> && !std::is_pointer_v<First> &&
             !detail::contiguous_range<Second>)
void backward(F, const GradOut& grad_out, First first, Second second, B... bindings) {
    detail::require_kernel_range<const GradOut>();
    detail::check_arguments<F, First, Second, B...>();
    using T = detail::element_of<const GradOut>;
    using E = typename detail::substituted<F, First, Second, B...>::type;
    const auto values = detail::value_bindings(first, second, bindings...);
    using map = std::remove_const_t<decltype(values)>;
    auto run = [&](const auto&... requests) {
        static_assert(sizeof...(requests) > 0,
                      "chainrule: backward by name computes what it is asked for; add at "
                      "least one grad(symbol) = target");
        (detail::check_request<map, std::remove_cvref_t<decltype(requests)>>(), ...);
        static_assert(detail::names_differ<std::remove_cvref_t<decltype(requests)>::name...>(),
                      "chainrule: a gradient is asked for twice in one call; keep one of the two "
                      "grad(symbol)");
        constexpr std::size_t ranges = detail::range_binding_count<First, Second, B...> + 1;
        using gathered = detail::gathered_inputs<E, T, map, ranges>;
        typename gathered::source_list sources{};
        gathered inputs(sources, values, first, second, bindings...);
        detail::run_named_backward<E, T, detail::working_batch<T, First, Second, B...>,
                                   detail::policy_of<First, Second, B...>(),
                                   detail::is_parallel<First, Second, B...>, map>(
            inputs, detail::describe_range("grad_out", grad_out),
            detail::threads_of(first, second, bindings...), requests...);
    };
    detail::with_kept<detail::is_gradient_binding>(run, first, second, bindings...);
}

/// out[i] = f(in[i]) and grad_in[i] = grad_out[i] * f'(in[i]), and the parameter gradients, in one loop.
template<expression F, class In, class GradOut, class Out, class GradIn, class... B>
auto forward_backward(F, const In& in, const GradOut& grad_out, Out&& out, GradIn&& grad_in,
                      B... bindings) {
    detail::require_writable_range<Out>();
    detail::refuse_accumulation<Out>();
    using T = detail::element_of<GradIn>;
    static_assert(std::is_same_v<T, detail::element_of<Out>>,
                  "chainrule: all ranges of one call must have the same element type");
    if (std::size(out) != std::size(in)) {
        detail::throw_length_mismatch("out", std::size(out), "x", std::size(in));
    }
    return detail::positional_backward<true, F>(in, grad_out, std::data(out),
                                                static_cast<GradIn&&>(grad_in), bindings...);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule
