// SPDX-License-Identifier: BSL-1.0
#include "analysis.hpp"

#include "document.hpp"
#include "numbers.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace chainrule::report {

analysis analyse(std::shared_ptr<const formula> subject, const compiled_formula* compiled,
                 int depth) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    analysis result;
    result.subject = std::move(subject);
    result.compiled = compiled;
    result.kinks = find_kinks(*result.subject);
    result.steepest = find_steepest(*compiled, result.kinks);
    result.values = {compiled->value(0.0), compiled->value(-infinity), compiled->value(infinity)};
    result.means = find_moments(*compiled, result.kinks);
    result.chain = follow_chain(*compiled, depth);
    return result;
}

std::string describe(const formula& f) {
    if (f.stages().size() == 1) return f.stages()[0];
    std::string whole = "x";
    std::string parts;
    for (std::size_t i = 0; i < f.stages().size(); ++i) {
        const std::string name = "f" + subscript(static_cast<int>(i) + 1);
        whole = fmt::format("{}({})", name, whole);
        parts += fmt::format("{}{}(x) = {}", parts.empty() ? "" : ", ", name, f.stages()[i]);
    }
    return fmt::format("{} with {}", whole, parts);
}

std::string short_name(const formula& f) {
    constexpr std::size_t longest = 60;
    const std::string whole = describe(f);
    if (width_of(whole) <= longest) return whole;
    std::size_t end = longest;
    while ((static_cast<unsigned char>(whole[end]) & 0xC0U) == 0x80U) --end;
    return whole.substr(0, end) + "…";
}

namespace {

std::string verdict_word(chain_verdict verdict) {
    switch (verdict) {
    case chain_verdict::vanishes:
        return "vanishes";
    case chain_verdict::preserved:
        return "is preserved";
    case chain_verdict::explodes:
        return "explodes";
    default:
        return "is undefined";
    }
}

/// "0.28, a factor of 0.97 per layer; it …"
std::string size_and_rate(double log_slope, int depth) {
    return fmt::format("{}, a factor of {} per layer", show_exponential(log_slope),
                       show_exponential(log_slope / depth));
}

std::string lost(const std::optional<int>& at, int depth) {
    return at ? fmt::format("falls below 1e-6 at layer {}", *at)
              : fmt::format("does not fall below 1e-6 within {} layers", depth);
}

}  // namespace

std::string verdict_words(const chain_analysis& chain) {
    if (chain.verdict == chain_verdict::undefined) return "undefined";
    const chain_verdict typical = chain.typical_verdict;
    const std::string word =
        typical == chain_verdict::preserved ? "preserved" : verdict_word(typical);
    return chain.verdict == typical ? word : "typically " + word;
}

std::string verdict_sentence(const chain_analysis& chain) {
    const std::string layers = fmt::format("{} layer{}", chain.depth, chain.depth == 1 ? "" : "s");
    if (chain.verdict == chain_verdict::undefined) {
        return fmt::format("No verdict: within {} every chain leaves the domain of f.", layers);
    }
    if (chain.verdict == chain.typical_verdict) {
        return fmt::format("The gradient {}: after {} its root mean square is {}; it {}.",
                           verdict_word(chain.verdict), layers,
                           size_and_rate(chain.log_rms, chain.depth),
                           lost(chain.lost_at, chain.depth));
    }
    return fmt::format(
        "The gradient typically {}: after {} its median is {}, and it {}; the root mean square {} "
        "({}, and it {}), carried by a few starts.",
        verdict_word(chain.typical_verdict), layers, size_and_rate(chain.log_median, chain.depth),
        lost(chain.typically_lost_at, chain.depth), verdict_word(chain.verdict),
        size_and_rate(chain.log_rms, chain.depth), lost(chain.lost_at, chain.depth));
}

std::string describe_kinks(const std::vector<kink>& kinks) {
    if (kinks.empty()) return "none";
    const std::vector<kink> nearest = nearest_kinks(kinks, kinks.size() > 5 ? 4 : 5);
    std::string result;
    for (const kink& k : nearest) {
        if (!result.empty()) result += "; ";
        result += k.kind == kink_kind::kink
            ? fmt::format("{}: {} / {}", show(k.at), show(k.left_slope, 4), show(k.right_slope, 4))
            : fmt::format("{}: {}", show(k.at), k.kind == kink_kind::jump ? "jump" : "edge");
    }
    if (nearest.size() < kinks.size()) {
        result += fmt::format("; … ({0} in [-{1}, {1}])", kinks.size(), show(kink_reach(kinks)));
    }
    return result;
}

std::string describe_steepest(const steepest_slope& s) {
    return fmt::format("{} at x = {}{}{}", show(s.size, 8), show(s.at), s.where.empty() ? "" : ", ",
                       s.where);
}

std::string describe(const integral& value) {
    switch (value.state) {
    case integral_state::undefined:
        return "undefined";
    case integral_state::not_converged:
        return "does not converge";
    default:
        return show(std::fabs(value.value) < value.error ? 0 : value.value, 9);
    }
}

}  // namespace chainrule::report
