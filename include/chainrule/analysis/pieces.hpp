// SPDX-License-Identifier: BSL-1.0
/// A curve between its switches: on each piece |u| is u or −u, max(a, b) is a or b, and a formula without
/// switches is left, whose value at an end of the piece is the limit from inside.
#pragma once

#include <chainrule/analysis/zeros.hpp>

#include <map>

namespace chainrule::detail {

/// The pieces of a curve, one more than it has switches.
class curve_pieces {
public:
    zero_list switches;

    curve_pieces(const curve& f, long double from, long double to)
        : switches(switch_points(f, std::max(from, -furthest), std::min(to, furthest))), whole(f) {
        find_nodes();
        const std::size_t count = switches.zeros.size() + 1;
        for (std::size_t i = 0; i < count; ++i) {
            const long double lo = i == 0 ? std::max(from, -furthest) : switches.zeros[i - 1].hi;
            const long double hi = i == count - 1 ? std::min(to, furthest) : switches.zeros[i].lo;
            const bool is_complete = lo >= switches.complete_from && hi <= switches.complete_to;
            add_piece(lo, hi, is_complete && lo < hi && !nodes.empty());
            beside.push_back(used.back());
            // Next to a switch it is enough that none is missing there.
            const long double from_here = std::max(lo, switches.complete_from);
            const long double to_here = std::min(hi, switches.complete_to);
            if (is_complete || !(from_here < to_here) || nodes.empty()) continue;
            if (from_here != lo && to_here != hi) continue;
            add_piece(from_here, to_here, true);
            beside.back() = used.back();
            used.pop_back();
        }
    }

    /// The curve on the piece before switch number i, or after the last one.
    [[nodiscard]] const curve& before(std::size_t i) const { return curves[used[i]]; }
    [[nodiscard]] const curve& after(std::size_t i) const { return before(i + 1); }
    /// The curve next to switch number i, on its left or right side; further on there may be more switches.
    [[nodiscard]] const curve& left_of(std::size_t i) const { return curves[beside[i]]; }
    [[nodiscard]] const curve& right_of(std::size_t i) const { return curves[beside[i + 1]]; }

private:
    /// A node whose form depends on the sign of another.
    struct switching_node {
        std::size_t part;
        int node;
        curve function;
    };
    curve whole;
    std::vector<switching_node> nodes;
    std::vector<curve> curves;
    std::vector<std::size_t> used;
    std::vector<std::size_t> beside;
    std::map<std::vector<long double>, std::size_t> known;

    static constexpr std::size_t most_pieces = 200;

    static std::string_view name_of(const node& n) {
        return n.kind >= first_call && n.count > 0 ? primitive_of(n.kind).name : std::string_view();
    }

    void find_nodes() {
        if (switches.zeros.size() > most_pieces) return;
        for (std::size_t p = 0; p < whole.part_count(); ++p) {
            graph g = whole.part(p).nodes;
            const int root = whole.part(p).root;
            for (int i = 0; i <= root; ++i) {
                const bool is_round = name_of(g.at(i)) == "round";
                const int function = is_round ? i : deciding_function(g, i);
                if (function < 0 || g.is_constant(function)) continue;
                nodes.push_back({p, i, curve(whole, p, g, function)});
            }
        }
    }

    void add_piece(long double lo, long double hi, bool is_resolved) {
        if (!is_resolved) return use({}, [&] { return whole; });
        const long double middle = middle_of(lo, hi);
        std::vector<long double> signs;
        for (const switching_node& n : nodes) {
            const enclosure here = n.function.value(enclosure(middle));
            const bool is_round = name_of(whole.part(n.part).nodes.at(n.node)) == "round";
            long double sign = is_round ? not_known : 0;
            if (is_round && here.is_thin() && !here.broken) sign = here.lo;
            if (!is_round) sign = static_cast<long double>(certain_sign(here));
            signs.push_back(sign);
        }
        use(signs, [&] { return resolved(signs); });
    }
    static constexpr long double not_known = 0.25L;  // no rounded number

    template<class Make>
    void use(const std::vector<long double>& signs, Make make) {
        const auto [place, is_new] = known.try_emplace(signs, curves.size());
        if (is_new) curves.push_back(make());
        used.push_back(place->second);
    }

    [[nodiscard]] curve resolved(const std::vector<long double>& signs) const {
        std::vector<graph> graphs;
        std::vector<int> roots;
        std::size_t next = 0;
        for (std::size_t p = 0; p < whole.part_count(); ++p) {
            const graph& g = whole.part(p).nodes;
            const int root = whole.part(p).root;
            graph out;
            std::vector<int> image(static_cast<std::size_t>(root) + 1, 0);
            for (int i = 0; i <= root; ++i) {
                const node& n = g.at(i);
                int& mine = image[static_cast<std::size_t>(i)];
                auto child = [&](int k) {
                    return image[static_cast<std::size_t>(g.child(n, k).node)];
                };
                if (n.kind == symbol_node) {
                    mine = out.symbol(g.symbol_of(i));
                    continue;
                }
                if (next < nodes.size() && nodes[next].part == p && nodes[next].node == i) {
                    const long double sign = signs[next++];
                    const std::string_view name = name_of(n);
                    const bool is_less = sign < 0;
                    if (name == "round" ? sign != not_known : sign != 0) {
                        mine = name == "round" ? out.constant(static_cast<double>(sign))
                            : name == "abs"  ? (is_less ? (-handle(out, child(0))).node : child(0))
                            : name == "sign" ? out.constant(is_less ? -1 : 1)
                            : name == "max"  ? child(is_less ? 1 : 0)
                            : name == "min"  ? child(is_less ? 0 : 1)
                                             : child(is_less ? 2 : 3);
                        continue;
                    }
                }
                operand_list children;
                for (int k = 0; k < n.count; ++k)
                    children.push_back({child(k), g.child(n, k).weight});
                mine = out.put(n.kind, n.value, n.residual, children.data(), children.size());
            }
            graphs.push_back(out);
            roots.push_back(image[static_cast<std::size_t>(root)]);
        }
        return {whole, graphs, roots};
    }
};

}  // namespace chainrule::detail
