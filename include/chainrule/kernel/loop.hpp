// SPDX-License-Identifier: BSL-1.0
/// The one loop behind every kernel: load, run the program, store or sum. It knows whole batches only and
/// has no branch but the one for NaN; what is at the ends and all special wishes are met by copies in the
/// L1 cache (run_loop below and sweep.hpp), so that a program is compiled once.
#pragma once

#include <chainrule/kernel/channel_cursor.hpp>
#include <chainrule/kernel/exceptions.hpp>
#include <chainrule/kernel/reduction.hpp>
#include <chainrule/kernel/run.hpp>

#include <cstring>
#include <new>

namespace chainrule::detail {

/// What happens to an output of the program.
enum class sink { store, store_times_gradient, reduce_times_gradient };

template<class T>
struct output_target {
    T* pointer = nullptr;
    double* sum = nullptr;
    channel_layout channels{};  ///< if it has channels, `pointer` receives the sum for each
    bool accumulates = false;
};

inline namespace CHAINRULE_SIMD_NAMESPACE {

template<class T>
struct input_source {
    const T* pointer = nullptr;  ///< an array; null: the same value for all elements
    double value = 0;
    channel_cursor<T>* channels = nullptr;  ///< instead of `pointer`: one value per channel
    std::size_t first = 0;                  ///< the loop's element 0 is this one of `channels`
};

/// Shorter programs have a loop of their own for the common case: ordinary stores, and numbers of the call
/// that cannot make NaN. Longer ones ask at every store.
inline constexpr int longest_copied_program = 8;
/// Shorter programs have one for stretches of which the exceptions are looked at and not the results.
inline constexpr int longest_watched_program = 24;

/// The loop of one kernel. InputIsArray says which inputs are arrays, Sinks what the outputs do.
template<class Plan, class T, class V, class InputIsArray, sink... Sinks>
struct kernel_loop {
    static constexpr sink sinks[] = {Sinks...};
    static constexpr bool needs_gradient = ((Sinks != sink::store) || ...);
    static constexpr bool has_sums = ((Sinks == sink::reduce_times_gradient) || ...);
    static constexpr int group = batches_in_group<Plan, typename V::value_type>;
    static constexpr bool can_stream = std::is_same_v<T, typename V::value_type>;

    /// `size` is a number of whole groups of batches; the first `counted` lanes of each go into the sums. `streams`:
    /// results go past the caches; then all outputs that are arrays are aligned to a batch.
    /// Not inlined: g++ would warn about whole batches read from an array that it knows to be short.
#if defined(__GNUC__)
    [[gnu::noinline]]
#endif
    static void
    run(const input_source<T>* inputs, const output_target<T>* outputs, const T* gradient,
        std::size_t size, int counted, bool streams) {
        if constexpr (Plan::steps.step_count > longest_copied_program && !can_watch) {
            run_batches(inputs, outputs, gradient, 0, size, counted, streams, are_plain(inputs));
        } else if (streams || (asks_for_plain && !are_plain(inputs))) {
            run_rare(inputs, outputs, gradient, 0, size, counted, streams);
        } else if constexpr (can_watch) {
            if (!exception_watch::pays(size) || is_in_place(inputs, outputs, gradient))
                run_rare(inputs, outputs, gradient, 0, size, counted, streams);
            else run_watched(inputs, outputs, gradient, size, counted);
        } else {
            run_batches(inputs, outputs, gradient, 0, size, counted, std::false_type{},
                        std::true_type{});
        }
    }

    /// Whether an output takes the place of an input, which then is there only once.
    CHAINRULE_SIMD_INLINE static bool is_in_place(const input_source<T>* inputs,
                                                  const output_target<T>* outputs,
                                                  const T* gradient) {
        bool result = false;
        CHAINRULE_UNROLL
        for (int k = 0; k < Plan::outputs; ++k) {
            if (needs_gradient) result |= outputs[k].pointer == gradient;
            CHAINRULE_UNROLL
            for (int i = 0; i < Plan::inputs; ++i)
                if (InputIsArray::at(i)) result |= outputs[k].pointer == inputs[i].pointer;
        }
        return result;
    }

private:
    /// Nothing is in doubt but for numbers of the call that are 0 or not finite.
    static constexpr bool asks_for_plain = doubts<Plan>::any && !doubts<Plan, InputIsArray>::any;
    /// Whether the exceptions tell what is NaN or infinite, and of what is small a minimum: the processor keeps the
    /// account of exceptions for nothing. Not where a result has another type (to store it may raise one, too), where
    /// it has gone into a sum when it is found wrong, or where 0 is an ordinary result.
    static constexpr bool can_watch = has_exception_watch && can_stream && !has_sums &&
        Plan::steps.step_count <= longest_watched_program && doubts<Plan, InputIsArray>::any &&
        (doubts<Plan>::about_zero || !doubts<Plan>::about_size) &&
        doubts<Plan>::raises_exceptions();

    /// Stretch by stretch: without a look at each result, and again with one if there is a doubtful one among them.
    CHAINRULE_SIMD_INLINE static void run_watched(const input_source<T>* inputs,
                                                  const output_target<T>* outputs,
                                                  const T* gradient, std::size_t size,
                                                  int counted) {
        constexpr std::size_t stretch = watched_groups * group * V::lane_count;
        exception_watch watch;
        for (std::size_t done = 0; done < size; done += stretch) {
            const std::size_t end = stretch < size - done ? done + stretch : size;
            if (watch.is_on()) {
                const bool has_small =
                    run_batches(inputs, outputs, gradient, done, end, counted, std::false_type{},
                                std::true_type{}, std::true_type{});
                if (!has_small && !watch.has_seen_one()) continue;
            }
            run_rare(inputs, outputs, gradient, done, end, counted, false);
            watch.go_on();
        }
    }

    /// Apart, so that the common case need not make room on the stack for what is done here.
#if defined(__GNUC__)
    [[gnu::noinline]]
#endif
    static void
    run_rare(const input_source<T>* inputs, const output_target<T>* outputs, const T* gradient,
             std::size_t begin, std::size_t end, int counted, bool streams) {
        if constexpr (asks_for_plain) {
            run_batches(inputs, outputs, gradient, begin, end, counted, streams, are_plain(inputs));
        } else if constexpr (can_watch) {
            run_batches(inputs, outputs, gradient, begin, end, counted, streams, std::true_type{});
        } else {
            run_batches(inputs, outputs, gradient, begin, end, counted, std::true_type{},
                        std::true_type{});
        }
    }

    /// Whether the inputs that are one number for all elements are finite and not 0.
    CHAINRULE_SIMD_INLINE static bool are_plain(const input_source<T>* inputs) {
        bool result = true;
        CHAINRULE_UNROLL
        for (int i = 0; i < Plan::inputs; ++i) {
            if (InputIsArray::at(i)) continue;
            const auto number = static_cast<typename V::value_type>(inputs[i].value);
            result = result && number != 0 && number - number == 0;
        }
        return result;
    }

    /// Elements `begin` ... `size`. `Watched`: the caller looks at the exceptions; the result is whether there is a
    /// small result.
    template<class Streams, class Plain, class Watched = std::false_type>
    CHAINRULE_SIMD_INLINE static bool run_batches(const input_source<T>* inputs,
                                                  const output_target<T>* outputs,
                                                  const T* gradient, std::size_t begin,
                                                  std::size_t size, int counted, Streams streams,
                                                  Plain plain, Watched = {}) {
        constexpr auto lanes = static_cast<std::size_t>(V::lane_count);
        // Copies: for all the compiler knows, a store could change what the lists hold.
        const T* from[static_cast<std::size_t>(Plan::inputs) + 1];
        T* to[sizeof...(Sinks)];
        V values[static_cast<std::size_t>(group * Plan::inputs) + 1];
        CHAINRULE_UNROLL
        for (int i = 0; i < Plan::inputs; ++i) {
            from[i] = inputs[i].pointer;
            if (InputIsArray::at(i)) continue;
            const auto number = static_cast<typename V::value_type>(inputs[i].value);
            CHAINRULE_UNROLL
            for (int g = 0; g < group; ++g) values[g * Plan::inputs + i] = V(number);
        }
        CHAINRULE_UNROLL
        for (int k = 0; k < Plan::outputs; ++k) to[k] = outputs[k].pointer;
        [[maybe_unused]] V smallest = V(typename V::value_type(1));
        lane_sums<typename V::value_type, V::lane_count> sums[has_sums ? sizeof...(Sinks) : 1];
        constexpr std::size_t stretch =
            has_sums ? (summed_stretch - (group - 1)) * group * lanes : SIZE_MAX;
        [[maybe_unused]] std::size_t moves[static_cast<std::size_t>(Plan::inputs) + 1];
        for (std::size_t done = begin; done < size;) {
            const std::size_t stretch_end = stretch < size - done ? done + stretch : size;
            V short_sums[has_sums ? group * sizeof...(Sinks) : 1];
            if constexpr (has_sums) {
                CHAINRULE_UNROLL
                for (auto& sum : short_sums) sum = V(typename V::value_type(0));
            }
            do {
                std::size_t end = stretch_end;
                [[maybe_unused]] const std::size_t piece = done;
                if constexpr (InputIsArray::has_channels)
                    end = start_pieces(inputs, done, stretch_end, from, moves);
                for (; done < end; done += group * lanes) {
                    CHAINRULE_UNROLL
                    for (int i = 0; i < Plan::inputs; ++i) {
                        if (!InputIsArray::at(i)) continue;
                        const std::size_t offset =
                            InputIsArray::has_channels ? (done - piece) & moves[i] : done;
                        CHAINRULE_UNROLL
                        for (int g = 0; g < group; ++g) {
                            const T* const here =
                                from[i] + offset + static_cast<std::size_t>(g) * lanes;
                            values[g * Plan::inputs + i] = simd::load_as<V>(here);
                            if (streams) prefetch(here);
                        }
                    }
                    V results[group * sizeof...(Sinks)];
                    if constexpr (Watched::value) {
                        run_batch<Plan, number_of<T>, group>(values, results);
                        smallest =
                            smallest_of<Plan, InputIsArray, group>(smallest, values, results);
                    } else {
                        run_checked<Plan, number_of<T>, InputIsArray, group>(values, results,
                                                                             counted, plain);
                    }
                    CHAINRULE_UNROLL
                    for (int g = 0; g < group; ++g) {
                        const std::size_t here = done + static_cast<std::size_t>(g) * lanes;
                        V upstream = V(typename V::value_type(1));
                        if constexpr (needs_gradient) {
                            upstream = simd::load_as<V>(gradient + here);
                            if (streams) prefetch(gradient + here);
                        }
                        CHAINRULE_UNROLL
                        for (int k = 0; k < Plan::outputs; ++k) {
                            const V& value = results[g * Plan::outputs + k];
                            const V result = sinks[k] == sink::store ? value : upstream * value;
                            if (has_sums && sinks[k] == sink::reduce_times_gradient)
                                short_sums[g * Plan::outputs + k] += result;
                            else if (streams) store_past_caches(to[k] + here, result);
                            else simd::store_as(to[k] + here, result);
                        }
                    }
                }
            } while (InputIsArray::has_channels && done < stretch_end);
            if constexpr (has_sums) {
                CHAINRULE_UNROLL
                for (int k = 0; k < Plan::outputs; ++k) {
                    if (sinks[k] != sink::reduce_times_gradient) continue;
                    if (counted < group * V::lane_count) [[unlikely]] {
                        CHAINRULE_UNROLL
                        for (int g = 0; g < group; ++g) {
                            V& sum = short_sums[g * Plan::outputs + k];
                            sum = first_lanes(sum, counted - g * V::lane_count);
                        }
                    }
                    CHAINRULE_UNROLL
                    for (int g = 1; g < group; ++g)
                        short_sums[k] += short_sums[g * Plan::outputs + k];
                    sums[k].add(short_sums[k]);
                }
            }
        }
        if constexpr (has_sums) {
            CHAINRULE_UNROLL
            for (int k = 0; k < Plan::outputs; ++k) {
                if (sinks[k] == sink::reduce_times_gradient) *outputs[k].sum += sums[k].total();
            }
        }
        if constexpr (Watched::value)
            return any(absolute(smallest) < V(small_result<Plan, typename V::value_type>));
        return false;
    }

    /// Where the inputs lie from element `begin` on, and where one of them ends, `end` at the latest. moves[i]: 0 if
    /// input i stays where it is, else all bits.
    CHAINRULE_SIMD_INLINE static std::size_t start_pieces(const input_source<T>* inputs,
                                                          std::size_t begin, std::size_t end,
                                                          const T** from, std::size_t* moves) {
        CHAINRULE_UNROLL
        for (int i = 0; i < Plan::inputs; ++i) {
            if (!InputIsArray::at(i)) continue;
            moves[i] = ~std::size_t{0};
            if (inputs[i].channels == nullptr) {
                from[i] = inputs[i].pointer + begin;
                continue;
            }
            constexpr auto length = static_cast<std::size_t>(group * V::lane_count);
            const auto piece =
                inputs[i].channels->template from<length>(inputs[i].first + begin, end - begin);
            from[i] = piece.here;
            if (piece.is_constant) moves[i] = 0;
            end = begin + piece.length;
        }
        return end;
    }

    /// 2 KB ahead (measured: streaming stores alone leave a tenth of the bandwidth unused).
    CHAINRULE_SIMD_INLINE static void prefetch(const T* here) {
#if defined(__GNUC__)
        __builtin_prefetch(reinterpret_cast<const char*>(here) + 2048);
#endif
    }

    CHAINRULE_SIMD_INLINE static void store_past_caches(T* to, const V& values) {
        if constexpr (can_stream) store_streaming(to, values);
        else simd::store_as(to, values);
    }
};

/// A kernel_loop without its types: what follows is compiled once for each element type.
template<class T>
struct any_loop {
    void (*run)(const input_source<T>*, const output_target<T>*, const T*, std::size_t, int, bool);
    int inputs;
    int outputs;
    const sink* sinks;
    int lanes;        ///< of a group of batches, on which the loop works
    int batch_lanes;  ///< streaming stores are aligned to a batch
    bool needs_gradient;
    bool can_stream;  ///< results have the width they are stored in
    /// channel_cursor::copy; null without channels, so that such kernels need not compile it.
    void (*copy_channels)(const channel_cursor<T>&, std::size_t, std::size_t, T*);
};

template<class Plan, class T, class V, class InputIsArray, sink... Sinks>
inline constexpr any_loop<T> loop_of = [] {
    using loop = kernel_loop<Plan, T, V, InputIsArray, Sinks...>;
    return any_loop<T>{&loop::run,
                       Plan::inputs,
                       Plan::outputs,
                       loop::sinks,
                       loop::group * V::lane_count,
                       V::lane_count,
                       loop::needs_gradient,
                       loop::can_stream,
                       InputIsArray::has_channels ? &channel_cursor<T>::copy : nullptr};
}();

/// Room for `count` items on the stack, or on the heap if they are many. Holds nothing at first.
template<class Item, std::size_t OnStack>
class short_array {
    static_assert(std::is_trivially_destructible_v<Item> && alignof(Item) <= 64);

public:
    explicit short_array(std::size_t count)
        : first(count <= OnStack
                    ? reinterpret_cast<Item*>(near)
                    : static_cast<Item*>(::operator new(count * sizeof(Item), alignment))) {}
    short_array(const Item* from, int count) : short_array(static_cast<std::size_t>(count)) {
        for (int i = 0; i < count; ++i) ::new (first + i) Item(from[i]);
    }
    ~short_array() {
        if (first != reinterpret_cast<Item*>(near)) ::operator delete(first, alignment);
    }
    short_array(const short_array&) = delete;
    short_array& operator=(const short_array&) = delete;
    Item& operator[](int i) { return first[i]; }
    Item* data() { return first; }

private:
    static constexpr std::align_val_t alignment{alignof(Item)};
    alignas(64) unsigned char near[OnStack * sizeof(Item)];
    Item* first;
};

/// Some elements fewer than a batch, `at` ... `at + count`: copied to a batch whose other lanes repeat the
/// first of them, so that they raise nothing of their own.
template<class T>
[[gnu::noinline]] void run_part(const any_loop<T>& loop, const input_source<T>* all_inputs,
                                const output_target<T>* all_outputs, const T* gradient,
                                std::size_t at, std::size_t count) {
    // Whole blocks, whose length the compiler knows: it fills one with a store or two.
    constexpr std::size_t block = 16;
    const auto lanes = static_cast<std::size_t>(loop.lanes);
    const std::size_t room = (lanes + block - 1) / block * block;
    short_array<input_source<T>, 8> inputs(all_inputs, loop.inputs);
    short_array<output_target<T>, 8> outputs(all_outputs, loop.outputs);
    short_array<T, 32 * block> copies(static_cast<std::size_t>(loop.inputs + loop.outputs + 1) *
                                      room);
    T* free = copies.data();
    auto fill = [&](T number) {
        for (std::size_t j = 0; j < room; j += block) {
            for (std::size_t k = 0; k < block; ++k) free[j + k] = number;
        }
    };
    auto copy_of = [&](const T* from) {
        fill(from[at]);
        std::memcpy(free, from + at, count * sizeof(T));
        T* const copy = free;
        free += room;
        return copy;
    };
    for (int i = 0; i < loop.inputs; ++i) {
        if (inputs[i].channels != nullptr) {
            const std::size_t first = inputs[i].first + at;
            loop.copy_channels(*inputs[i].channels, first, 1, free);
            fill(*free);
            loop.copy_channels(*inputs[i].channels, first, count, free);
            inputs[i] = {free};
            free += room;
        } else if (inputs[i].pointer != nullptr) {
            inputs[i].pointer = copy_of(inputs[i].pointer);
        }
    }
    if (loop.needs_gradient) gradient = copy_of(gradient);
    T* const results = free;
    for (int k = 0; k < loop.outputs; ++k) {
        if (outputs[k].pointer == nullptr) continue;
        outputs[k].pointer = free;
        free += room;
    }
    loop.run(inputs.data(), outputs.data(), gradient, lanes, static_cast<int>(count), false);
    free = results;
    for (int k = 0; k < loop.outputs; ++k) {
        if (outputs[k].pointer == nullptr) continue;
        std::memcpy(all_outputs[k].pointer + at, free, count * sizeof(T));
        free += room;
    }
}

/// Whole batches from element `at` on.
template<class T>
[[gnu::noinline]] void run_from(const any_loop<T>& loop, const input_source<T>* all_inputs,
                                const output_target<T>* all_outputs, const T* gradient,
                                std::size_t at, std::size_t size, bool streams) {
    short_array<input_source<T>, 8> inputs(all_inputs, loop.inputs);
    short_array<output_target<T>, 8> outputs(all_outputs, loop.outputs);
    for (int i = 0; i < loop.inputs; ++i) {
        inputs[i].first += at;
        if (inputs[i].pointer != nullptr) inputs[i].pointer += at;
    }
    for (int k = 0; k < loop.outputs; ++k) {
        if (outputs[k].pointer != nullptr) outputs[k].pointer += at;
    }
    loop.run(inputs.data(), outputs.data(), loop.needs_gradient ? gradient + at : nullptr, size,
             loop.lanes, streams);
}

/// How many elements come before the first that is aligned in all output arrays; the length of a batch if
/// there is none.
template<class T>
std::size_t head_of(const any_loop<T>& loop, const output_target<T>* outputs, std::size_t begin) {
    const auto bytes = static_cast<std::size_t>(loop.batch_lanes) * sizeof(T);
    std::size_t head = bytes;
    for (int k = 0; k < loop.outputs; ++k) {
        if (outputs[k].pointer == nullptr) continue;
        const auto mine =
            (bytes - reinterpret_cast<std::uintptr_t>(outputs[k].pointer + begin) % bytes) % bytes;
        if ((head != bytes && head != mine) || mine % sizeof(T) != 0) return bytes / sizeof(T);
        head = mine;
    }
    return head / sizeof(T);
}

/// The loop over elements begin ... begin + size of plain arrays, streaming if the outputs can be aligned.
template<class T>
[[gnu::noinline]] void run_elements(const any_loop<T>& loop, const input_source<T>* inputs,
                                    const output_target<T>* outputs, const T* gradient,
                                    std::size_t begin, std::size_t size, bool streams = false) {
    const auto lanes = static_cast<std::size_t>(loop.lanes);
    if (streams) {
        const std::size_t head = head_of(loop, outputs, begin);
        if (head < static_cast<std::size_t>(loop.batch_lanes) && head < size) {
            if (head > 0) run_part(loop, inputs, outputs, gradient, begin, head);
            begin += head;
            size -= head;
        } else {
            streams = false;
        }
    }
    const std::size_t rest = size % lanes;
    const std::size_t whole = size - rest;
    if (whole > 0) {
        if (begin == 0) loop.run(inputs, outputs, gradient, whole, loop.lanes, streams);
        else run_from(loop, inputs, outputs, gradient, begin, whole, streams);
    }
    if (rest > 0) run_part(loop, inputs, outputs, gradient, begin + whole, rest);
}

/// Elementwise over `size` elements of plain arrays.
template<class Plan, class T, class V, class InputIsArray, sink... Sinks>
void run_loop(const input_source<T>* inputs, const output_target<T>* outputs, const T* gradient,
              std::size_t size) {
    run_elements<T>(loop_of<Plan, T, V, InputIsArray, Sinks...>, inputs, outputs, gradient, 0,
                    size);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail
