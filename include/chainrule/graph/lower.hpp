// SPDX-License-Identifier: BSL-1.0
/// From formula types to the graph. Each distinct type is lowered once per scope, and f(g) is lowered as
/// f with x bound to the node of g, never by copying g: cost is linear in depth.
#pragma once

#include <chainrule/expr/compose.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/graph/derive.hpp>
#include <chainrule/graph/parse.hpp>
#include <chainrule/graph/simplify.hpp>

namespace chainrule::detail {

/// Identity of a formula type in constant evaluation.
template<class E>
inline constexpr std::uint64_t type_hash = 0;

template<class... E>
constexpr std::uint64_t combine_hashes(std::uint64_t seed) {
    std::uint64_t hash = seed * 0x9e3779b97f4a7c15U + sizeof...(E);
    const std::uint64_t all[] = {0, type_hash<E>...};
    for (std::uint64_t h : all) hash = mix_hash(hash, h);
    return hash;
}

constexpr std::uint64_t name_hash(std::uint64_t seed, std::string_view name) { return mix_hash(seed, hash_text(name)); }

template<real V>
inline constexpr std::uint64_t type_hash<constant_expression<V>> = mix_hash(11, bits_of(V.value));
template<extended_real V>
inline constexpr std::uint64_t type_hash<exact_constant_expression<V>> =
    mix_hash(mix_hash(12, bits_of(V.value)), bits_of(V.residual));
template<fixed_string Name>
inline constexpr std::uint64_t type_hash<variable<Name>> = name_hash(13, Name.view());
template<fixed_string Name, extended_real D>
inline constexpr std::uint64_t type_hash<parameter<Name, D>> =
    mix_hash(mix_hash(name_hash(14, Name.view()), bits_of(D.value)), bits_of(D.residual));
template<class Operation, class... A>
inline constexpr std::uint64_t type_hash<call<Operation, A...>> =
    combine_hashes<A...>(hash_text(Operation::name) + sizeof...(A));
template<fixed_string Name, class Value>
inline constexpr std::uint64_t type_hash<replacement<Name, Value>> = name_hash(type_hash<Value>, Name.view());
template<class F, class... R>
inline constexpr std::uint64_t type_hash<substitution<F, R...>> = combine_hashes<F, R...>(15);
template<int Depth, class F>
inline constexpr std::uint64_t type_hash<nesting<Depth, F>> =
    combine_hashes<F>(1000 + static_cast<std::uint64_t>(Depth));
template<class F, fixed_string S, int Order, kink_rule K>
inline constexpr std::uint64_t type_hash<derivative_expression<F, S, Order, K>> =
    name_hash(combine_hashes<F>(static_cast<std::uint64_t>(10 * Order + static_cast<int>(K)) + 100000), S.view());
template<fixed_string Text>
inline constexpr std::uint64_t type_hash<formula_text<Text>> = name_hash(16, Text.view());

/// Where the catalogue announces itself: activations/registry.hpp overloads this for rank<1>.
constexpr named_formulas announced_formulas(rank<0>, auto) { return {}; }

/// One scope of lowering: the values of the symbols, and the types already lowered under them.
struct lowering_scope {
    graph& out;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    environment symbols;
    struct memo {
        std::uint64_t hash;
        int node;
    };
    std::vector<memo> done;
    /// Drop the residuals of exact constants: == compares what is written.
    bool as_written = false;
};

template<class E>
struct lowering;

template<class E>
constexpr int lower(lowering_scope& scope) {
    for (const auto& m : scope.done) {
        if (m.hash == type_hash<E>) return m.node;
    }
    const int node = lowering<E>::build(scope);
    scope.done.push_back({type_hash<E>, node});
    return node;
}

template<class E>
constexpr int lower_in(graph& g, const environment& symbols) {
    lowering_scope scope{g, {&symbols, {}}, {}};
    return lower<E>(scope);
}

template<real V>
struct lowering<constant_expression<V>> {
    static constexpr int build(lowering_scope& s) { return s.out.constant(V.value); }
};

template<extended_real V>
struct lowering<exact_constant_expression<V>> {
    static constexpr int build(lowering_scope& s) { return s.out.constant(V.value, s.as_written ? 0 : V.residual); }
};

template<class S>
constexpr int lower_symbol(lowering_scope& s) {
    const int bound = s.symbols.find(S::name.view());
    return bound >= 0 ? bound : s.out.symbol(S::name.view(), S::default_value, S::is_variable);
}
template<fixed_string Name>
struct lowering<variable<Name>> {
    static constexpr int build(lowering_scope& s) { return lower_symbol<variable<Name>>(s); }
};
template<fixed_string Name, extended_real D>
struct lowering<parameter<Name, D>> {
    static constexpr int build(lowering_scope& s) { return lower_symbol<parameter<Name, D>>(s); }
};

template<class Operation, class... A>
struct lowering<call<Operation, A...>> {
    static constexpr int build(lowering_scope& s) {
        if constexpr (sizeof...(A) == 0) {
            return s.out.call(first_call + primitive_index<Operation>, nullptr, 0);
        } else {
            const handle arguments[] = {handle(s.out, lower<A>(s))...};
            return apply(arguments, std::index_sequence_for<A...>{});
        }
    }

private:
    template<std::size_t... I>
    static constexpr int apply(const handle* arguments, std::index_sequence<I...>) {
        return handle_call<Operation>(arguments[I]...).node;
    }
};

/// The replacing values are read outside F; F's other symbols keep their meaning.
template<class F, class... R>
struct lowering<substitution<F, R...>> {
    static constexpr int build(lowering_scope& s) {
        lowering_scope inner{s.out, {&s.symbols, {}}, {}, s.as_written};
        (inner.symbols.entries.push_back({R::name.view(), lower<typename R::value>(s)}), ...);
        return lower<F>(inner);
    }
};

template<int Depth, class F>
struct lowering<nesting<Depth, F>> {
    static constexpr int build(lowering_scope& s) {
        int value = lower<variable<"x">>(s);
        for (int level = 0; level < Depth; ++level) {
            lowering_scope inner{s.out, {&s.symbols, {{"x", value}}}, {}, s.as_written};
            value = lower<F>(inner);
        }
        return value;
    }
};

/// Copies a node of another graph, with that graph's symbols read in this scope.
constexpr int splice(lowering_scope& s, const graph& from, int root) {
    if (s.out.problem.kind == failure_kind::none) s.out.problem = from.problem;
    std::vector<int> image(static_cast<std::size_t>(root + 1), -1);
    std::vector<char> needed(image.size(), 0);
    needed.back() = 1;
    for (int i = root; i >= 0; --i) {
        const node& n = from.at(i);
        for (int k = 0; k < n.count && needed[static_cast<std::size_t>(i)] != 0; ++k) {
            needed[static_cast<std::size_t>(from.child(n, k).node)] = 1;
        }
    }
    for (int i = 0; i <= root; ++i) {
        if (needed[static_cast<std::size_t>(i)] == 0) continue;
        const node& n = from.at(i);
        int& target = image[static_cast<std::size_t>(i)];
        if (n.kind == symbol_node) {
            const symbol_entry& symbol = from.symbol_of(i);
            const int bound = s.symbols.find(symbol.name);
            target = bound >= 0 ? bound : s.out.symbol(symbol.name, symbol.default_value, symbol.is_variable);
        } else {
            std::vector<operand> children;
            for (int k = 0; k < n.count; ++k) {
                const operand c = from.child(n, k);
                children.push_back({image[static_cast<std::size_t>(c.node)], c.weight});
            }
            target = s.out.put(n.kind, n.value, n.residual, children.data(), n.count);
        }
    }
    return image.back();
}

/// The simplified graph of a formula's derivative, on its own symbols.
template<class F>
constexpr int derive_in_own_graph(graph& g, std::string_view symbol, int order, kink_rule rule, bool as_written) {
    lowering_scope scope{g, {}, {}, as_written};
    std::vector<int> roots{lower<F>(scope)};
    for (int i = 0; i < order; ++i) {
        g = simplified(g, roots, for_programs);
        roots[0] = derive_with_policy(g, roots[0], symbol, rule);
    }
    return roots[0];
}

template<class F, fixed_string S, int Order, kink_rule K>
struct lowering<derivative_expression<F, S, Order, K>> {
    static constexpr int build(lowering_scope& s) {
        graph own;
        const int root = derive_in_own_graph<F>(own, S.view(), Order, K, s.as_written);
        return splice(s, own, root);
    }
};

template<fixed_string Text>
struct lowering<formula_text<Text>> {
    static constexpr int build(lowering_scope& s) {
        return parser(s.out, s.symbols, announced_formulas(rank<1>{}, s.as_written), Text.view()).parse();
    }
};

}  // namespace chainrule::detail
