// SPDX-License-Identifier: BSL-1.0
/// The one loop behind every kernel: load, run the program, store or sum. It knows whole batches only and
/// has no branch but the one for NaN; what is at the ends and all special wishes are met by copies in the
/// L1 cache (run_loop below and sweep.hpp), so that a program is compiled once.
#pragma once

#include <chainrule/kernel/per_channel.hpp>
#include <chainrule/kernel/reduction.hpp>
#include <chainrule/kernel/run.hpp>

#include <new>

namespace chainrule::detail {

/// What happens to an output of the program.
enum class sink { store, store_times_gradient, reduce_times_gradient };

template<class T>
struct input_source {
    const T* pointer = nullptr;  ///< element-wise; null: the same value for all elements
    double value = 0;
    channel_layout channels{};  ///< if it has channels, `pointer` holds one value for each
};

template<class T>
struct output_target {
    T* pointer = nullptr;
    double* sum = nullptr;
    channel_layout channels{};  ///< if it has channels, `pointer` receives the sum for each
    bool accumulates = false;
};

inline namespace CHAINRULE_SIMD_NAMESPACE {

/// The loop of one kernel. InputIsArray says which inputs are arrays, Sinks what the outputs do.
template<class Plan, class T, class V, class InputIsArray, sink... Sinks>
struct kernel_loop {
    static constexpr sink sinks[] = {Sinks...};
    static constexpr bool needs_gradient = ((Sinks != sink::store) || ...);

    /// `size` is a number of whole batches; the first `counted` lanes of each go into the sums.
    /// Not inlined: g++ would warn about whole batches read from an array that it knows to be short.
#if defined(__GNUC__)
    [[gnu::noinline]]
#endif
    static void run(const input_source<T>* inputs, const output_target<T>* outputs, const T* gradient, std::size_t size,
                    int counted) {
        constexpr auto lanes = static_cast<std::size_t>(V::lane_count);
        V values[static_cast<std::size_t>(Plan::inputs) + 1];
        for (int i = 0; i < Plan::inputs; ++i) {
            if (!InputIsArray::at(i)) values[i] = V(static_cast<typename V::value_type>(inputs[i].value));
        }
        lane_sums<typename V::value_type, V::lane_count> sums[sizeof...(Sinks)];
        for (std::size_t done = 0; done < size; done += lanes) {
            for (int i = 0; i < Plan::inputs; ++i) {
                if (InputIsArray::at(i)) values[i] = simd::load_as<V>(inputs[i].pointer + done);
            }
            V results[sizeof...(Sinks)];
            run_checked<Plan, number_of<T>, InputIsArray>(values, results, counted);
            V upstream = V(typename V::value_type(1));
            if constexpr (needs_gradient) upstream = simd::load_as<V>(gradient + done);
            [&]<std::size_t... K>(std::index_sequence<K...>) {  // g++ -O2 does not unroll
                auto put = [&](auto& sum, T* target, sink kind, const V& value) {
                    const V result = kind == sink::store ? value : upstream * value;
                    if (kind == sink::reduce_times_gradient) sum.add(result);
                    else simd::store_as(target + done, result);
                };
                (put(sums[K], outputs[K].pointer, sinks[K], results[K]), ...);
            }(std::make_index_sequence<sizeof...(Sinks)>{});
        }
        for (int k = 0; k < Plan::outputs; ++k) {
            if (sinks[k] == sink::reduce_times_gradient) *outputs[k].sum += sums[k].total(counted);
        }
    }
};

/// A kernel_loop without its types: what follows is compiled once for each element type.
template<class T>
struct any_loop {
    void (*run)(const input_source<T>*, const output_target<T>*, const T*, std::size_t, int);
    int inputs;
    int outputs;
    const sink* sinks;
    int lanes;
    bool needs_gradient;
};

template<class Plan, class T, class V, class InputIsArray, sink... Sinks>
inline constexpr any_loop<T> loop_of = [] {
    using loop = kernel_loop<Plan, T, V, InputIsArray, Sinks...>;
    return any_loop<T>{&loop::run,    Plan::inputs, Plan::outputs, loop::sinks, V::lane_count,
                       loop::needs_gradient};
}();

/// Room for `count` items on the stack, or on the heap if they are many. Holds nothing at first.
template<class Item, std::size_t OnStack>
class short_array {
    static_assert(std::is_trivially_copyable_v<Item>);

public:
    explicit short_array(std::size_t count)
        : first(count <= OnStack ? reinterpret_cast<Item*>(near)
                                 : static_cast<Item*>(::operator new(count * sizeof(Item)))) {}
    short_array(const Item* from, int count) : short_array(static_cast<std::size_t>(count)) {
        for (int i = 0; i < count; ++i) ::new (first + i) Item(from[i]);
    }
    ~short_array() {
        if (first != reinterpret_cast<Item*>(near)) ::operator delete(first);
    }
    short_array(const short_array&) = delete;
    short_array& operator=(const short_array&) = delete;
    Item& operator[](int i) { return first[i]; }
    Item* data() { return first; }

private:
    alignas(64) unsigned char near[OnStack * sizeof(Item)];
    Item* first;
};

/// The loop over elements begin ... begin + size of plain arrays. The last elements that fill no batch are
/// copied to one whose other lanes repeat the first of them, so that they raise nothing of their own.
template<class T>
[[gnu::noinline]] void run_elements(const any_loop<T>& loop, const input_source<T>* all_inputs,
                                    const output_target<T>* all_outputs, const T* gradient, std::size_t begin,
                                    std::size_t size) {
    const auto lanes = static_cast<std::size_t>(loop.lanes);
    const std::size_t whole = size / lanes * lanes;
    const std::size_t rest = size - whole;
    if (begin == 0 && whole > 0) loop.run(all_inputs, all_outputs, gradient, whole, loop.lanes);
    if (begin == 0 && rest == 0) return;
    short_array<input_source<T>, 8> inputs(all_inputs, loop.inputs);
    short_array<output_target<T>, 8> outputs(all_outputs, loop.outputs);
    for (int i = 0; i < loop.inputs; ++i) {
        if (inputs[i].pointer != nullptr) inputs[i].pointer += begin;
    }
    for (int k = 0; k < loop.outputs; ++k) {
        if (outputs[k].pointer != nullptr) outputs[k].pointer += begin;
    }
    if (loop.needs_gradient) gradient += begin;
    if (begin > 0 && whole > 0) loop.run(inputs.data(), outputs.data(), gradient, whole, loop.lanes);
    if (rest == 0) return;

    short_array<T, 16 * 16> copies(static_cast<std::size_t>(loop.inputs + loop.outputs + 1) * lanes);
    T* free = copies.data();
    auto copy_of = [&](const T* from) {
        T* const copy = free;
        free += lanes;
        for (std::size_t j = 0; j < lanes; ++j) copy[j] = from[whole + (j < rest ? j : 0)];
        return copy;
    };
    for (int i = 0; i < loop.inputs; ++i) {
        if (inputs[i].pointer != nullptr) inputs[i].pointer = copy_of(inputs[i].pointer);
    }
    if (loop.needs_gradient) gradient = copy_of(gradient);
    T* const results = free;
    for (int k = 0; k < loop.outputs; ++k) {
        if (outputs[k].pointer == nullptr) continue;
        outputs[k].pointer = free;
        free += lanes;
    }
    loop.run(inputs.data(), outputs.data(), gradient, lanes, static_cast<int>(rest));
    free = results;
    for (int k = 0; k < loop.outputs; ++k) {
        if (outputs[k].pointer == nullptr) continue;
        for (std::size_t j = 0; j < rest; ++j) all_outputs[k].pointer[begin + whole + j] = free[j];
        free += lanes;
    }
}

/// Elementwise over `size` elements of plain arrays.
template<class Plan, class T, class V, class InputIsArray, sink... Sinks>
void run_loop(const input_source<T>* inputs, const output_target<T>* outputs, const T* gradient, std::size_t size) {
    run_elements<T>(loop_of<Plan, T, V, InputIsArray, Sinks...>, inputs, outputs, gradient, 0, size);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail
