// SPDX-License-Identifier: BSL-1.0
/// Matchers for tests with Catch2, version 2 or 3:
///
///     CHECK_THAT(my_swish, HasCorrectDerivatives().on(-20, 20).order(2).with(beta = 1.5));
///     CHECK_THAT(my_swish, HasCorrectDerivatives().wrt(beta).with(beta = 1.5));
///     CHECK_THAT(x * x, HasDerivative(2_c * x).on(-3, 3));
///     CHECK_THAT(my_swish, HasCorrectKernel().with(beta = 1.5));
///     CHECK_THAT(result, IsWithinUlp(expected, 4));
///
/// When a check fails, the message shows the point, both values, their distance in ULP and the formula.
#pragma once

#include <chainrule/graph/to_string.hpp>
#include <chainrule/verify/kernel_check.hpp>

#if defined(CATCH_VERSION_MAJOR)
#define CHAINRULE_CATCH_VERSION CATCH_VERSION_MAJOR
#elif __has_include(<catch2/matchers/catch_matchers_templated.hpp>)
#define CHAINRULE_CATCH_VERSION 3
#elif __has_include(<catch2/catch.hpp>)
#define CHAINRULE_CATCH_VERSION 2
#else
#error "chainrule: verify/catch2.hpp needs Catch2, version 2 or 3 (Debian: catch2)"
#endif

#if CHAINRULE_CATCH_VERSION >= 3
#include <catch2/catch_tostring.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_templated.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <string>
#include <tuple>

/// Catch2 shows a formula as its text.
template<class E>
    requires chainrule::expression<E>
struct Catch::StringMaker<E> {
    static std::string convert(const E&) { return std::string(chainrule::to_string(E{})); }
};

namespace chainrule {

namespace detail {

#if CHAINRULE_CATCH_VERSION >= 3
template<class T>
using value_matcher = Catch::Matchers::MatcherBase<T>;
using formula_matcher = Catch::Matchers::MatcherGenericBase;
#else
template<class T>
using value_matcher = Catch::MatcherBase<T>;

/// The opposite of a matcher; version 3 has its own.
template<class Matcher>
class negated_matcher {
public:
    explicit negated_matcher(const Matcher& m) : matcher(m) {}
    template<expression F>
    bool match(F f) const {
        return !matcher.match(f);
    }
    [[nodiscard]] std::string toString() const { return "not " + matcher.toString(); }

private:
    Matcher matcher;
};

/// Version 2 asks for match() and toString() only, of any type.
class formula_matcher {
public:
    virtual ~formula_matcher() = default;
    [[nodiscard]] std::string toString() const { return describe(); }

protected:
    formula_matcher() = default;
    formula_matcher(const formula_matcher&) = default;
    formula_matcher& operator=(const formula_matcher&) = default;
    [[nodiscard]] virtual std::string describe() const = 0;
};

template<class Matcher>
    requires std::derived_from<Matcher, formula_matcher> negated_matcher<Matcher>
operator!(const Matcher& matcher) { return negated_matcher<Matcher>(matcher); }
#endif

inline std::string interval_text(double from, double to) {
    return "on [" + number_text(from, "%g") + ", " + number_text(to, "%g") + "]";
}

/// "1st", "2nd", "3rd", "4th" …
inline std::string ordinal_text(int n) {
    const int last = n % 10;
    const bool teen = n / 10 % 10 == 1;
    return std::to_string(n) +
        (last == 1 && !teen       ? "st"
             : last == 2 && !teen ? "nd"
             : last == 3 && !teen ? "rd"
                                  : "th");
}

struct no_claim {};

/// Claim is no_claim (the library's derivatives are checked) or a formula.
template<class Claim, class S, class... B>
class derivative_matcher final : public formula_matcher {
public:
    explicit derivative_matcher(gradient_check_options wanted, std::tuple<B...> values)
        : options(wanted), bindings(std::move(values)) {}

    /// The interval of x; default [-20, 20].
    [[nodiscard]] derivative_matcher on(double from, double to) const {
        gradient_check_options wanted = options;
        wanted.from = from;
        wanted.to = to;
        return derivative_matcher(wanted, bindings);
    }
    /// The highest order checked; for a claim, the order of the derivative that is claimed.
    [[nodiscard]] derivative_matcher order(int n) const {
        gradient_check_options wanted = options;
        wanted.order = n;
        return derivative_matcher(wanted, bindings);
    }
    /// How many evenly spaced points of x are looked at, beside the special ones.
    [[nodiscard]] derivative_matcher points(int n) const {
        gradient_check_options wanted = options;
        wanted.points = n;
        return derivative_matcher(wanted, bindings);
    }
    /// How far a derivative may be off, beyond the uncertainty of the finite differences.
    [[nodiscard]] derivative_matcher within_ulp(double n) const {
        gradient_check_options wanted = options;
        wanted.allowed_ulps = n;
        return derivative_matcher(wanted, bindings);
    }
    /// Values of symbols: with(beta = 1.5).
    template<named_binding... More>
    [[nodiscard]] auto with(More... more) const {
        return derivative_matcher<Claim, S, B..., More...>(
            options, std::tuple_cat(bindings, std::tuple<More...>(more...)));
    }
    /// The symbol to differentiate with respect to; default x.
    template<symbol_like Other>
    [[nodiscard]] auto wrt(Other) const {
        return derivative_matcher<Claim, Other, B...>(options, bindings);
    }

    template<expression F>
    bool match(F f) const {
        const gradient_check_result result = std::apply(
            [&](const B&... values) {
                if constexpr (std::is_same_v<Claim, no_claim>) {
                    return check_derivatives(f, options, S{}, values...);
                } else {
                    return check_claimed_derivative(f, Claim{}, options, S{}, values...);
                }
            },
            bindings);
        outcome = result.message();
        return result.passed;
    }

protected:
    [[nodiscard]] std::string describe() const override {
        std::string text;
        if constexpr (std::is_same_v<Claim, no_claim>) {
            text = "has correct derivatives up to order " + std::to_string(options.order);
        } else {
            text = "has the " + ordinal_text(options.order) + " derivative " + short_text<Claim>();
        }
        text += " with respect to " + std::string(S::name.view()) + " " +
            interval_text(options.from, options.to);
        return outcome.empty() ? text : text + "\n" + outcome;
    }

private:
    gradient_check_options options;
    std::tuple<B...> bindings;
    mutable std::string outcome;
};

template<class... B>
class kernel_matcher final : public formula_matcher {
public:
    explicit kernel_matcher(kernel_check_options wanted, std::tuple<B...> values)
        : options(wanted), bindings(std::move(values)) {}

    /// The interval of x; default [-20, 20].
    [[nodiscard]] kernel_matcher on(double from, double to) const {
        kernel_check_options wanted = options;
        wanted.from = from;
        wanted.to = to;
        return kernel_matcher(wanted, bindings);
    }
    [[nodiscard]] kernel_matcher points(int n) const {
        kernel_check_options wanted = options;
        wanted.points = n;
        return kernel_matcher(wanted, bindings);
    }
    /// How far an element may be from evaluate(); default 4.
    [[nodiscard]] kernel_matcher within_ulp(double n) const {
        kernel_check_options wanted = options;
        wanted.allowed_ulps = n;
        return kernel_matcher(wanted, bindings);
    }
    /// Values of symbols: with(beta = 1.5).
    template<named_binding... More>
    [[nodiscard]] auto with(More... more) const {
        return kernel_matcher<B..., More...>(
            options, std::tuple_cat(bindings, std::tuple<More...>(more...)));
    }

    template<expression F>
    bool match(F f) const {
        auto check = [&]<class T>(T) {
            const auto result = std::apply(
                [&](const B&... values) { return check_kernel<T>(f, options, values...); },
                bindings);
            outcome = result.message();
            return result.passed;
        };
        return check(0.0f) && check(0.0);
    }

protected:
    [[nodiscard]] std::string describe() const override {
        const std::string text = "has kernels within " + number_text(options.allowed_ulps, "%g") +
            " ULP of evaluate " + interval_text(options.from, options.to);
        return outcome.empty() ? text : text + "\n" + outcome;
    }

private:
    kernel_check_options options;
    std::tuple<B...> bindings;
    mutable std::string outcome;
};

template<std::floating_point T>
class within_ulp_matcher final : public value_matcher<T> {
public:
    within_ulp_matcher(T wanted, std::uint64_t most) : expected(wanted), allowed(most) {}

    bool match(const T& value) const override {
        outcome = " (" + number_text(static_cast<double>(value)) + ": " +
            ulp_text(ulp_distance(value, expected)) + ")";
        return ulp_distance(value, expected) <= allowed;
    }

protected:
    [[nodiscard]] std::string describe() const override {
        return "is within " + std::to_string(allowed) + " ULP of " +
            number_text(static_cast<double>(expected)) + outcome;
    }

private:
    T expected;
    std::uint64_t allowed;
    mutable std::string outcome;
};

}  // namespace detail

/// All derivatives that the library takes of the formula agree with finite differences (gradient_check.hpp).
inline auto HasCorrectDerivatives() {
    return detail::derivative_matcher<detail::no_claim, variable<"x">>({}, {});
}

/// A formula claimed to be the derivative agrees with finite differences.
template<expression Claim>
auto HasDerivative(Claim) {
    return detail::derivative_matcher<Claim, variable<"x">>({}, {});
}

/// The kernels of the formula, float and double, agree with evaluate() (kernel_check.hpp).
inline auto HasCorrectKernel() { return detail::kernel_matcher<>({}, {}); }

/// The number is at most `most` representable numbers away from `expected` (ulp.hpp).
template<std::floating_point T>
auto IsWithinUlp(T expected, std::uint64_t most) {
    return detail::within_ulp_matcher<T>(expected, most);
}

}  // namespace chainrule
