// SPDX-License-Identifier: BSL-1.0
/// What the loop reads of an input that has one value per channel.
#pragma once

#include <chainrule/kernel/per_channel.hpp>

namespace chainrule::detail {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// Hands out the values of the elements piece by piece, in an order of elements that mostly ascends: where the
/// channels' values lie, from a copy of whole periods that is made once, or one value for a run of one channel.
template<class T>
class channel_cursor {
    /// Elements in the copy.
    static constexpr std::size_t room_length = 4096 / sizeof(T);
    /// Beginning a piece takes as long as some tens of elements; pieces are not shorter if that can be.
    static constexpr std::size_t short_piece = 256;
    /// Of shorter runs of one channel, if their ends are not those of batches, several are copied at a time.
    static constexpr std::size_t short_run = 128;

public:
    channel_cursor() = default;
    channel_cursor(const T* v, channel_layout l) : values(v), layout(l) {}
    /// The copy has room of its own, which it fills itself.
    channel_cursor(const channel_cursor& other) : channel_cursor(other.values, other.layout) {}
    channel_cursor& operator=(const channel_cursor& other) {
        values = other.values;
        layout = other.layout;
        period_end = 0;
        run_end = 0;
        return *this;
    }

    /// Elements `at` ... `at + length` read here[0], here[1] and so on, or all the same: here[0] ... here[Lanes - 1].
    struct piece {
        const T* here;
        std::size_t length;
        bool is_constant;
    };

    /// The piece that begins at element `at`. Its length is a multiple of Lanes, as `longest` is, and not above it.
    /// One cursor is asked with one Lanes.
    template<std::size_t Lanes>
    CHAINRULE_SIMD_INLINE piece from(std::size_t at, std::size_t longest) {
        static_assert(2 * Lanes <= short_piece);
        if (layout.inner % Lanes == 0 || layout.inner >= short_run) {
            if (at < run_begin || at >= run_end) go_to_run(at);
            const std::size_t left = whole<Lanes>(run_end - at, longest);
            if (left > 0) {
                const T value = values[channel];
                for (std::size_t j = 0; j < Lanes; ++j) room[j] = value;
                return {room, left, true};
            }
            longest = Lanes;  // where one run ends and the next begins
        } else if (layout.inner == 1 && layout.count >= short_piece) {
            const std::size_t phase = at % layout.count;
            const std::size_t left = whole<Lanes>(layout.count - phase, longest);
            if (left > 0) return {values + phase, left, false};
            longest = Lanes;
        } else if (layout.count <= (room_length - short_piece) / layout.inner) {
            const std::size_t period = layout.count * layout.inner;
            if (period_end == 0) {
                period_end = period + 2 * short_piece;
                if (period_end > room_length) period_end = room_length;
                expand_channels(values, layout, 0, period_end, room);
            }
            const std::size_t phase = at % period;
            return {room + phase, whole<Lanes>(period_end - phase, longest), false};
        }
        const std::size_t length = whole<Lanes>(room_length, longest);
        expand_channels(values, layout, at, length, room);
        return {room, length, false};
    }

    /// The values of `count` elements from `at` on, fewer than a short piece.
    static void copy(const channel_cursor& cursor, std::size_t at, std::size_t count, T* to) {
        T copied[short_piece + expansion_margin<T>];
        expand_channels(cursor.values, cursor.layout, at, count, copied);
        std::memcpy(to, copied, count * sizeof(T));
    }

    const T* values = nullptr;
    channel_layout layout{};

private:
    template<std::size_t Lanes>
    static std::size_t whole(std::size_t length, std::size_t longest) {
        return length < longest ? length / Lanes * Lanes : longest;
    }

    void go_to_run(std::size_t at) {
        if (at == run_end && run_end > 0) {
            channel = channel + 1 == layout.count ? 0 : channel + 1;
            run_begin = at;
        } else {
            channel = at / layout.inner % layout.count;
            run_begin = at - at % layout.inner;
        }
        run_end = layout.inner < SIZE_MAX - run_begin ? run_begin + layout.inner : SIZE_MAX;
    }

    std::size_t period_end = 0;  ///< the elements before it are in the copy
    std::size_t run_begin = 0;
    std::size_t run_end = 0;
    std::size_t channel = 0;  ///< of the run
    alignas(64) T room[room_length + expansion_margin<T>];
};

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail
