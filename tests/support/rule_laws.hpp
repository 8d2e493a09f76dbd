// SPDX-License-Identifier: BSL-1.0
/// The laws of rewrite rules, checked for any row of any table: tests/laws/rules.cpp applies them to the
/// library's tables, tests/laws/wrong_rules.cpp to rules that must be rejected.
#pragma once

#include <chainrule/graph/lower.hpp>
#include <chainrule/graph/print.hpp>
#include <chainrule/graph/rule_measure.hpp>

#include "support/oracle.hpp"

#include <array>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace laws {

using namespace chainrule::detail;

enum class law { none, true_on_samples, reason, shrinking, carried_out, shadowed, circle };

inline std::string name_of(law l) {
    return std::array{"none",        "true on samples", "reason",   "shrinking",
                      "carried out", "not shadowed",    "no circle"}[static_cast<std::size_t>(l)];
}

struct fault {
    law broken = law::none;
    std::string what;
};

inline std::string text_of(const graph& g, int root) {
    printer p(g);
    p.print(root);
    return {p.text.begin(), p.text.end()};
}

inline int parse_text(graph& g, std::string_view text) {
    const environment nothing;
    return parser(g, nothing, {}, text).parse();
}

/// Values for u, v and w: a grid with zeros, ones, coincidences and infinities, and random numbers.
inline const std::vector<oracle::symbol_values>& sample_points() {
    static const std::vector<oracle::symbol_values> points = [] {
        std::vector<oracle::symbol_values> result;
        const double inf = std::numeric_limits<double>::infinity();
        const double grid[] = {0, 1, -1, 0.5, -2, 3.25, -17.5, 30, 1e-9, -1e-9, inf, -inf};
        for (double u : grid) {
            for (double v : grid) {
                for (double w : {1.0, -3.0})
                    result.push_back({{"u", u}, {"v", v}, {"w", w}, {"a", w}, {"b", v}});
            }
        }
        std::mt19937_64 random(20261121);
        std::uniform_real_distribution<double> wide(-25, 25);
        std::uniform_real_distribution<double> narrow(-1, 1);
        for (int i = 0; i < 300; ++i) {
            auto& from = i % 2 == 0 ? wide : narrow;
            result.push_back({{"u", from(random)},
                              {"v", from(random)},
                              {"w", from(random)},
                              {"a", from(random)},
                              {"b", from(random)}});
        }
        return result;
    }();
    return points;
}

inline std::string text_of(const oracle::symbol_values& point) {
    std::string result;
    for (const auto& [name, value] : point)
        result += " " + name + " = " + std::to_string(value.to_double());
    return result;
}

/// Both sides are the same number wherever the row says so; `always` includes infinities and zeros.
inline fault check_truth(const rewrite_rule& rule) {
    int used = 0;
    for (const auto& point : sample_points()) {
        bool finite = true;
        for (const auto& [name, value] : point) finite = finite && value.is_finite();
        if (rule.holds == validity::finite && !finite) continue;
        if (rule.holds == validity::positive_u &&
            !(point.at("u").sign() > 0 && point.at("u").is_finite()))
            continue;
        const oracle::number before = oracle::value_of(rule.before, point);
        if (rule.holds != validity::always && before.is_nan()) continue;
        ++used;
        const oracle::number after = oracle::value_of(rule.after, point);
        if (!oracle::agree(before, after)) {
            return {law::true_on_samples,
                    "at" + text_of(point) + " the left side is " +
                        std::to_string(before.to_double()) + ", the right side " +
                        std::to_string(after.to_double())};
        }
    }
    if (used < 20)
        return {law::true_on_samples,
                "the left side has a value at " + std::to_string(used) + " points only"};
    return {};
}

inline fault check_reason(const rewrite_rule& rule) {
    if (rule.holds != validity::always && rule.reason.empty()) {
        return {law::reason, "a rule that does not hold everywhere needs a reason"};
    }
    return {};
}

/// A raw side of a rule in canonical form: terms collected, no rule applied.
inline int canonical_side(graph& g, std::string_view text) {
    graph raw;
    std::vector<int> roots{parse_text(raw, text)};
    canonical_form(g, {}).run(raw, roots);
    return roots[0];
}

inline fault check_shrinking(const rewrite_rule& rule) {
    graph g;
    const int before = canonical_side(g, rule.before);
    const int after = canonical_side(g, rule.after);
    for (const symbol_entry& symbol : g.symbols) {
        if (occurrences(g, after, symbol.name) > occurrences(g, before, symbol.name)) {
            return {law::shrinking,
                    std::string(symbol.name) + " occurs more often on the right side"};
        }
    }
    if (!(measure(g, after) < measure(g, before))) {
        return {law::shrinking,
                "the right side, " + text_of(g, after) + ", is not smaller than the left side"};
    }
    return {};
}

/// Tables in the order in which they are tried, with a record of the rows applied.
class recorded_tables {
public:
    struct hit {
        std::size_t table;
        std::size_t row;
    };
    static inline std::vector<std::span<const rewrite_rule>> tables;
    static inline std::vector<hit> fired;

    explicit recorded_tables(std::vector<std::span<const rewrite_rule>> chosen) {
        tables = std::move(chosen);
        compiled.clear();
        for (const auto& table : tables) {
            for (const rewrite_rule& rule : table)
                compiled.push_back(compile_rules<void, 1>(&rule));
        }
    }

    /// The same order and the same matching as apply_rules(), row by row.
    static int rewrite(canonical_form& form, int i) {
        const int kind = form.out.at(i).kind;
        if (kind == constant_node || kind == symbol_node) return -1;
        std::size_t index = 0;
        for (std::size_t t = 0; t < tables.size(); ++t) {
            for (std::size_t r = 0; r < tables[t].size(); ++r) {
                const auto& table = compiled[index++];
                if (table.rows[0].root_kind != kind) continue;
                const int better =
                    pattern_match(form, table.nodes.data(), table.operands.data())
                        .rewrite(table.rows[0].before, table.rows[0].after, table.rows[0].lead, i);
                if (better >= 0 && better != i) {
                    fired.push_back({t, r});
                    if (fired.size() > 10000) throw std::runtime_error("rewriting does not end");
                    return better;
                }
            }
        }
        return -1;
    }

private:
    static inline std::vector<compiled_rules<1>> compiled;
};

/// Row `row` of table `table` among `tables` is applied to its own left side, and the result is what the
/// right side becomes. A row that is not applied because another one is, is shadowed.
inline fault check_carried_out(const std::vector<std::span<const rewrite_rule>>& tables,
                               std::size_t table, std::size_t row, canonical_options options) {
    const recorded_tables recorder(tables);
    const rewrite_rule& rule = tables[table][row];
    options.rewrite = &recorded_tables::rewrite;
    graph raw;
    std::vector<int> roots{parse_text(raw, rule.before)};
    graph out;
    recorded_tables::fired.clear();
    canonical_form(out, options).run(raw, roots);
    const auto fired = recorded_tables::fired;
    graph raw_after;
    std::vector<int> after{parse_text(raw_after, rule.after)};
    canonical_form(out, options).run(raw_after, after);
    bool applied = false;
    for (const auto& hit : fired) applied = applied || (hit.table == table && hit.row == row);
    if (!applied) {
        if (fired.empty()) return {law::carried_out, "it is not recognised on its own left side"};
        const auto& by = tables[fired[0].table][fired[0].row];
        return {law::shadowed, "the rule for " + std::string(by.before) + " is applied instead"};
    }
    if (roots[0] != after[0]) {
        return {law::carried_out,
                "its left side becomes " + text_of(out, roots[0]) + ", its right side " +
                    text_of(out, after[0])};
    }
    return {};
}

/// All laws for a row of a table that is used for computing; the first one broken.
inline fault check_rule(const std::vector<std::span<const rewrite_rule>>& tables, std::size_t table,
                        std::size_t row) {
    const rewrite_rule& rule = tables[table][row];
    for (const fault& f : {check_reason(rule), check_truth(rule), check_shrinking(rule)}) {
        if (f.broken != law::none) return f;
    }
    return check_carried_out(tables, table, row, {nullptr, true, false});
}

/// The comparison table as a whole: no primitive comes back.
inline fault check_circle(std::span<const rewrite_rule> table) {
    graph g;
    std::vector<std::pair<int, int>> sides;
    for (const rewrite_rule& rule : table) {
        sides.emplace_back(canonical_side(g, rule.before), canonical_side(g, rule.after));
    }
    const int kind = find_circle(g, sides);
    if (kind < 0) return {};
    return {law::circle,
            "following the rules, " + std::string(primitive_of(kind).name) + " comes back"};
}

inline fault check_comparison_rule(std::span<const rewrite_rule> table, std::size_t row) {
    for (const fault& f : {check_reason(table[row]), check_truth(table[row])}) {
        if (f.broken != law::none) return f;
    }
    return check_carried_out({table}, 0, row, {nullptr, true, true});
}

}  // namespace laws
