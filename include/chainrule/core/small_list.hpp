// SPDX-License-Identifier: BSL-1.0
/// A list of bounded length without allocation: in constant evaluation several times cheaper than
/// std::vector, which matters because thinking about formulas is compile time for users.
#pragma once

#include <initializer_list>

namespace chainrule::detail {

template<class T, int Capacity>
struct small_list {
    T items[Capacity];  // uninitialised on purpose: only [0, count) is ever read
    int count = 0;

    constexpr small_list() {}  // NOLINT(modernize-use-equals-default): `items` stays uninitialised
    constexpr small_list(std::initializer_list<T> list) {
        for (const T& item : list) push_back(item);
    }
    constexpr small_list(const small_list& other) { *this = other; }
    constexpr small_list& operator=(const small_list& other) {
        for (int i = 0; i < other.count; ++i) items[i] = other.items[i];
        count = other.count;
        return *this;
    }

    constexpr void push_back(const T& item) {
        if (count == Capacity)
            throw "chainrule: a sum or product of this formula has too many parts";
        items[count++] = item;
    }
    constexpr void erase(int position) {
        for (int i = position + 1; i < count; ++i) items[i - 1] = items[i];
        --count;
    }
    constexpr void resize(int size) { count = size; }
    constexpr void fill(int size, const T& item) {
        for (int i = 0; i < size; ++i) items[i] = item;
        count = size;
    }

    [[nodiscard]] constexpr int size() const { return count; }
    [[nodiscard]] constexpr bool empty() const { return count == 0; }
    constexpr T& operator[](int i) { return items[i]; }
    constexpr const T& operator[](int i) const { return items[i]; }
    constexpr T* data() { return items; }
    [[nodiscard]] constexpr const T* data() const { return items; }
    constexpr T* begin() { return items; }
    constexpr T* end() { return items + count; }
    [[nodiscard]] constexpr const T* begin() const { return items; }
    [[nodiscard]] constexpr const T* end() const { return items + count; }
};

}  // namespace chainrule::detail
