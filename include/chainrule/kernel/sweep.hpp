// SPDX-License-Identifier: BSL-1.0
/// A kernel over whole arrays: strands for the sums, threads, and blocks in the L1 cache for everything the
/// loop itself does not know: sums per channel, accumulate(), streaming stores.
#pragma once

#include <chainrule/kernel/loop.hpp>
#include <chainrule/kernel/parallel.hpp>
#include <chainrule/kernel/streaming.hpp>

namespace chainrule::detail {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// What a call asks for beyond the loop is known at compile time, so that other calls do not pay for it.
template<class T, bool HasChannels, bool Parallel>
class sweep {
    /// Elements in a block: a few arrays of them fit into the L1 cache.
    static constexpr std::size_t block_length = 4096 / sizeof(T);
    static constexpr std::size_t longest_sum = 16384;

public:
    sweep(const any_loop<T>& l, const input_source<T>* i, const output_target<T>* o, const T* g,
          std::size_t n)
        : loop(l), inputs(i), outputs(o), gradient(g), size(n) {
        std::size_t arrays = loop.needs_gradient ? 1 : 0;
        for (int k = 0; k < loop.inputs; ++k) arrays += inputs[k].pointer != nullptr ? 1 : 0;
        for (int k = 0; k < loop.outputs; ++k) {
            const output_target<T>& out = outputs[k];
            arrays += out.pointer != nullptr && out.channels.count == 0 ? 1 : 0;
            needs_blocks = needs_blocks || out.channels.count > 0 ||
                (out.accumulates && out.pointer != nullptr);
            has_sums = has_sums || out.channels.count > 0 || out.pointer == nullptr;
            if (out.channels.count > channels) channels = out.channels.count;
        }
        is_large = size > 0 && arrays * sizeof(T) * size >= streaming_threshold();
        all_stream = is_large && loop.can_stream;
        for (int k = 0; k < loop.outputs; ++k)
            needs_blocks = needs_blocks || (!loop.can_stream && streams(k));
        for (int k = 0; k < loop.outputs; ++k)
            all_stream = all_stream && (outputs[k].pointer == nullptr || streams(k));
    }

    /// Sums are added to what *outputs[k].sum holds.
    void run(unsigned threads) {
        if (size == 0) return finish_channels(nullptr, 0);
        if (!has_sums && threads == 1) return run_strand(inputs, outputs, 0, size);
        const std::size_t length = strand_length(size, channels);
        const std::size_t strands = (size + length - 1) / length;
        if (strands == 1 && channels == 0) return run_strand(inputs, outputs, 0, size);

        // Every strand has sums of its own; they are put together in their order.
        const auto width = static_cast<std::size_t>(loop.outputs) * (1 + channels);
        short_array<double, 4 * largest_strand_count> sums(strands * width);
        for (std::size_t i = 0; i < strands * width; ++i) sums.data()[i] = 0;
        auto run_share = [&](std::size_t first, std::size_t last) {
            short_array<output_target<T>, 8> own(outputs, loop.outputs);
            short_array<input_source<T>, 8> own_inputs(inputs, loop.inputs);
            const int cursors = HasChannels ? loop.inputs : 0;
            short_array<channel_cursor<T>, 2> own_cursors(static_cast<std::size_t>(cursors));
            for (int i = 0; i < cursors; ++i) {
                if (inputs[i].channels == nullptr) continue;
                own_inputs[i].channels =
                    ::new (own_cursors.data() + i) channel_cursor<T>(*inputs[i].channels);
            }
            for (std::size_t s = first; s < last; ++s) {
                for (int k = 0; k < loop.outputs; ++k) {
                    own[k].sum =
                        sums.data() + s * width + static_cast<std::size_t>(k) * (1 + channels);
                }
                const std::size_t begin = s * length;
                run_strand(own_inputs.data(), own.data(), begin,
                           length < size - begin ? length : size - begin);
            }
        };
        const std::size_t most =
            size / elements_per_thread < strands ? size / elements_per_thread : strands;
        const std::size_t count = threads < most ? threads : most;
        bool is_done = false;
        if constexpr (Parallel) {
            if (count > 1) {
                run_on_threads(static_cast<unsigned>(count), [&](unsigned i) {
                    run_share(strands * i / count, strands * (i + 1) / count);
                });
                is_done = true;
            }
        }
        if (!is_done) run_share(0, strands);
        for (int k = 0; k < loop.outputs; ++k) {
            if (outputs[k].pointer != nullptr) continue;
            for (std::size_t s = 0; s < strands; ++s) {
                *outputs[k].sum +=
                    sums.data()[s * width + static_cast<std::size_t>(k) * (1 + channels)];
            }
        }
        finish_channels(sums.data(), strands);
    }

private:
    /// Whether output k goes past the caches: not if it, or what it is computed from, is read again.
    [[nodiscard]] bool streams(int k) const {
        const output_target<T>& out = outputs[k];
        if (!is_large || out.pointer == nullptr || out.accumulates || out.channels.count > 0)
            return false;
        bool in_place = loop.needs_gradient && out.pointer == gradient;
        for (int i = 0; i < loop.inputs; ++i)
            in_place = in_place || out.pointer == inputs[i].pointer;
        return !in_place;
    }

