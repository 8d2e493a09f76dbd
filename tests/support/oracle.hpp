// SPDX-License-Identifier: BSL-1.0
/// An independent opinion on the value of a formula: MPFR numbers of 640 bits, a reader of formula text
/// and a walker of value graphs. Nothing here calls the library's parser, evaluator or elementary
/// functions.
#pragma once

#include <chainrule/graph/registry.hpp>

#include <mpfr.h>

#include <cctype>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oracle {

/// An MPFR number with value semantics.
class number {
public:
    static constexpr mpfr_prec_t precision = 640;

    number(double v = 0) {
        mpfr_init2(value_, precision), mpfr_set_d(value_, v, MPFR_RNDN);
    }  // NOLINT
    number(const number& other) {
        mpfr_init2(value_, precision), mpfr_set(value_, other.value_, MPFR_RNDN);
    }
    number(number&& other) noexcept : number() { mpfr_swap(value_, other.value_); }
    number& operator=(number other) noexcept {
        mpfr_swap(value_, other.value_);
        return *this;
    }
    ~number() { mpfr_clear(value_); }

    static number from_text(const std::string& text) {
        number result;
        mpfr_set_str(result.value_, text.c_str(), 10, MPFR_RNDN);
        return result;
    }
    static number pi() {
        number result;
        mpfr_const_pi(result.value_, MPFR_RNDN);
        return result;
    }

    [[nodiscard]] bool is_nan() const { return mpfr_nan_p(value_) != 0; }
    [[nodiscard]] bool is_finite() const { return mpfr_number_p(value_) != 0; }
    [[nodiscard]] bool is_integer() const { return mpfr_integer_p(value_) != 0; }
    [[nodiscard]] double to_double() const { return mpfr_get_d(value_, MPFR_RNDN); }
    [[nodiscard]] int sign() const { return mpfr_sgn(value_); }

    using unary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
    using binary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);
    [[nodiscard]] number with(unary f) const {
        number result;
        f(result.value_, value_, MPFR_RNDN);
        return result;
    }
    [[nodiscard]] number with(binary f, const number& other) const {
        number result;
        f(result.value_, value_, other.value_, MPFR_RNDN);
        return result;
    }
    friend number operator+(const number& a, const number& b) { return a.with(mpfr_add, b); }
    friend number operator-(const number& a, const number& b) { return a.with(mpfr_sub, b); }
    friend number operator*(const number& a, const number& b) { return a.with(mpfr_mul, b); }
    friend number operator/(const number& a, const number& b) { return a.with(mpfr_div, b); }
    friend number operator-(const number& a) { return a.with(mpfr_neg); }
    friend bool operator<(const number& a, const number& b) {
        return mpfr_less_p(a.value_, b.value_) != 0;
    }
    friend bool operator<=(const number& a, const number& b) {
        return mpfr_lessequal_p(a.value_, b.value_) != 0;
    }
    friend bool operator==(const number& a, const number& b) {
        return mpfr_equal_p(a.value_, b.value_) != 0;
    }

private:
    mpfr_t value_;
};

inline number abs(const number& u) { return u.with(mpfr_abs); }
inline number not_a_number() { return number(0) / number(0); }
inline number power(const number& u, const number& v) { return u.with(mpfr_pow, v); }

/// Whether two numbers agree: both NaN, the same infinity, or within `tolerance` relative to the larger
/// of their magnitudes and 1.
inline bool agree(const number& a, const number& b, double tolerance = 1e-40) {
    if (a.is_nan() || b.is_nan()) return a.is_nan() && b.is_nan();
    if (!a.is_finite() || !b.is_finite()) return a == b;
    const number size = abs(a) < abs(b) ? abs(b) : abs(a);
    return abs(a - b) <= number(tolerance) * (size < number(1) ? number(1) : size);
}

/// Says that there is no reliable answer: a choice hung on two numbers too close to tell apart, or
/// something was infinite on the way, where the sign of a zero would decide.
struct doubt {
    bool any = false;
    bool infinite = false;
    const number& check(const number& value) {
        if (!value.is_finite()) any = infinite = true;
        return value;
    }
    void compare(const number& a, const number& b) {
        const number gap = abs(a - b);
        const number size = abs(a) + abs(b);
        if (gap.is_finite() && gap <= number(1e-15) * (size < number(1) ? number(1) : size))
            any = true;
    }
    /// By 0 but for rounding, as by tan(pi), the quotient has any size and sign.
    void divide_by(const number& divisor) {
        if (abs(divisor) < number(1e-40)) any = true;
    }
};

inline number apply(std::string_view name, const std::vector<number>& u, doubt& unsure);

