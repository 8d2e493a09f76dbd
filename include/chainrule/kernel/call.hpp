// SPDX-License-Identifier: BSL-1.0
/// The arguments of a kernel call: which symbol is a range, which a number, what is asked for; and the
/// checks before anything is written.
#pragma once

#include <chainrule/kernel/accumulate.hpp>
#include <chainrule/kernel/argument_error.hpp>
#include <chainrule/kernel/sweep.hpp>

#include <cstdint>

namespace chainrule::detail {
inline namespace CHAINRULE_SIMD_NAMESPACE {

template<class R>
concept contiguous_range = requires(R& r) {
    { *std::data(r) } -> std::convertible_to<long double>;
    { std::size(r) } -> std::convertible_to<std::size_t>;
};

template<class R>
using element_of = std::remove_cvref_t<decltype(*std::data(std::declval<R&>()))>;

template<class R>
concept kernel_range = contiguous_range<R> && is_storage<element_of<R>>;

template<class R>
concept writable_range = kernel_range<R> &&
    !std::is_const_v<std::remove_reference_t<decltype(*std::data(std::declval<R&>()))>>;

template<class R>
constexpr void require_kernel_range() {
    static_assert(kernel_range<R>,
                  "chainrule: kernels work on contiguous ranges of float, double, float16 or "
                  "bfloat16, such as "
                  "std::vector<float>, std::array, std::span or a C array");
}
template<class R>
constexpr void require_writable_range() {
    require_kernel_range<R>();
    static_assert(writable_range<R>,
                  "chainrule: an output range must be writable; this one is const");
}

template<class B>
concept gradient_binding = std::derived_from<std::remove_cvref_t<B>, gradient_request_tag>;
template<class B>
concept range_binding = named_binding<B> && contiguous_range<typename B::value_type>;

template<class B>
concept channel_binding = named_binding<B> && channel_values_like<typename B::value_type>;

template<class B>
concept kernel_argument =
    gradient_binding<B> || range_binding<B> || channel_binding<B> || number_binding<B> ||
    expression_binding<B> || kink_policy_like<B> || parallel_policy_like<B> || is_accurate_tag<B>;

template<class... A>
inline constexpr bool is_parallel = (parallel_policy_like<A> || ...);

/// On how many threads a call runs at most: one, unless `parallel` is among its arguments.
template<class... A>
unsigned threads_of(const A&... arguments) {
    unsigned count = 1;
    [[maybe_unused]] auto look = [&](const auto& argument) {
        if constexpr (parallel_policy_like<decltype(argument)>) {
            count = argument.thread_count == 0 ? processor_count() : argument.thread_count;
        }
    };
    (look(arguments), ...);
    return count;
}

/// The kink policy among the arguments, else the usual rule.
template<class... A>
constexpr kink_rule policy_of() {
    kink_rule rule = kink_rule::usual;
    (
        (void)[&] {
            if constexpr (kink_policy_like<A>) rule = A::rule;
        }(),
        ...);
    return rule;
}

/// Two ranges in memory: the same, apart, or partly on top of each other.
template<class T>
bool partly_overlap(const T* a, const T* b, std::size_t size) {
    if (a == b) return false;
    const auto first = reinterpret_cast<std::uintptr_t>(a);
    const auto second = reinterpret_cast<std::uintptr_t>(b);
    return first < second + size * sizeof(T) && second < first + size * sizeof(T);
}

template<class T>
struct named_range {
    std::string_view name;
    const T* pointer = nullptr;
    std::size_t size = 0;
};

/// Outputs may be exactly an input (in place), but not partly one, and not each other.
template<class T>
void check_ranges(const named_range<T>* inputs, std::size_t input_count,
                  const named_range<T>* outputs, std::size_t output_count) {
    const named_range<T>& reference = input_count > 0 ? inputs[0] : outputs[0];
    auto check_size = [&](const named_range<T>& r) {
        if (r.size != reference.size)
            throw_length_mismatch(r.name, r.size, reference.name, reference.size);
    };
    for (std::size_t i = 0; i < input_count; ++i) check_size(inputs[i]);
    for (std::size_t i = 0; i < output_count; ++i) check_size(outputs[i]);
    for (std::size_t o = 0; o < output_count; ++o) {
        for (std::size_t i = 0; i < input_count; ++i) {
            if (partly_overlap(outputs[o].pointer, inputs[i].pointer, reference.size)) {
                throw_overlap(outputs[o].name, inputs[i].name);
            }
        }
        for (std::size_t other = 0; other < o; ++other) {
            if (reference.size > 0 &&
                (outputs[o].pointer == outputs[other].pointer ||
                 partly_overlap(outputs[o].pointer, outputs[other].pointer, reference.size))) {
                throw_shared_output(outputs[o].name, outputs[other].name);
            }
        }
    }
}

template<class T>
void check_apart(const named_range<T>& output, const named_range<T>& other) {
    const auto first = reinterpret_cast<std::uintptr_t>(output.pointer);
    const auto second = reinterpret_cast<std::uintptr_t>(other.pointer);
    if (output.size > 0 && other.size > 0 && first < second + other.size * sizeof(T) &&
        second < first + output.size * sizeof(T)) {
        throw_channel_overlap(output.name, other.name);
    }
}

/// use(the arguments for which Keep<Argument>::value holds, in their order).
template<template<class> class Keep, class Use>
constexpr auto with_kept(Use use) {
    return use();
}
template<template<class> class Keep, class Use, class First, class... Rest>
constexpr auto with_kept(Use use, const First& first, const Rest&... rest) {
    if constexpr (Keep<First>::value) {
        return with_kept<Keep>([&](const auto&... kept) { return use(first, kept...); }, rest...);
    } else {
        return with_kept<Keep>(use, rest...);
    }
}

template<class B>
struct is_value_binding
    : std::bool_constant<number_binding<B> || range_binding<B> || channel_binding<B>> {};
template<class B>
struct is_gradient_binding : std::bool_constant<gradient_binding<B>> {};

/// The Hana map of the numbers and ranges among the arguments of a call.
template<class... B>
constexpr auto value_bindings(const B&... bindings) {
    return with_kept<is_value_binding>([](const auto&... kept) { return make_bindings(kept...); },
                                       bindings...);
}

/// The argument that gives symbol Name its value. Read from there and not from the map, which g++ copies
/// several times (20 ns a call).
template<fixed_string Name, class First, class... Rest>
constexpr const auto& value_binding(const First& first, const Rest&... rest) {
    if constexpr (is_value_binding<First>::value) {
        if constexpr (First::name.view() == Name.view()) return first;
        else return value_binding<Name>(rest...);
    } else {
        return value_binding<Name>(rest...);
    }
}

enum class input_kind { number, range, channels };

template<fixed_string Name, class Map>
constexpr input_kind kind_of_input() {
    if constexpr (is_bound<Name, Map>) {
        using value = typename std::remove_cvref_t<decltype(boost::hana::at_key(
            std::declval<const Map&>(), key_of<Name>))>::value_type;
        if constexpr (channel_values_like<value>) return input_kind::channels;
        else return contiguous_range<value> ? input_kind::range : input_kind::number;
    } else {
        return input_kind::number;
    }
}

/// Compile-time answer to "is input i of E an array?" (element-wise or per channel)
template<class E, class Map>
struct range_inputs {
    static constexpr std::size_t count = symbols_of<E>::count;
    static constexpr std::array<bool, count + 1> flags =
        []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<bool, count + 1>{
            kind_of_input<fix<symbols_of<E>::list[I].name.size()>(symbols_of<E>::list[I].name),
                          Map>() != input_kind::number...,
            false};
    }
    (std::make_index_sequence<count>{});
    static constexpr bool at(int i) { return flags[static_cast<std::size_t>(i)]; }
    static constexpr std::size_t channel_count = []<std::size_t... I>(std::index_sequence<I...>) {
        return (std::size_t{0} + ... +
                (kind_of_input<fix<symbols_of<E>::list[I].name.size()>(symbols_of<E>::list[I].name),
                               Map>() == input_kind::channels));
    }
    (std::make_index_sequence<count>{});
    static constexpr bool has_channels = channel_count > 0;
};

/// The channels of `layout` for `name`: there are some, and their runs have a length.
template<class R>
channel_layout check_channels(std::string_view name, const R& values, std::size_t inner) {
    const channel_layout layout{static_cast<std::size_t>(std::size(values)), inner};
    if (layout.count == 0 || layout.inner == 0) throw_no_channels(name, layout.count == 0);
    return layout;
}

/// How many of the arguments are ranges.
template<class... B>
inline constexpr std::size_t range_binding_count =
    (std::size_t{0} + ... + (range_binding<B> && !gradient_binding<B> ? 1 : 0));

/// All inputs of E from the bindings; `Ranges` of them are ranges, also listed for the checks, also those
/// that E turns out not to depend on.
template<class E, class T, class Map, std::size_t Ranges>
struct gathered_inputs {
    static constexpr std::size_t most_channels = range_inputs<E, Map>::channel_count;
    using source_list = std::array<input_source<T>, symbols_of<E>::count + 1>;
    source_list& sources;  ///< apart: the rest then never has to be written to memory
    std::array<named_range<T>, Ranges == 0 ? 1 : Ranges> ranges;
    std::size_t range_count = 0;
    std::array<named_range<T>, most_channels> channels;  ///< those bound per channel
    std::array<channel_cursor<T>, most_channels> cursors;
    std::size_t channel_count = 0;