    void run_strand(const input_source<T>* sources, const output_target<T>* targets,
                    std::size_t begin, std::size_t count) {
        if (!needs_blocks) {
            // In pieces, so that no lane adds up more than some thousand numbers in a row.
            const std::size_t longest = has_sums ? longest_sum : count;
            for (std::size_t done = 0; done < count; done += longest) {
                run_elements(loop, sources, targets, gradient, begin + done,
                             longest < count - done ? longest : count - done, all_stream);
            }
            if (all_stream) simd::store_fence();
            return;
        }
        const auto buffers = static_cast<std::size_t>(loop.outputs);
        short_array<T, 2 * block_length> buffer(buffers * block_length);
        short_array<input_source<T>, 8> block_inputs(sources, loop.inputs);
        short_array<output_target<T>, 8> block_outputs(targets, loop.outputs);
        for (std::size_t done = 0; done < count; done += block_length) {
            const std::size_t first = begin + done;
            const std::size_t length = block_length < count - done ? block_length : count - done;
            T* free = buffer.data();
            for (int i = 0; i < loop.inputs; ++i) {
                block_inputs[i].first = first;
                if (sources[i].pointer != nullptr)
                    block_inputs[i].pointer = sources[i].pointer + first;
            }
            for (int k = 0; k < loop.outputs; ++k) {
                if (targets[k].pointer == nullptr) continue;
                const bool direct =
                    targets[k].channels.count == 0 && !targets[k].accumulates && !streams(k);
                block_outputs[k].pointer = direct ? targets[k].pointer + first : free;
                free += direct ? 0 : block_length;
            }
            run_elements(loop, block_inputs.data(), block_outputs.data(),
                         loop.needs_gradient ? gradient + first : nullptr, 0, length);
            for (int k = 0; k < loop.outputs; ++k) {
                const output_target<T>& out = targets[k];
                const T* const from = block_outputs[k].pointer;
                if (out.pointer == nullptr) continue;
                if constexpr (HasChannels) {
                    if (out.channels.count > 0) {
                        sum_channels(from, out.channels, first, length, out.sum + 1);
                        continue;
                    }
                }
                if (out.accumulates) add_to(out.pointer + first, from, length);
                else if (streams(k)) stream_copy(out.pointer + first, from, length);
            }
        }
        if (is_large) simd::store_fence();
    }

    void finish_channels(const double* sums, std::size_t strands) {
        if constexpr (!HasChannels) return;
        const auto width = static_cast<std::size_t>(loop.outputs) * (1 + channels);
        for (int k = 0; k < loop.outputs; ++k) {
            const output_target<T>& out = outputs[k];
            for (std::size_t c = 0; c < out.channels.count; ++c) {
                double sum = out.accumulates ? static_cast<double>(out.pointer[c]) : 0;
                for (std::size_t s = 0; s < strands; ++s) {
                    sum += sums[s * width + static_cast<std::size_t>(k) * (1 + channels) + 1 + c];
                }
                out.pointer[c] = static_cast<T>(static_cast<number_of<T>>(sum));
            }
        }
    }

    const any_loop<T>& loop;
    const input_source<T>* inputs;
    const output_target<T>* outputs;
    const T* gradient;
    std::size_t size;
    std::size_t channels = 0;
    bool needs_blocks = false;
    bool has_sums = false;
    bool is_large = false;
    bool all_stream = false;
};

/// Runs the kernel over `size` elements on at most `threads` threads.
template<class Plan, class T, class V, class InputIsArray, bool HasChannels, bool Parallel,
         sink... Sinks>
void sweep_arrays(const input_source<T>* inputs, const output_target<T>* outputs, const T* gradient,
                  std::size_t size, unsigned threads) {
    // Small arrays, where the bookkeeping below would take as long as the work.
    if constexpr (!HasChannels) {
        using loop = kernel_loop<Plan, T, V, InputIsArray, Sinks...>;
        constexpr auto lanes = static_cast<std::size_t>(loop::group * V::lane_count);
        constexpr std::size_t arrays =
            static_cast<std::size_t>(Plan::inputs) + sizeof...(Sinks) + 1;
        bool is_simple = size <= shortest_strand && stays_in_cache(size * arrays * sizeof(T));
        for (std::size_t k = 0; k < sizeof...(Sinks); ++k)
            is_simple = is_simple && !outputs[k].accumulates;
        if (is_simple) {
            const std::size_t rest = size % lanes;
            if (size > rest)
                loop::run(inputs, outputs, gradient, size - rest, static_cast<int>(lanes), false);
            if (rest == 0) return;
            constexpr const any_loop<T>& any = loop_of<Plan, T, V, InputIsArray, Sinks...>;
            if (size < lanes || loop::has_sums || loop::is_in_place(inputs, outputs, gradient))
                run_part(any, inputs, outputs, gradient, size - rest, rest);
            else
                run_from(any, inputs, outputs, gradient, size - lanes, lanes, false);  // some again
            return;
        }
    }
    sweep<T, HasChannels, Parallel>(loop_of<Plan, T, V, InputIsArray, Sinks...>, inputs, outputs,
                                    gradient, size)
        .run(threads);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail
