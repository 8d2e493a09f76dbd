// SPDX-License-Identifier: BSL-1.0
/// Matchers for gradient flow in tests with Catch2, version 2 or 3:
///
///     CHECK_THAT(my_activation, KeepsGradient().through(50).layers());
///     CHECK_THAT(my_activation, IsZeroCentred(1e-3));
///     CHECK_THAT(my_activation, HasGain(1.0, 1e-6));
///     CHECK_THAT(my_activation, HasLipschitzBelow(1.2));
///
/// When a check fails, the message shows the numbers.
#pragma once

#include <chainrule/analysis/checked_gradient_flow.hpp>
#include <chainrule/analysis/range.hpp>
#include <chainrule/verify/catch2.hpp>

namespace chainrule {

namespace detail {

class gradient_matcher final : public formula_matcher {
public:
    /// How many layers of the activation; default 1.
    [[nodiscard]] gradient_matcher through(int layers_wanted) const {
        gradient_matcher m = *this;
        m.depth = layers_wanted;
        return m;
    }
    /// Only to read well.
    [[nodiscard]] gradient_matcher layers() const { return *this; }
    /// The layers are f(weight · x); default 1.
    [[nodiscard]] gradient_matcher weight(double w) const {
        gradient_matcher m = *this;
        m.factor = w;
        return m;
    }
    /// What counts as kept; default 1e-3 to 1e3.
    [[nodiscard]] gradient_matcher between(double low, double high) const {
        gradient_matcher m = *this;
        m.lowest = low;
        m.highest = high;
        return m;
    }

    template<expression F>
    bool match(F f) const {
        const auto r = gradient_flow_through(f, depth, factor, lowest, highest);
        const char* const words[] = {"vanishes", "is kept", "explodes", "is undefined"};
        outcome = "the gradient " + std::string(words[static_cast<int>(r.verdict)]) +
            ": root mean square " + number_text(r.size.value, "%.6g") + " ± " +
            number_text(r.size.error, "%.1g") +
            (r.is_certain ? "" : ", which is too close to a threshold to be sure");
        return r.verdict == verdict::preserved;
    }

protected:
    [[nodiscard]] std::string describe() const override {
        std::string text = "keeps the gradient through " + std::to_string(depth) + " layers";
        if (factor != 1) text += " of weight " + number_text(factor, "%g");
        text += " between " + number_text(lowest, "%g") + " and " + number_text(highest, "%g");
        return outcome.empty() ? text : text + "\n" + outcome;
    }

private:
    int depth = 1;
    double factor = 1;
    double lowest = 1e-3;
    double highest = 1e3;
    mutable std::string outcome;
};

/// One of the moments is near what it should be.
class moment_matcher final : public formula_matcher {
public:
    moment_matcher(chainrule::estimate moments_report::*which, const char* words, double wanted,
                   double allowed)
        : member(which), name(words), expected(wanted), tolerance(allowed) {}

    /// The variance of the input; default 1.
    [[nodiscard]] moment_matcher under_variance(double q) const {
        moment_matcher m = *this;
        m.variance = q;
        return m;
    }

    template<expression F>
    bool match(F f) const {
        const chainrule::estimate found = moments(f, variance).*member;
        outcome = std::string(name) + " is " + number_text(found.value, "%.17g") + " ± " +
            number_text(found.error, "%.1g");
        return std::abs(found.value - expected) <= tolerance;
    }

protected:
    [[nodiscard]] std::string describe() const override {
        const std::string text = "has " + std::string(name) + " within " +
            number_text(tolerance, "%g") + " of " + number_text(expected, "%g") +
            " for inputs of variance " + number_text(variance, "%g");
        return outcome.empty() ? text : text + "\n" + outcome;
    }

private:
    chainrule::estimate moments_report::*member;
    const char* name;
    double expected;
    double tolerance;
    double variance = 1;
    mutable std::string outcome;
};

class lipschitz_matcher final : public formula_matcher {
public:
    explicit lipschitz_matcher(double most) : bound(most) {}

    template<expression F>
    bool match(F f) const {
        const interval found = lipschitz(f);
        outcome = "sup |f'| lies in [" + number_text(found.lo, "%.17g") + ", " +
            number_text(found.hi, "%.17g") + "]";
        return found.hi < bound;
    }

protected:
    [[nodiscard]] std::string describe() const override {
        const std::string text = "has a Lipschitz constant below " + number_text(bound, "%g");
        return outcome.empty() ? text : text + "\n" + outcome;
    }

private:
    double bound;
    mutable std::string outcome;
};

}  // namespace detail

/// The verdict on a chain of layers of the formula is `preserved` (gradient_flow_through).
inline auto KeepsGradient() { return detail::gradient_matcher(); }

/// |E f| ≤ tolerance for standard normal input.
inline auto IsZeroCentred(double tolerance) {
    return detail::moment_matcher(&moments_report::mean, "mean", 0, tolerance);
}

/// The forward gain 1/√(E f²) is within the tolerance of `expected`.
inline auto HasGain(double expected, double tolerance) {
    return detail::moment_matcher(&moments_report::gain, "gain", expected, tolerance);
}

/// The backward gain 1/√(E f′²) is within the tolerance of `expected`.
inline auto HasBackwardGain(double expected, double tolerance) {
    return detail::moment_matcher(&moments_report::backward_gain, "backward gain", expected,
                                  tolerance);
}

/// The certified supremum of |f'| over the real line is below `bound` (range.hpp).
inline auto HasLipschitzBelow(double bound) { return detail::lipschitz_matcher(bound); }

}  // namespace chainrule
