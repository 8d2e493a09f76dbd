// SPDX-License-Identifier: BSL-1.0
/// Lists of types, and one that headers can extend one by one.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace chainrule::detail {

template<class... T>
struct type_list {
    static constexpr int size = sizeof...(T);
};

template<class List, class T>
struct append_type;
template<class... L, class T>
struct append_type<type_list<L...>, T> {
    using type = type_list<L..., T>;
};

template<class List, class Other>
struct append_types;
template<class... L, class... T>
struct append_types<type_list<L...>, type_list<T...>> {
    using type = type_list<L..., T...>;
};

template<std::size_t I, class T>
struct indexed_type {
    using type = T;
};
template<class Indices, class... T>
struct indexed_types;
template<std::size_t... I, class... T>
struct indexed_types<std::index_sequence<I...>, T...> : indexed_type<I, T>... {};

template<std::size_t I, class T>
indexed_type<I, T> find_type(const indexed_type<I, T>&);

template<class List>
struct type_list_index;
template<class... T>
struct type_list_index<type_list<T...>> {
    using table = indexed_types<std::make_index_sequence<sizeof...(T)>, T...>;
};

/// The I-th type of a list; one lookup by overload resolution, no recursion.
template<class List, std::size_t I>
using type_at =
    typename decltype(find_type<I>(std::declval<typename type_list_index<List>::table>()))::type;

template<class T>
std::integral_constant<int, -1> find_index(...);
template<class T, std::size_t I>
std::integral_constant<int, static_cast<int>(I)> find_index(const indexed_type<I, T>&);

/// The position of a type in a list of different types, −1 if it is not there; one lookup as well.
template<class List, class T>
inline constexpr int type_index =
    decltype(find_index<T>(std::declval<typename type_list_index<List>::table>()))::value;

/// Overload ranking: a call with rank<highest_rank> picks the overload of the highest rank declared so far. Each
/// registering header declares one overload more, whose return type is the list so far plus itself.
template<int N>
struct rank : rank<N - 1> {};
template<>
struct rank<0> {};

inline constexpr int highest_rank = 64;

/// The rank of the next overload.
template<int Size>
constexpr int next_rank() {
    static_assert(Size < highest_rank,
                  "chainrule: there is no room for another primitive; raise highest_rank in "
                  "chainrule/core/type_list.hpp");
    return Size + 1;
}

}  // namespace chainrule::detail