    template<class... B>
    explicit gathered_inputs(source_list& to, const Map& values, const B&... bindings)
        : sources(to) {
        [&]<std::size_t... I>(std::index_sequence<I...>) { (gather<I>(values, bindings...), ...); }
        (std::make_index_sequence<symbols_of<E>::count>{});
        (list_unused(bindings), ...);
    }

    /// check_ranges for these inputs, and no output may lie on values per channel.
    template<std::size_t Outputs>
    CHAINRULE_SIMD_INLINE void check(const std::array<named_range<T>, Outputs>& outputs,
                                     std::size_t output_count) const {
        if (!is_fine(outputs, output_count)) [[unlikely]] {
            // Copies: else they would be written to memory in every call.
            const auto named_inputs = ranges;
            const auto named_outputs = outputs;
            check_ranges(named_inputs.data(), range_count, named_outputs.data(), output_count);
        }
        if constexpr (range_inputs<E, Map>::has_channels) {
            for (std::size_t o = 0; o < output_count; ++o) {
                for (std::size_t i = 0; i < channel_count; ++i)
                    check_apart(outputs[o], channels[i]);
            }
        }
    }

    void add_range(std::string_view name, const T* pointer, std::size_t size) {
        ranges[range_count++] = {name, pointer, size};
    }

private:
    /// Whether check_ranges will find nothing: in a few instructions, without a call or a loop.
    template<std::size_t Outputs>
    CHAINRULE_SIMD_INLINE bool is_fine(const std::array<named_range<T>, Outputs>& outputs,
                                       std::size_t output_count) const {
        if (range_count != Ranges || Ranges == 0 || Ranges * Outputs > 16) return false;
        bool result = true;
        const std::size_t size = ranges[0].size;
        CHAINRULE_UNROLL
        for (std::size_t i = 0; i < Ranges; ++i) result &= ranges[i].size == size;
        CHAINRULE_UNROLL
        for (std::size_t o = 0; o < Outputs; ++o) {
            if (o >= output_count) continue;
            result &= outputs[o].size == size;
            CHAINRULE_UNROLL
            for (std::size_t i = 0; i < Ranges; ++i)
                result &= !partly_overlap(outputs[o].pointer, ranges[i].pointer, size);
            CHAINRULE_UNROLL
            for (std::size_t other = 0; other < o; ++other) {
                result &= outputs[o].pointer != outputs[other].pointer &&
                    !partly_overlap(outputs[o].pointer, outputs[other].pointer, size);
            }
        }
        return result;
    }

