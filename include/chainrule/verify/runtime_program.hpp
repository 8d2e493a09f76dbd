// SPDX-License-Identifier: BSL-1.0
/// Formulas as data at run time: programs for the value of a formula, for a derivative of any order, and
/// for its switches, the functions whose zeros are the places where it may have a kink, a jump or a pole.
/// Machinery of the other headers of verify/.
#pragma once

#include <chainrule/expr/bindings.hpp>
#include <chainrule/graph/to_string.hpp>
#include <chainrule/program/evaluate.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace chainrule::detail {

/// The value functions of all primitives in one number type.
template<class W, class List>
struct scalar_functions;
template<class W, class... Operation>
struct scalar_functions<W, type_list<Operation...>> {
    using function = W (*)(const W*);
    template<class One>
    static constexpr function find() {
        if constexpr (One::arity > 0 && requires { One::template value<W>; }) {
            return &primitive_functions<One>::template value<W>;
        } else {
            return nullptr;
        }
    }
    static constexpr function list[] = {find<Operation>()...};
};

/// Straight-line steps on numbers of type long double or double; numbers of the formula are rounded to
/// double first, as they are in evaluate() with doubles.
class runtime_program {
public:
    explicit runtime_program(schedule steps) : code(std::move(steps)) {}

    [[nodiscard]] std::size_t outputs() const { return code.outputs.size(); }

    template<class W>
    void run(const std::vector<W>& inputs, W* results) const {
        std::vector<W> registers(static_cast<std::size_t>(code.registers) + inputs.size() + 1);
        for (std::size_t i = 0; i < inputs.size(); ++i) registers[i] = inputs[i];
        auto read = [&](int place) {
            return place >= 0
                ? registers[static_cast<std::size_t>(place)]
                : constant_value<double, W>(code.constants[static_cast<std::size_t>(-1 - place)]);
        };
        for (const program_step& step : code.steps) {
            const auto operation = static_cast<std::size_t>(step.operation);
            W arguments[4]{};
            for (int k = 0; k < primitives[operation].arity; ++k)
                arguments[k] = read(step.arguments[k]);
            registers[static_cast<std::size_t>(step.target)] =
                scalar_functions<W, all_primitives>::list[operation](arguments);
        }
        for (std::size_t i = 0; i < code.outputs.size(); ++i) results[i] = read(code.outputs[i]);
    }

    /// The first output, as evaluate() gives it: worked out in long double and rounded once.
    [[nodiscard]] double value(const std::vector<double>& inputs) const {
        std::vector<long double> results(outputs());
        run(std::vector<long double>(inputs.begin(), inputs.end()), results.data());
        return elementary::narrow<double>(results[0]);
    }

private:
    schedule code;
};

/// The symbols of one or several formulas with their values: the inputs of their programs.
struct symbol_table {
    std::vector<std::string_view> names;
    std::vector<double> values;

    /// Where a symbol stands; past the end if no formula has it.
    [[nodiscard]] std::size_t find(std::string_view name) const {
        std::size_t i = 0;
        while (i < names.size() && names[i] != name) ++i;
        return i;
    }

    /// Adds the symbols of E with the values bound to them, else their defaults. Refuses symbols without
    /// a value at compile time; x may stay open.
    template<class E, class... B>
    void add(const B&... bindings) {
        require_valid<E>();
        const auto values_by_name = make_bindings(bindings...);
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (add_symbol<E, I>(values_by_name), ...);
        }
        (std::make_index_sequence<symbols_of<E>::count>{});
    }

private:
    template<class E, std::size_t I, class Map>
    void add_symbol(const Map& bindings) {
        constexpr std::string_view name = symbols_of<E>::list[I].name;
        if (find(name) < names.size()) return;
        names.push_back(name);
        if constexpr (name == "x" && !is_bound<"x", Map>) {
            values.push_back(0);
        } else {
            values.push_back(symbol_value<E, I, double>(bindings));
        }
    }
};

/// A formula as a graph. Only this is compiled for each formula; what follows is compiled once.
struct formula_graph {
    graph nodes;
    int root = 0;
};

template<class E>
formula_graph graph_of() {
    formula_graph result;
    lowering_scope scope{result.nodes, {}, {}};
    result.root = lower<E>(scope);
    return result;
}

