// SPDX-License-Identifier: BSL-1.0
#include "numbers.hpp"

#include <fmt/format.h>

#include <cmath>

namespace chainrule::report {

std::string show(double v, int digits) {
    if (std::isnan(v)) return "undefined";
    if (std::isinf(v)) return v > 0 ? "∞" : "-∞";
    return fmt::format("{:.{}g}", v + 0.0, digits);
}

std::string show_exponential(double log_value) {
    if (std::isnan(log_value)) return "undefined";
    if (std::isinf(log_value)) return log_value > 0 ? "∞" : "0";
    const double decades = log_value / std::log(10.0);
    if (std::fabs(decades) < 300) return show(std::exp(log_value), 4);
    double whole = std::floor(decades);
    double mantissa = std::pow(10.0, decades - whole);
    if (mantissa >= 9.9995) {
        mantissa = 1;
        whole += 1;
    }
    return fmt::format("{:.4g}e{:+.0f}", mantissa, whole);
}

std::string show_share(double share) {
    if (std::isnan(share)) return "undefined";
    if (share <= 0) return "0 %";
    if (share >= 1) return "100 %";
    if (share < 0.0001) return "< 0.01 %";
    if (share > 0.9999) return "> 99.99 %";
    return fmt::format("{:.2f} %", 100 * share);
}

std::string show_count(unsigned long long n) {
    std::string digits = fmt::format("{}", n);
    for (std::size_t i = digits.size(); i > 3;) {
        i -= 3;
        digits.insert(i, " ");
    }
    return digits;
}

std::string subscript(int n) {
    static constexpr const char* shapes[] = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
    std::string result;
    for (const char c : fmt::format("{}", n)) result += shapes[c - '0'];
    return result;
}

}  // namespace chainrule::report
