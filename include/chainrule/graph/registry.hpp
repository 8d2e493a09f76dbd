// SPDX-License-Identifier: BSL-1.0
/// The registered primitives as one table of facts and functions, indexed like node kinds.
#pragma once

#include <chainrule/graph/handle.hpp>

#include <array>

namespace chainrule::detail {

/// No primitive takes more.
inline constexpr int most_arguments = 4;

struct primitive_info {
    std::string_view name;
    std::string_view text;  ///< how an internal primitive is written; empty: name(arguments)
    int arity = 0;
    parity symmetry = parity::none;
    bool is_abbreviation = false;
    bool is_step = false;
    bool is_arithmetic = false;  ///< one or two instructions
    bool is_faithful = false;
    bool is_shared = false;
    bool drops_nan = false;
    bool may_drop_nan = false;
    bool raises_exceptions = false;
    bool is_wide = false;
    bool takes_roots = false;
    keeps numbers = keeps::nothing;
    keeps digits = keeps::nothing;
    int chooses_from = most_arguments;
    // Which of the functions below there are. They are not compared with nullptr: with -fsanitize=undefined
    // that is no constant expression for g++.
    bool has_partial = false;
    bool has_tangent = false;
    bool has_long_value = false;
    handle (*build)(graph&, const int* arguments) = nullptr;
    /// ∂f/∂(argument `which`).
    handle (*partial)(int which, const handle* arguments, handle f) = nullptr;
    /// The whole tangent, where it depends on the kink policy.
    handle (*tangent)(kink_rule rule, const handle* arguments, const handle* tangents,
                      handle f) = nullptr;
    long double (*long_value)(const long double*) = nullptr;
};

template<class Operation>
struct primitive_functions {
    static constexpr int arity = Operation::arity;
    using indices = std::make_index_sequence<static_cast<std::size_t>(arity)>;

    static constexpr handle build(graph& g, const int* arguments) {
        if constexpr (has_definition<Operation>) {
            return [&]<std::size_t... I>(std::index_sequence<I...>) {
                return Operation::definition(handle(g, arguments[I])...);
            }
            (indices{});
        } else {
            return {g, g.call(first_call + primitive_index<Operation>, arguments, arity)};
        }
    }

    static constexpr handle partial(int which, const handle* arguments, handle f) {
        if constexpr (arity == 1) {
            return Operation::derivative(arguments[0], f);
        } else {
            handle result;
            [&]<std::size_t... I>(std::index_sequence<I...> all) {
                ((static_cast<int>(I) == which ? void(result = one_partial<I>(arguments, f, all))
                                               : void()),
                 ...);
            }
            (indices{});
            return result;
        }
    }

    static constexpr handle tangent(kink_rule rule, const handle* arguments, const handle* tangents,
                                    handle f) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return Operation::tangent(rule, arguments[I]..., tangents[I]..., f);
        }
        (indices{});
    }

    template<class T>
    static constexpr T value(const T* arguments) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return Operation::value(arguments[I]...);
        }
        (indices{});
    }

private:
    template<std::size_t Which, std::size_t... I>
    static constexpr handle one_partial(const handle* arguments, handle f,
                                        std::index_sequence<I...>) {
        return Operation::template derivative<static_cast<int>(Which)>(arguments[I]..., f);
    }
};

template<class Operation>
constexpr primitive_info describe_primitive() {
    using functions = primitive_functions<Operation>;
    primitive_info info;
    info.name = Operation::name;
    info.arity = Operation::arity;
    info.build = &functions::build;
    if constexpr (requires { Operation::text; }) info.text = Operation::text;
    if constexpr (requires { Operation::symmetry; }) info.symmetry = Operation::symmetry;
    info.is_abbreviation = has_definition<Operation>;
    info.is_step = requires { Operation::is_step; };
    info.is_faithful = requires { Operation::is_faithful; };
    info.is_shared = requires { Operation::is_shared; };
    info.drops_nan = requires { Operation::drops_nan; };
    info.may_drop_nan = requires { Operation::may_drop_nan; };
    info.is_arithmetic = is_arithmetic<Operation>;
    info.raises_exceptions = info.is_arithmetic || requires { Operation::raises_exceptions; };
    info.is_wide = requires { Operation::is_wide; };
    info.takes_roots = requires { Operation::takes_roots; };
    if constexpr (requires { Operation::numbers; }) info.numbers = Operation::numbers;
    if constexpr (requires { Operation::digits; }) info.digits = Operation::digits;
    else if (info.is_arithmetic) info.digits = keeps::everything;
    if constexpr (requires { Operation::chooses_from; })
        info.chooses_from = Operation::chooses_from;
    if constexpr (requires { Operation::has_kinks; }) {
        info.tangent = &functions::tangent;
        info.has_tangent = true;
    } else if constexpr (
        requires(handle h) { Operation::derivative(h, h); } ||
        requires(handle h) { Operation::template derivative<0>(h, h, h); }) {
        info.partial = &functions::partial;
        info.has_partial = true;
    }
    if constexpr (Operation::arity > 0 && requires { Operation::template value<double>; }) {
        info.long_value = &functions::template value<long double>;
        info.has_long_value = true;
    }
    return info;
}

template<class List>
struct primitive_table;
template<class... Operation>
struct primitive_table<type_list<Operation...>> {
    static constexpr std::array<primitive_info, sizeof...(Operation)> rows{
        describe_primitive<Operation>()...};
};

/// The kind of a node that calls a primitive.
template<class Operation>
inline constexpr int kind_of = first_call + primitive_index<Operation>;

inline constexpr const auto& primitives = primitive_table<all_primitives>::rows;

constexpr const primitive_info& primitive_of(int kind) {
    return primitives[static_cast<std::size_t>(kind - first_call)];
}

struct name_keys {
    std::uint64_t of[primitives.size()]{};
    constexpr name_keys() {
        for (std::size_t i = 0; i < primitives.size(); ++i)
            of[i] = first_characters(primitives[i].name);
    }
};
inline constexpr name_keys primitive_keys{};

/// Registry position of a name; -1 if no primitive has it. Binary search: the registry is sorted.
constexpr int find_primitive(std::string_view name) {
    const std::uint64_t key = first_characters(name);
    std::size_t low = 0;
    std::size_t high = primitives.size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (primitive_keys.of[middle] < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < primitives.size() && primitive_keys.of[low] == key; ++low) {
        const std::string_view found = primitives[low].name;
        if (found.size() == name.size() && (name.size() <= 8 || found == name))
            return static_cast<int>(low);
    }
    return -1;
}

}  // namespace chainrule::detail