/// A primitive by name, from its textbook definition.
inline number apply_unchecked(std::string_view name, const std::vector<number>& u, doubt& unsure) {
    const auto is = [&](std::string_view wanted) { return name == wanted; };
    const number one(1);
    if (is("pi")) return number::pi();
    const number& a = u.at(0);
    if (is("neg")) return -a;
    if (is("sqrt")) return a.with(mpfr_sqrt);
    if (is("square")) return a * a;
    if (is("reciprocal")) return one / a;
    if (is("abs")) {
        unsure.compare(a, 0);
        return abs(a);
    }
    if (is("sign")) {
        unsure.compare(a, 0);
        return a.is_nan() ? a : number(a.sign());
    }
    if (is("step")) {
        unsure.compare(a, 0);
        return a.is_nan() ? a : number(a.sign() > 0 ? 1 : 0);
    }
    if (is("round")) {
        unsure.compare(a - a.with(mpfr_rint_floor), 0.5);
        return a.with(mpfr_rint_roundeven);
    }
    if (is("exp")) return a.with(mpfr_exp);
    if (is("expm1")) return a.with(mpfr_expm1);
    if (is("log")) return a.with(mpfr_log);
    if (is("log1p")) return a.with(mpfr_log1p);
    if (is("sin")) return a.with(mpfr_sin);
    if (is("cos")) return a.with(mpfr_cos);
    if (is("tan")) return a.with(mpfr_tan);
    if (is("atan")) return a.with(mpfr_atan);
    if (is("sinh")) return a.with(mpfr_sinh);
    if (is("cosh")) return a.with(mpfr_cosh);
    if (is("tanh")) return a.with(mpfr_tanh);
    if (is("sech")) return a.with(mpfr_sech);
    if (is("asinh")) return a.with(mpfr_asinh);
    if (is("sigmoid")) return one / (one + (-a).with(mpfr_exp));
    if (is("softplus"))
        return a.sign() > 0 ? a + (-a).with(mpfr_exp).with(mpfr_log1p)
                            : a.with(mpfr_exp).with(mpfr_log1p);
    if (is("log_sigmoid")) return -apply("softplus", {-a}, unsure);
    if (is("erf")) return a.with(mpfr_erf);
    if (is("erfc")) return a.with(mpfr_erfc);
    if (is("normal_cdf")) return (-a / number(2).with(mpfr_sqrt)).with(mpfr_erfc) / 2;
    if (is("normal_pdf"))
        return (-(a * a) / 2).with(mpfr_exp) / (number(2) * number::pi()).with(mpfr_sqrt);
    if (is("log1mexp")) return (-((-a).with(mpfr_expm1))).with(mpfr_log);
    if (is("tanh_residual")) return a - a.with(mpfr_tanh);
    if (is("sech_square_product"))
        return a.is_finite() ? a * a.with(mpfr_sech) * a.with(mpfr_sech)
            : a.is_nan()     ? a
                             : number(0);
    if (u.size() < 2)
        throw std::logic_error("the oracle does not know the primitive " + std::string(name));
    const number& b = u.at(1);
    if (is("pow")) return power(a, b);
    if (is("max") || is("min")) {
        unsure.compare(a, b);
        if (a.is_nan() || b.is_nan()) return not_a_number();
        return (a < b) == is("max") ? b : a;
    }
    if (is("root_sum_square")) return (a * a + b).with(mpfr_sqrt);
    if (is("conjugate_sum") && a.sign() < 0 && !a.is_nan() && !a.is_finite() && b.is_finite())
        return 0;  // the limit
    if (is("conjugate_sum")) return a + (a * a + b).with(mpfr_sqrt);
    const number& c = u.at(2);
    if (is("clamp")) return apply("min", {apply("max", {a, b}, unsure), c}, unsure);
    if (is("multiply_add")) return a * b + c;
    const number& d = u.at(3);
    if (is("select_less") || is("select_less_equal")) {
        unsure.compare(a, b);
        if (a.is_nan() || b.is_nan()) return not_a_number();
        return (is("select_less") ? a < b : a <= b) ? c : d;
    }
    throw std::logic_error("the oracle does not know the primitive " + std::string(name));
}

inline number apply(std::string_view name, const std::vector<number>& u, doubt& unsure) {
    return unsure.check(apply_unchecked(name, u, unsure));
}

using symbol_values = std::map<std::string, number, std::less<>>;

/// The value of formula text, read by a reader of its own.
class text_value {
public:
    text_value(std::string_view text, const symbol_values& symbols)
        : text_(text), symbols_(symbols) {}

    number get() {
        const number result = formula();
        if (peek() != '\0') throw std::logic_error("the oracle cannot read " + std::string(text_));
        return result;
    }
    doubt unsure;

private:
    std::string_view text_;
    const symbol_values& symbols_;
    std::size_t at_ = 0;

    char peek() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(char c) { return peek() == c && (++at_, true); }

