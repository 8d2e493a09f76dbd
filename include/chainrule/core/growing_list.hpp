// SPDX-License-Identifier: BSL-1.0
/// A growing array for constant evaluation: what std::vector does in twenty nested function calls costs
/// one here, and compilers pay for every call. For trivial element types.
#pragma once

#include <cstddef>

namespace chainrule::detail {

template<class T>
class growing_list {
public:
    constexpr growing_list() = default;
    constexpr growing_list(std::size_t size, const T& value) { assign(size, value); }
    constexpr growing_list(const growing_list& other) { *this = other; }
    constexpr growing_list(growing_list&& other) noexcept { swap(other); }
    constexpr growing_list& operator=(const growing_list& other) {
        if (this == &other) return *this;
        if (room < other.count) make_room(other.count);
        for (std::size_t i = 0; i < other.count; ++i) items[i] = other.items[i];
        count = other.count;
        return *this;
    }
    constexpr growing_list& operator=(growing_list&& other) noexcept {
        swap(other);
        return *this;
    }
    constexpr ~growing_list() { delete[] items; }

    constexpr void push_back(const T& item) {
        if (count == room) {
            const T copy = item;  // it may live in this list
            make_room(room == 0 ? 32 : 4 * room);
            items[count++] = copy;
        } else {
            items[count++] = item;
        }
    }
    constexpr void pop_back() { --count; }
    constexpr void assign(std::size_t size, const T& value) {
        if (room < size) make_room(size);
        for (std::size_t i = 0; i < size; ++i) items[i] = value;
        count = size;
    }

    [[nodiscard]] constexpr std::size_t size() const { return count; }
    [[nodiscard]] constexpr bool empty() const { return count == 0; }
    constexpr T& operator[](std::size_t i) { return items[i]; }
    constexpr const T& operator[](std::size_t i) const { return items[i]; }
    constexpr T& back() { return items[count - 1]; }
    constexpr T* begin() { return items; }
    constexpr T* end() { return items + count; }
    [[nodiscard]] constexpr const T* begin() const { return items; }
    [[nodiscard]] constexpr const T* end() const { return items + count; }
    constexpr T* data() { return items; }
    [[nodiscard]] constexpr const T* data() const { return items; }

    // Public: an index through `items` costs no call in constant evaluation, nor does `count`.
    T* items = nullptr;
    std::size_t count = 0;

private:
    std::size_t room = 0;

    constexpr void swap(growing_list& other) noexcept {
        T* const their_items = other.items;
        const std::size_t their_count = other.count;
        const std::size_t their_room = other.room;
        other.items = items;
        other.count = count;
        other.room = room;
        items = their_items;
        count = their_count;
        room = their_room;
    }
    constexpr void make_room(std::size_t size) {
        T* const larger = new T[size];
        for (std::size_t i = 0; i < count; ++i) larger[i] = items[i];
        delete[] items;
        items = larger;
        room = size;
    }
};

}  // namespace chainrule::detail