    template<class B>
    void list_unused(const B& binding) {
        if constexpr (range_binding<B>) {
            if constexpr (symbols_of<E>::find(B::name.view()) < 0) {
                static_assert(
                    std::is_same_v<element_of<const std::remove_cvref_t<typename B::value_type>>,
                                   T>,
                    "chainrule: all ranges of one call must have the same element type");
                add_range(B::name.view(), std::data(binding.value),
                          static_cast<std::size_t>(std::size(binding.value)));
            }
        }
    }
    template<std::size_t I, class... B>
    void gather(const Map& values, const B&... bindings) {
        constexpr auto name = fix<symbols_of<E>::list[I].name.size()>(symbols_of<E>::list[I].name);
        constexpr input_kind kind = kind_of_input<name, Map>();
        if constexpr (kind == input_kind::channels) {
            const auto& bound = value_binding<name>(bindings...).value;
            require_kernel_range<decltype(bound.values)>();
            static_assert(std::is_same_v<element_of<decltype(bound.values)>, T>,
                          "chainrule: all ranges of one call must have the same element type");
            constexpr std::string_view called = symbols_of<E>::list[I].name;
            const channel_layout layout = check_channels(called, bound.values, bound.inner);
            channels[channel_count] = {called, std::data(bound.values), layout.count};
            cursors[channel_count] = {std::data(bound.values), layout};
            sources[I].channels = &cursors[channel_count++];
        } else if constexpr (kind == input_kind::range) {
            const auto& range = value_binding<name>(bindings...).value;
            static_assert(std::is_same_v<element_of<decltype(range)>, T>,
                          "chainrule: all ranges of one call must have the same element type");
            sources[I].pointer = std::data(range);
            add_range(symbols_of<E>::list[I].name, std::data(range),
                      static_cast<std::size_t>(std::size(range)));
        } else if constexpr (is_bound<name, Map>) {
            sources[I].value = static_cast<double>(
                static_cast<number_of<T>>(value_binding<name>(bindings...).value));
        } else {
            sources[I].value = symbol_value<E, I, number_of<T>, double>(values);
        }
    }
};

template<class T>
using native_batch = simd::batch<T, simd::native_lanes<T>>;

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail
