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

constexpr std::uint64_t name_hash(std::uint64_t seed, std::string_view name) {
    return mix_hash(seed, hash_text(name));
}

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
inline constexpr std::uint64_t type_hash<replacement<Name, Value>> = name_hash(type_hash<Value>,
                                                                               Name.view());
template<class F, class... R>
inline constexpr std::uint64_t type_hash<substitution<F, R...>> = combine_hashes<F, R...>(15);
template<int Depth, class F>
inline constexpr std::uint64_t type_hash<nesting<Depth, F>> =
    combine_hashes<F>(1000 + static_cast<std::uint64_t>(Depth));
template<class F, fixed_string S, int Order, kink_rule K>
inline constexpr std::uint64_t type_hash<derivative_expression<F, S, Order, K>> = name_hash(
    combine_hashes<F>(static_cast<std::uint64_t>(10 * Order + static_cast<int>(K)) + 100000),
    S.view());
template<fixed_string Text>
inline constexpr std::uint64_t type_hash<formula_text<Text>> = name_hash(16, Text.view());

/// Where the catalogue announces itself: activations/catalogue.hpp overloads this for rank<1>.
constexpr named_formulas announced_formulas(rank<0>, auto) { return {}; }

/// A guess, from the type alone, of how large a formula's graph is.
template<class E>
inline constexpr int type_size = 1;
template<class O, class... A>
inline constexpr int type_size<call<O, A...>> = 1 + (0 + ... + type_size<A>);
template<fixed_string N, class V>
inline constexpr int type_size<replacement<N, V>> = type_size<V>;
template<class F, class... R>
inline constexpr int type_size<substitution<F, R...>> = type_size<F> + (0 + ... + type_size<R>);
template<int D, class F>
inline constexpr int type_size<nesting<D, F>> = 1 + D* type_size<F>;
template<class F, fixed_string S, int O, kink_rule K>
inline constexpr int type_size<derivative_expression<F, S, O, K>> = 4 * (O + 1) * type_size<F>;
template<class F, fixed_string S, int O, int P, kink_rule K>
inline constexpr int type_size<derivative_expression<derivative_expression<F, S, O, K>, S, P, K>> =
    type_size<derivative_expression<F, S, O + P, K>>;
/// Without derivatives around it.
template<class F>
inline constexpr int undifferentiated_size = type_size<F>;
template<class F, fixed_string S, int O, kink_rule K>
inline constexpr int undifferentiated_size<derivative_expression<F, S, O, K>> =
    undifferentiated_size<F>;
template<fixed_string Text>
inline constexpr int type_size<formula_text<Text>> = 1 + static_cast<int>(Text.view().size()) / 4;

class function_library;

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
    /// Where large formulas keep the functions they are composed of (graph/function_library.hpp).
    function_library* library = nullptr;
    /// How many levels of nest<N>(f) are lowered; 0: all. To find symbols and failures one is enough, and one
    /// more for each order of a derivative: (x^2 + b)' has no b, but the derivative of two levels has.
    int most_levels = 0;

    [[nodiscard]] constexpr lowering_scope inner() const {
        return {out, {&symbols, {}}, {}, as_written, library, most_levels};
    }
};

template<class F>
constexpr int lower_as_function(lowering_scope& scope);

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
    static constexpr int build(lowering_scope& s) {
        return s.out.constant(V.value, s.as_written ? 0 : V.residual);
    }
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
        lowering_scope inner = s.inner();
        (inner.symbols.entries.push_back({R::name.view(), lower<typename R::value>(s)}), ...);
        return lower_as_function<F>(inner);
    }
};

template<int Depth, class F>
struct lowering<nesting<Depth, F>> {
    static constexpr int build(lowering_scope& s) {
        int value = lower<variable<"x">>(s);
        const int levels = s.most_levels > 0 && s.most_levels < Depth ? s.most_levels : Depth;
        for (int level = 0; level < levels; ++level) {
            lowering_scope inner = s.inner();
            inner.symbols.entries.push_back({"x", value});
            value = lower_as_function<F>(inner);
        }
        return value;
    }
};

/// The nodes below a root in order, worked out once: copying them is then one short loop.
struct subgraph {
    growing_list<int> nodes;