    std::optional<std::string> comparison() {
        if (peek() != '<' && peek() != '>') return {};
        std::string result(1, text_[at_++]);
        if (at_ < text_.size() && text_[at_] == '=') result += text_[at_++];
        return result;
    }
    number chosen(number left, const std::string& how, number right, char before_first,
                  char before_second) {
        take(before_first);
        const number yes = formula();
        take(before_second);
        const number no = formula();
        if (how[0] == '>') std::swap(left, right);
        return apply(how.size() == 1 ? "select_less" : "select_less_equal", {left, right, yes, no},
                     unsure);
    }
    number formula() {
        const number left = sum();
        if (const auto how = comparison()) {
            const number right = sum();
            return chosen(left, *how, right, '?', ':');
        }
        return left;
    }
    number sum() {
        number result = product();
        for (;;) {
            if (take('+')) result = result + product();
            else if (take('-')) result = result - product();
            else return result;
        }
    }
    number product() {
        number result = with_sign();
        for (;;) {
            if (take('*')) result = result * with_sign();
            else if (take('/')) {
                const number divisor = with_sign();
                unsure.divide_by(divisor);
                result = unsure.check(result / divisor);
            } else return result;
        }
    }
    number with_sign() {
        if (take('-')) return -with_sign();
        if (take('+')) return with_sign();
        const number base = atom();
        if (!take('^')) return base;
        const number exponent = with_sign();
        // Where a root is taken of 0, sums that are written otherwise may come out below.
        if (!(exponent == exponent.with(mpfr_rint_floor))) unsure.compare(base, 0);
        return unsure.check(power(base, exponent));
    }
    number atom() {
        const char c = peek();
        if (take('(')) {
            const number inside = formula();
            take(')');
            return inside;
        }
        if (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.') {
            // A number in a formula is a double.
            std::size_t length = 0;
            const double value = std::stod(std::string(text_.substr(at_)), &length);
            at_ += length;
            return value;
        }
        const std::size_t begin = at_;
        while (at_ < text_.size() &&
               (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
            ++at_;
        const std::string name(text_.substr(begin, at_ - begin));
        if (take('(')) {
            if (name == "select") {
                const number left = sum();
                const std::string how = comparison().value();
                const number right = sum();
                const number result = chosen(left, how, right, ',', ',');
                take(')');
                return result;
            }
            std::vector<number> arguments;
            do arguments.push_back(formula());
            while (take(','));
            take(')');
            return apply(name, arguments, unsure);
        }
        if (name == "pi") return number::pi();
        const auto found = symbols_.find(name);
        if (found == symbols_.end())
            throw std::logic_error("the oracle has no value for '" + name + "' in " +
                                   std::string(text_));
        return found->second;
    }
};

inline number value_of(std::string_view text, const symbol_values& symbols) {
    return text_value(text, symbols).get();
}

/// The value of a node of a value graph.
inline number value_of(const chainrule::detail::graph& g, int root, const symbol_values& symbols,
                       doubt& unsure) {
    using namespace chainrule::detail;
    std::vector<char> needed(static_cast<std::size_t>(root) + 1, 0);
    needed.back() = 1;
    for (int i = root; i >= 0; --i) {
        for (int k = 0; needed[static_cast<std::size_t>(i)] != 0 && k < g.at(i).count; ++k) {
            needed[static_cast<std::size_t>(g.child(g.at(i), k).node)] = 1;
        }
    }
    std::vector<number> values(needed.size());
    for (int i = 0; i <= root; ++i) {
        if (needed[static_cast<std::size_t>(i)] == 0) continue;
        const node& n = g.at(i);
        number& value = values[static_cast<std::size_t>(i)];
        const auto child = [&](int k) -> const number& {
            return values[static_cast<std::size_t>(g.child(n, k).node)];
        };
        if (n.kind == constant_node) {
            value = number(n.value) + number(n.residual);
        } else if (n.kind == symbol_node) {
            value = symbols.at(std::string(g.symbol_of(i).name));
        } else if (n.kind == sum_node) {
            value = n.value;
            for (int k = 0; k < n.count; ++k) {
                const double weight = g.child(n, k).weight;
                value = value + (weight == 1 ? child(k) : number(weight) * child(k));
            }
        } else if (n.kind == product_node) {
            value = n.value;
            for (int k = 0; k < n.count; ++k)
                value = unsure.check(value * power(child(k), number(g.child(n, k).weight)));
        } else {
            std::vector<number> arguments;
            for (int k = 0; k < n.count; ++k) arguments.push_back(child(k));
            value = apply(primitive_of(n.kind).name, arguments, unsure);
        }
    }
    return values.back();
}

inline number value_of(const chainrule::detail::graph& g, int root, const symbol_values& symbols) {
    doubt unsure;
    return value_of(g, root, symbols, unsure);
}

}  // namespace oracle