// Out of line, with the compiler told that nodes count from 0: g++ otherwise imagines a node -1 inside and
// warns about it.
[[gnu::noinline]] inline runtime_program make_runtime_program(const graph& g,
                                                              std::vector<int>& roots,
                                                              const symbol_table& symbols) {
    const graph simple = simplified(g, roots, for_programs);
    return runtime_program(scheduler(simple, symbols.names).run(roots));
}

[[gnu::noinline]] inline int derive_at_run_time(graph& g, int root, std::string_view symbol,
                                                kink_rule rule) {
    if (root < 0) __builtin_unreachable();
    return derive_with_policy(g, root, symbol, rule);
}

/// The derivative of a formula of any order (0: its value), as lowering makes it.
[[gnu::noinline]] inline runtime_program derivative_program(formula_graph formula,
                                                            const symbol_table& symbols,
                                                            std::string_view symbol, int order,
                                                            kink_rule rule = kink_rule::usual) {
    std::vector<int> roots{formula.root};
    for (int i = 0; i < order; ++i) {
        formula.nodes = simplified(formula.nodes, roots, for_programs);
        roots[0] = derive_at_run_time(formula.nodes, roots[0], symbol, rule);
    }
    return make_runtime_program(formula.nodes, roots, symbols);
}

enum class switch_kind { kink, pole };

/// Adds what vanishes where node i of the graph switches between two forms, or has a pole.
inline void add_switches(graph& g, int i, switch_kind kind, std::vector<int>& switches) {
    const node n = g.at(i);
    auto child = [&](int k) { return handle(g, g.child(n, k).node); };
    auto add = [&](handle h) {
        if (!g.is_constant(h.node)) switches.push_back(h.node);
    };
    const bool poles = kind == switch_kind::pole;
    if (n.kind == product_node) {
        for (int k = 0; k < n.count; ++k) {
            const double exponent = g.child(n, k).weight;
            if (poles ? exponent < 0 : !is_integer(exponent)) add(child(k));
        }
    } else if (n.kind >= first_call) {
        const std::string_view name = primitive_of(n.kind).name;
        if (poles) {
            if (name == "log" || name == "log1mexp") add(child(0));
            if (name == "log1p") add(1.0 + child(0));
            if (name == "tan") add(handle_call<op::cos_primitive>(child(0)));
        } else if (name == "abs" || name == "sign" || name == "pow") {
            add(child(0));
        } else if (name == "max" || name == "min" || name == "select_less" ||
                   name == "select_less_equal") {
            add(child(0) - child(1));
        } else if (name == "round") {
            add(handle_call<op::cos_primitive>(number_pi(child(0)) *
                                               child(0)));  // 0 at half-integers
        }
    }
}

/// A formula with its switches: output 0 is the value, then come the kinks, from `first_pole` on the poles.
struct switching_program {
    runtime_program program;
    std::size_t first_pole = 0;
};

[[gnu::noinline]] inline switching_program value_and_switches(const formula_graph& formula,
                                                              const symbol_table& symbols) {
    std::vector<int> roots{formula.root};
    graph simple = simplified(formula.nodes, roots, for_programs);
    const int size = simple.size();
    std::vector<char> needed(static_cast<std::size_t>(size), 0);
    needed[static_cast<std::size_t>(roots[0])] = 1;
    for (int i = size - 1; i >= 0; --i) {
        const node& n = simple.at(i);
        for (int k = 0; k < n.count && needed[static_cast<std::size_t>(i)] != 0; ++k) {
            needed[static_cast<std::size_t>(simple.child(n, k).node)] = 1;
        }
    }
    std::size_t first_pole = 0;
    for (const switch_kind kind : {switch_kind::kink, switch_kind::pole}) {
        first_pole = roots.size();
        for (int i = 0; i < size; ++i) {
            if (needed[static_cast<std::size_t>(i)] != 0) add_switches(simple, i, kind, roots);
        }
    }
    return {make_runtime_program(simple, roots, symbols), first_pole};
}

/// Text of a formula, shortened if nobody would read it.
template<class E>
std::string short_text() {
    const std::vector<char> text = formula_characters<E>();
    constexpr std::size_t most = 240;
    if (text.size() <= most) return {text.begin(), text.end()};
    return std::string(text.begin(), text.begin() + most) + "…";
}

}  // namespace chainrule::detail