    constexpr subgraph() = default;
    constexpr subgraph(const graph& g, int root) {
        growing_list<char> needed(static_cast<std::size_t>(root + 1), 0);
        needed.items[root] = 1;
        for (int i = root; i >= 0; --i) {
            if (needed.items[i] == 0) continue;
            const node& n = g.at(i);
            for (int k = 0; k < n.count; ++k) needed.items[g.child(n, k).node] = 1;
        }
        for (int i = 0; i <= root; ++i) {
            if (needed.items[i] != 0) nodes.push_back(i);
        }
    }
};

/// Copies a subgraph into another graph; `image` holds the nodes that its symbols become.
constexpr int copy_subgraph(graph& out, const graph& from, const subgraph& part,
                            growing_list<int>& image) {
    int last = 0;
    for (int i : part.nodes) {
        const node& n = from.at(i);
        if (n.kind != symbol_node) {
            operand_list children;
            for (int k = 0; k < n.count; ++k) {
                const operand c = from.child(n, k);
                children.items[k] = {image.items[c.node], c.weight};
            }
            image.items[i] = out.put(n.kind, n.value, n.residual, children.items, n.count);
        }
        last = image.items[i];
    }
    return last;
}

/// Copies a node of another graph, with that graph's symbols read in this scope.
constexpr int splice(lowering_scope& s, const graph& from, int root) {
    if (s.out.problem.kind == failure_kind::none) s.out.problem = from.problem;
    const subgraph part(from, root);
    growing_list<int> image(static_cast<std::size_t>(root + 1), -1);
    for (int i : part.nodes) {
        if (from.at(i).kind != symbol_node) continue;
        const symbol_entry& symbol = from.symbol_of(i);
        const int bound = s.symbols.find(symbol.name);
        image.items[i] = bound >= 0 ? bound : s.out.symbol(symbol);
    }
    return copy_subgraph(s.out, from, part, image);
}

/// The functions that a large formula is composed of, each simplified and differentiated once, in a graph
/// of its own. f(g) then is a copy of f's nodes, and its derivative a copy of f′'s times g′: a chain 256
/// deep costs 256 copies, not the simplification of one large graph.
class function_library {
public:
    /// Formulas larger than this are put together from such functions.
    static constexpr int largest_whole_formula = 160;

    struct function {
        std::uint64_t hash = 0;
        graph own;
        subgraph value;
        std::vector<std::string_view> symbols;
        std::vector<int> symbol_nodes;   ///< where they stand in `own`
        std::vector<subgraph> partials;  ///< one for each symbol
        growing_list<int> image;         ///< working space of copies
    };
    /// Node `value` of the large graph is functions[function] of the nodes `arguments` (one for each symbol).
    struct instance {
        int value = 0;
        int function = 0;
        small_list<int, 16> arguments;
    };
    std::vector<function> functions;
    std::vector<instance> instances;

    template<class F>
    constexpr int find(bool as_written) {
        for (std::size_t i = 0; i < functions.size(); ++i) {
            if (functions[i].hash == type_hash<F>) return static_cast<int>(i);
        }
        function f;
        f.hash = type_hash<F>;
        graph raw;
        lowering_scope scope{raw, {}, {}, as_written};
        std::vector<int> roots{lower<F>(scope)};
        f.own = simplified(raw, roots, for_programs);
        for (const symbol_entry& s : f.own.symbols) f.symbols.push_back(s.name);
        for (int p : derive_all(f.own, roots[0], f.symbols)) roots.push_back(p);
        f.own = simplified(f.own, roots, for_programs);
        f.value = subgraph(f.own, roots[0]);
        for (std::size_t k = 1; k < roots.size(); ++k)
            f.partials.push_back(subgraph(f.own, roots[k]));
        f.symbols.clear();
        for (int i = 0; i < f.own.size(); ++i) {
            if (f.own.at(i).kind == symbol_node) f.symbol_nodes.push_back(i);
        }
        for (int i : f.symbol_nodes) f.symbols.push_back(f.own.symbol_of(i).name);
        f.image.assign(static_cast<std::size_t>(f.own.size()), -1);
        functions.push_back(f);
        return static_cast<int>(functions.size()) - 1;
    }

    static constexpr void place_arguments(function& f, const instance& here) {
        for (int k = 0; k < here.arguments.size(); ++k) {
            f.image.items[f.symbol_nodes[static_cast<std::size_t>(k)]] = here.arguments[k];
        }
    }

