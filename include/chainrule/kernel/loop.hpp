// SPDX-License-Identifier: BSL-1.0
/// The one loop behind every kernel: load, run the program, store or reduce. The tail is the same body
/// with partial loads and stores, so that a long program is compiled once.
#pragma once

#include <chainrule/kernel/run.hpp>

namespace chainrule::detail {

/// What happens to an output of the program.
enum class sink { store, store_times_gradient, reduce_times_gradient };

template<class T>
struct input_source {
    const T* pointer = nullptr;  ///< element-wise; null: the same value for all elements
    double value = 0;
};

template<class T>
struct output_target {
    T* pointer = nullptr;
    double* sum = nullptr;
};

template<class V>
inline double sum_lanes(V values, int count) {
    typename V::value_type all[V::lane_count];
    store(all, values);
    double sum = 0;
    for (int i = 0; i < count; ++i) sum += static_cast<double>(all[i]);
    return sum;
}

/// Elementwise over `size` elements. InputIsRange says which inputs are arrays, Sinks what the outputs do.
/// Not inlined: g++ would warn about whole batches read from an array that it knows to be short.
template<class Plan, class T, class V, class InputIsRange, sink... Sinks>
#if defined(__GNUC__)
[[gnu::noinline]]
#endif
void run_loop(const input_source<T>* inputs, const output_target<T>* outputs, const T* gradient, std::size_t size) {
    constexpr int lanes = V::lane_count;
    constexpr sink sinks[] = {Sinks...};
    constexpr bool needs_gradient = ((Sinks != sink::store) || ...);
    V values[static_cast<std::size_t>(Plan::inputs) + 1];
    for (int i = 0; i < Plan::inputs; ++i) {
        if (!InputIsRange::at(i)) values[i] = V(static_cast<typename V::value_type>(inputs[i].value));
    }
    for (std::size_t done = 0; done < size; done += static_cast<std::size_t>(lanes)) {
        const std::size_t rest = size - done;
        const bool whole = rest >= static_cast<std::size_t>(lanes);
        const int count = whole ? lanes : static_cast<int>(rest);
        auto fetch = [&](const T* from) { return whole ? simd::load_as<V>(from + done) : simd::load_partial_as<V>(from + done, count); };
        for (int i = 0; i < Plan::inputs; ++i) {
            if (InputIsRange::at(i)) values[i] = fetch(inputs[i].pointer);
        }
        V results[sizeof...(Sinks)];
        run_checked<Plan, number_of<T>, InputIsRange>(values, results, count);
        V upstream = V(typename V::value_type(1));
        if constexpr (needs_gradient) upstream = fetch(gradient);
        [&]<std::size_t... K>(std::index_sequence<K...>) {  // g++ -O2 does not unroll
            auto put = [&](const output_target<T>& target, sink kind, const V& value) {
                const V result = kind == sink::store ? value : upstream * value;
                if (kind == sink::reduce_times_gradient) {
                    *target.sum += sum_lanes(result, count);
                } else if (whole) {
                    simd::store_as(target.pointer + done, result);
                } else {
                    simd::store_partial_as(target.pointer + done, result, count);
                }
            };
            (put(outputs[K], sinks[K], results[K]), ...);
        }(std::make_index_sequence<sizeof...(Sinks)>{});
    }
}

}  // namespace chainrule::detail
