// SPDX-License-Identifier: BSL-1.0
#include "analysis.hpp"

#include "document.hpp"
#include "numbers.hpp"
#include "run_time_kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace chainrule::report {

namespace {

/// The certified kinks, and what they leave out: sizes of jumps, poles, edges of the domain.
std::vector<kink> all_kinks(const formula& subject, const finding<kink_collection>& certified) {
    std::vector<kink> result = find_kinks(subject);
    if (!certified) return result;
    auto same = [](double a, double b) {
        return std::fabs(a - b) <= 1e-9 * std::max(1.0, std::fabs(a));
    };
    auto is_certified = [&](const kink& k) {
        return std::ranges::any_of(*certified,
                                   [&](const kink_with_slopes& c) { return same(c.at, k.at); });
    };
    // The search on a grid may see what is not there; only where all kinks are known is that known, too.
    std::erase_if(result, [&](const kink& k) {
        return k.kind == kink_kind::kink && std::isfinite(k.left_slope) &&
            std::isfinite(k.right_slope) && certified->is_complete && !is_certified(k);
    });
    for (const kink_with_slopes& c : *certified) {
        const auto found =
            std::ranges::find_if(result, [&](const kink& k) { return same(c.at, k.at); });
        const kink_kind kind = c.has_jump ? kink_kind::jump : kink_kind::kink;
        if (found == result.end()) {
            constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
            result.push_back({c.at, kind, unknown, unknown, c.left_slope, c.right_slope});
        } else if (found->kind != kink_kind::domain_edge) {
            found->at = c.at;
            found->kind = kind;
            found->left_slope = c.left_slope;
            found->right_slope = c.right_slope;
        }
    }
    std::ranges::sort(result, {}, &kink::at);
    return result;
}

}  // namespace

analysis analyse(std::shared_ptr<const formula> subject, const compiled_formula* compiled,
                 const gradient_flow_request& request) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    analysis result;
    result.subject = std::move(subject);
    result.compiled = compiled;
    result.flow = analyse_gradient_flow(*result.subject, compiled, request);
    result.kinks = all_kinks(*result.subject, result.flow.kinks);
    const double places[] = {0, -infinity, infinity};
    double values[3], slopes[3];
    const run_time_kernel doubles(*result.subject);
    doubles(places, values, slopes, 3);
    result.values = {values[0], values[1], values[2]};
    result.chain = follow_chain(doubles, request.depth);
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

std::string describe_place(double at, attainment how) {
    if (std::isinf(at)) return fmt::format("as x → {}", show(at));
    return fmt::format("at x = {}{}", show(at),
                       how == attainment::attained    ? ""
                           : how == attainment::limit ? " (in the limit)"
                                                      : " (limit from one side)");
}

std::string describe_steepest(const gradient_flow_analysis& flow) {
    if (!flow.slopes) return "not found: " + flow.slopes.why_not();
    const value_range& r = *flow.slopes;
    const bool above = r.sup.hi >= -r.inf.lo;
    return fmt::format("{} {}", describe(*flow.lipschitz),
                       describe_place(above ? r.sup_at : r.inf_at, above ? r.sup_how : r.inf_how));
}

std::string describe(const interval& enclosure) {
    const double lo = enclosure.lo, hi = enclosure.hi;
    const bool is_narrow = std::isfinite(lo) && std::isfinite(hi) &&
        hi - lo <= 2e-12 * std::max(std::fabs(lo), std::fabs(hi));
    if (lo == hi || is_narrow) return show(enclosure.middle(), 12);
    return fmt::format("between {} and {}", show(lo, 9), show(hi, 9));
}

bool has_not_converged(const estimate& value) {
    return value.error > 0.05 * std::fabs(value.value) && value.error > 1e-9;
}

std::string describe(const estimate& value, int most_digits) {
    if (has_not_converged(value)) return "does not converge";
    const double size = std::fabs(value.value);
    if (size <= value.error) return "0";
    if (!std::isfinite(value.value) || !(value.error > 0)) return show(value.value, most_digits);
    const double certain = std::floor(std::log10(size / value.error));
    return show(value.value, static_cast<int>(std::clamp(certain, 2.0, double(most_digits))));
}

std::string describe_moment(const finding<moments_report>& moments,
                            estimate moments_report::*which) {
    return moments ? describe((*moments).*which) : "not found: " + moments.why_not();
}

}  // namespace chainrule::report