    /// Forward sweep over instances: inside one, the function's own derivatives are copied.
    constexpr int derive(graph& g, int root, std::string_view symbol) {
        growing_list<int> instance_of(static_cast<std::size_t>(root + 1), -1);
        for (std::size_t i = 0; i < instances.size(); ++i) {
            if (instances[i].value <= root)
                instance_of[static_cast<std::size_t>(instances[i].value)] = static_cast<int>(i);
        }
        derivation sweep(g, root, symbol, kink_rule::usual);
        sweep.mark_needed([&](int i, auto& need) {
            const int which = instance_of[static_cast<std::size_t>(i)];
            if (which < 0) return false;
            for (int a : instances[static_cast<std::size_t>(which)].arguments) need(a);
            return true;
        });
        return sweep.run([&](int i, handle& d) {
            const int which = instance_of[static_cast<std::size_t>(i)];
            if (which < 0) return false;
            const instance& here = instances[static_cast<std::size_t>(which)];
            function& f = functions[static_cast<std::size_t>(here.function)];
            place_arguments(f, here);
            for (int k = 0; k < here.arguments.size(); ++k) {
                const handle t = sweep.tangent_of(here.arguments[k]);
                if (t.is_zero()) continue;
                d = d +
                    handle(
                        g,
                        copy_subgraph(g, f.own, f.partials[static_cast<std::size_t>(k)], f.image)) *
                        t;
            }
            return true;
        });
    }
};

/// F in a new scope, through the library if there is one.
template<class F>
constexpr int lower_as_function(lowering_scope& scope) {
    if (scope.library == nullptr || type_size < F >> function_library::largest_whole_formula)
        return lower<F>(scope);
    const int which = scope.library->find<F>(scope.as_written);
    function_library::function& f = scope.library->functions[static_cast<std::size_t>(which)];
    if (scope.out.problem.kind == failure_kind::none) scope.out.problem = f.own.problem;
    if (f.symbols.size() > 16) return lower<F>(scope);
    function_library::instance here;
    here.function = which;
    for (int i : f.symbol_nodes) {
        const symbol_entry& s = f.own.symbol_of(i);
        const int bound = scope.symbols.find(s.name);
        here.arguments.push_back(bound >= 0 ? bound : scope.out.symbol(s));
    }
    function_library::place_arguments(f, here);
    here.value = copy_subgraph(scope.out, f.own, f.value, f.image);
    bool is_new = true;
    for (int a : here.arguments) is_new = is_new && a != here.value;
    if (is_new) scope.library->instances.push_back(here);
    return here.value;
}

/// A formula's derivative in a graph of its own. `scope` is where it will stand.
template<class F, fixed_string S, int Order, kink_rule K>
constexpr int derive_in_own_graph(graph& own, const lowering_scope& scope) {
    const int levels = scope.most_levels > 0 ? scope.most_levels + Order : 0;
    if constexpr (Order == 1 && K == kink_rule::usual &&
                  type_size < F >> function_library::largest_whole_formula) {
        function_library library;
        lowering_scope inner{own, {}, {}, scope.as_written, &library, levels};
        const int value = lower<F>(inner);
        return library.derive(own, value, S.view());
    } else {
        lowering_scope inner{own, {}, {}, scope.as_written, nullptr, levels};
        std::vector<int> roots{lower<F>(inner)};
        for (int i = 0; i < Order; ++i) {
            own = simplified(own, roots, for_programs);
            roots[0] = derive_with_policy(own, roots[0], S.view(), K);
        }
        return roots[0];
    }
}

template<class F, fixed_string S, int Order, kink_rule K>
struct lowering<derivative_expression<F, S, Order, K>> {
    static constexpr int build(lowering_scope& s) {
        graph own;
        return splice(s, own, derive_in_own_graph<F, S, Order, K>(own, s));
    }
};

/// The derivative of a derivative is one of higher order; in large formulas it would be found at a higher price.
template<class F, fixed_string S, int O, int P, kink_rule K>
    requires(undifferentiated_size<F> <= function_library::largest_whole_formula)
struct lowering<derivative_expression<derivative_expression<F, S, O, K>, S, P, K>>
    : lowering<derivative_expression<F, S, O + P, K>> {};

template<fixed_string Text>
struct lowering<formula_text<Text>> {
    static constexpr int build(lowering_scope& s) {
        return parser(s.out, s.symbols, announced_formulas(rank<1>{}, formula_text<Text>{}),
                      Text.view())
            .parse();
    }
};

}  // namespace chainrule::detail
