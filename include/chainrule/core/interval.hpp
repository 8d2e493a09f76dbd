// SPDX-License-Identifier: BSL-1.0
/// interval{lo, hi}: all real numbers from lo to hi; and the interval arithmetic that encloses ranges.
///
/// Enclosures are worked out in long double. The rounding mode is never changed: each result is widened
/// by its proven error, one unit in the last place for + − × ÷ (nothing if the operation was exact, which
/// the exact error of sum and product tells), 8 units for an elementary function, whose tests hold 5.
#pragma once

#include <chainrule/core/elementary.hpp>
#include <chainrule/core/elementary/ordering.hpp>
#include <chainrule/core/elementary/pair_arithmetic.hpp>

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <type_traits>

namespace chainrule {

/// A closed interval of real numbers; ±inf as an end point means that it is unbounded there.
struct interval {
    double lo = 0;
    double hi = 0;

    [[nodiscard]] constexpr bool contains(double v) const { return lo <= v && v <= hi; }
    [[nodiscard]] constexpr bool contains(interval v) const { return lo <= v.lo && v.hi <= hi; }
    /// hi − lo; 0 if both ends are the same infinity.
    [[nodiscard]] constexpr double width() const { return lo == hi ? 0 : hi - lo; }
    [[nodiscard]] constexpr double middle() const { return lo == hi ? lo : lo / 2 + hi / 2; }
    constexpr bool operator==(const interval&) const = default;
};

namespace detail {

inline constexpr long double unlimited = std::numeric_limits<long double>::infinity();
inline constexpr long double largest_finite = std::numeric_limits<long double>::max();
inline constexpr long double smallest_positive = std::numeric_limits<long double>::denorm_min();

/// A set of numbers between lo and hi. An open end is not reached: on the interval (0, 1] of x the
/// condition x > 0 is decided. With lo == hi and one open end it stands for the numbers next to that
/// end, which is how one-sided limits are taken. lo > hi: no number at all.
struct enclosure {
    long double lo = unlimited;
    long double hi = -unlimited;
    bool open_lo = false;
    bool open_hi = false;
    /// The function may jump, have a pole or be undefined somewhere inside.
    bool broken = false;

    constexpr enclosure() = default;
    constexpr enclosure(long double v) : lo(v), hi(v) {}  // NOLINT(google-explicit-constructor)
    constexpr enclosure(long double low, long double high, bool low_open = false,
                        bool high_open = false, bool is_broken = false)
        : lo(low), hi(high), open_lo(low_open), open_hi(high_open), broken(is_broken) {}

    [[nodiscard]] constexpr bool is_empty() const { return !(lo <= hi); }
    [[nodiscard]] constexpr bool is_thin() const { return lo == hi; }
    [[nodiscard]] constexpr bool is_at_infinity() const {
        return lo == hi && (lo == unlimited || lo == -unlimited);
    }
    /// The numbers just below (just above) one number.
    [[nodiscard]] constexpr bool is_just_below() const { return lo == hi && open_hi; }
    [[nodiscard]] constexpr bool is_just_above() const { return lo == hi && open_lo; }
    [[nodiscard]] constexpr bool is_positive() const { return lo > 0 || (lo == 0 && open_lo); }
    [[nodiscard]] constexpr bool is_negative() const { return hi < 0 || (hi == 0 && open_hi); }
    /// At least (at most) 0, and not just below (just above) it.
    [[nodiscard]] constexpr bool is_upper() const {
        return lo > 0 || (lo == 0 && !is_just_below());
    }
    [[nodiscard]] constexpr bool is_lower() const {
        return hi < 0 || (hi == 0 && !is_just_above());
    }
    [[nodiscard]] constexpr bool has_zero() const {
        return (lo < 0 || (lo == 0 && !open_lo)) && (hi > 0 || (hi == 0 && !open_hi));
    }
};

inline constexpr enclosure everything{-unlimited, unlimited};

constexpr enclosure broken(enclosure u) {
    u.broken = true;
    return u;
}

/// Just above one number and just below another: nobody knows on which side of their sum. Infinity has no
/// sides.
constexpr enclosure one_sided(enclosure u) {
    if (u.lo == u.hi && u.open_lo && u.open_hi) {
        u.open_lo = u.open_hi = false;
        u.broken = u.broken || (u.lo > -unlimited && u.lo < unlimited);
    }
    return u;
}

/// An end point with whether it is reached.
struct end_point {
    long double at;
    bool open;
};

/// Beside a number above this the smallest one is nothing; to add it anyway takes a processor 100 ns.
inline constexpr long double far_from_smallest = 0x1p-16000L;

/// v less (plus) at least one unit in its last place.
constexpr long double below(long double v) {
    if (v == unlimited) return largest_finite;
    if (v == -unlimited) return v;
    const long double size = v < 0 ? -v : v;
    if (size > far_from_smallest) return v - size * 0x1p-63L;
    return v - (size * 0x1p-63L + smallest_positive);
}
constexpr long double above(long double v) { return -below(-v); }
/// v less (plus) 8 units: what an elementary function may be wrong by.
constexpr long double far_below(long double v) {
    if (v == unlimited) return largest_finite;
    if (v == -unlimited) return v;
    const long double size = v < 0 ? -v : v;
    if (size > far_from_smallest) return v - size * 0x1p-60L;
    return v - (size * 0x1p-60L + 8 * smallest_positive);
}
constexpr long double far_above(long double v) { return -far_below(-v); }

constexpr bool is_infinite(long double v) { return v == unlimited || v == -unlimited; }

/// The lower (upper) bound of a + b, rounded outward.
template<bool Upper>
constexpr long double sum_bound(long double a, long double b) {
    constexpr long double worst = Upper ? unlimited : -unlimited;
    const long double sum = elementary::add(a, b);
    if (is_infinite(a) || is_infinite(b)) return sum == sum ? sum : worst;
    if (is_infinite(sum)) return Upper ? above(sum) : below(sum);
    const long double part = sum - a;
    const long double error = (a - (sum - part)) + (b - part);
    if (Upper ? error <= 0 : error >= 0) return sum;
    return Upper ? above(sum) : below(sum);
}

/// The lower (upper) bound of a · b, rounded outward; 0 · inf is 0: the infinite end is never reached.
template<bool Upper>
constexpr long double product_bound(long double a, long double b) {
    if (a == 0 || b == 0) return 0;
    const long double product = elementary::multiply(a, b);
    if (is_infinite(a) || is_infinite(b)) return product;
    const long double size = product < 0 ? -product : product;
    auto moderate = [](long double v) {
        return (v < 0 ? -v : v) < 0x1p8000L && (v < 0 ? -v : v) > 0x1p-8000L;
    };
    if (moderate(a) && moderate(b) && size > 0x1p-8000L) {
        const long double error = elementary::own::exact_product(a, b).lo;
        if (Upper ? error <= 0 : error >= 0) return product;
    } else if (product == 0) {
        return (a < 0) != (b < 0) ? (Upper ? 0.0L : -smallest_positive)
                                  : (Upper ? smallest_positive : 0.0L);
    }
    return Upper ? above(product) : below(product);
}

template<bool Upper>
constexpr long double quotient_bound(long double a, long double b) {
    if (a == 0) return 0;
    if (is_infinite(b)) return 0;
    const long double quotient = elementary::divide(a, b);
    if (is_infinite(a)) return quotient;
    auto moderate = [](long double v) {
        return (v < 0 ? -v : v) < 0x1p4000L && (v < 0 ? -v : v) > 0x1p-4000L;
    };
    if (moderate(a) && moderate(b)) {
        const auto back = elementary::own::exact_product(quotient, b);
        const long double rest = (a - back.hi) - back.lo;  // exact: back.hi is next to a
        const bool quotient_is_above = b > 0 ? rest < 0 : rest > 0;
        if (rest == 0 || (Upper ? quotient_is_above : !quotient_is_above)) return quotient;
    } else if (quotient == 0) {
        return (a < 0) != (b < 0) ? (Upper ? 0.0L : -smallest_positive)
                                  : (Upper ? smallest_positive : 0.0L);
    }
    return Upper ? above(quotient) : below(quotient);
}

constexpr enclosure operator-(const enclosure& u) {
    return {-u.hi, -u.lo, u.open_hi, u.open_lo, u.broken};
}

constexpr enclosure operator+(const enclosure& u, const enclosure& v) {
    if (u.is_at_infinity() && v.is_at_infinity() && u.lo != v.lo) return everything;
    return one_sided({sum_bound<false>(u.lo, v.lo), sum_bound<true>(u.hi, v.hi),
                      u.open_lo || v.open_lo, u.open_hi || v.open_hi, u.broken || v.broken});
}
constexpr enclosure operator-(const enclosure& u, const enclosure& v) { return u + -v; }

/// The numbers in either.
constexpr enclosure hull(const enclosure& u, const enclosure& v) {
    if (u.is_empty()) return v;
    if (v.is_empty()) return u;
    enclosure result = u;
    result.broken = u.broken || v.broken;
    if (v.lo < u.lo) result.lo = v.lo, result.open_lo = v.open_lo;
    if (v.lo == u.lo) result.open_lo = u.open_lo && v.open_lo;
    if (v.hi > u.hi) result.hi = v.hi, result.open_hi = v.open_hi;
    if (v.hi == u.hi) result.open_hi = u.open_hi && v.open_hi;
    return result;
}

/// Two enclosures of the same numbers, taken together. What rounding makes disjoint stays as u is.
constexpr enclosure both(const enclosure& u, const enclosure& v) {
    enclosure result = u;
    if (v.lo > u.lo) result.lo = v.lo, result.open_lo = v.open_lo;
    if (v.hi < u.hi) result.hi = v.hi, result.open_hi = v.open_hi;
    return result.is_empty() ? u : result;
}

constexpr enclosure operator*(const enclosure& u, const enclosure& v) {
    if (u.is_empty() || v.is_empty()) return {};
    const bool is_broken = u.broken || v.broken;
    if ((u.is_at_infinity() && v.lo <= 0 && v.hi >= 0) ||
        (v.is_at_infinity() && u.lo <= 0 && u.hi >= 0)) {
        // 0·inf has no limit, unless the sign of the other factor and its distance from 0 are known.
        return {-unlimited, unlimited, false, false, is_broken};
    }
    const bool reaches_zero = u.has_zero() || v.has_zero();
    const end_point ul{u.lo, u.open_lo}, uh{u.hi, u.open_hi}, vl{v.lo, v.open_lo},
        vh{v.hi, v.open_hi};
    auto lower = [&](end_point a, end_point b) {
        const long double p = product_bound<false>(a.at, b.at);
        return end_point{p, (a.open || b.open) && !(p == 0 && reaches_zero)};
    };
    auto upper = [&](end_point a, end_point b) {
        const long double p = product_bound<true>(a.at, b.at);
        return end_point{p, (a.open || b.open) && !(p == 0 && reaches_zero)};
    };
    auto make = [&](end_point l, end_point h) {
        return one_sided({l.at, h.at, l.open, h.open, is_broken});
    };
    if (u.is_upper()) {
        if (v.is_upper()) return make(lower(ul, vl), upper(uh, vh));
        if (v.is_lower()) return make(lower(uh, vl), upper(ul, vh));
        return make(lower(uh, vl), upper(uh, vh));
    }
    if (u.is_lower()) {
        if (v.is_upper()) return make(lower(ul, vh), upper(uh, vl));
        if (v.is_lower()) return make(lower(uh, vh), upper(ul, vl));
        return make(lower(ul, vh), upper(ul, vl));
    }
    if (v.is_upper()) return make(lower(ul, vh), upper(uh, vh));
    if (v.is_lower()) return make(lower(uh, vl), upper(ul, vl));
    const end_point l1 = lower(ul, vh), l2 = lower(uh, vl), h1 = upper(ul, vl), h2 = upper(uh, vh);
    const end_point low = l1.at < l2.at ? l1
        : l2.at < l1.at                 ? l2
                                        : end_point{l1.at, l1.open && l2.open};
    const end_point high = h1.at > h2.at ? h1
        : h2.at > h1.at                  ? h2
                                         : end_point{h1.at, h1.open && h2.open};
    return make(low, high);
}

/// 1/u; a pole inside breaks it.
constexpr enclosure reciprocal(const enclosure& u) {
    if (u.is_empty()) return {};
    if (u.is_positive() || u.is_negative()) {
        enclosure result{quotient_bound<false>(1, u.hi), quotient_bound<true>(1, u.lo), u.open_hi,
                         u.open_lo, u.broken};
        if (u.hi == 0) result.lo = -unlimited;
        if (u.lo == 0) result.hi = unlimited;
        if (u.lo == 0 && u.hi == 0) {  // next to 0
            result.lo = result.hi = u.is_positive() ? unlimited : -unlimited;
        }
        return result;
    }
    if (u.lo == 0 && u.hi == 0) return {};
    if (u.lo == 0) return {quotient_bound<false>(1, u.hi), unlimited, u.open_hi, false, true};
    if (u.hi == 0) return {-unlimited, quotient_bound<true>(1, u.lo), false, u.open_lo, true};
    return broken(everything);
}

/// u/v, in one division where v has one sign: x/6 is exact for x = 3, x·(1/6) is not.
constexpr enclosure operator/(const enclosure& u, const enclosure& v) {
    if (u.is_empty() || v.is_empty()) return {};
    if (!(v.lo > 0 || v.hi < 0) || u.is_at_infinity() || v.is_at_infinity())
        return u * reciprocal(v);
    if (v.hi < 0) return -u / -v;
    const end_point low_divisor =
        u.lo >= 0 ? end_point{v.hi, v.open_hi} : end_point{v.lo, v.open_lo};
    const end_point high_divisor =
        u.hi >= 0 ? end_point{v.lo, v.open_lo} : end_point{v.hi, v.open_hi};
    const bool reaches_zero = u.has_zero();
    const long double low = quotient_bound<false>(u.lo, low_divisor.at),
                      high = quotient_bound<true>(u.hi, high_divisor.at);
    return one_sided({low, high,
                      low == 0 ? u.open_lo && !reaches_zero : u.open_lo || low_divisor.open,
                      high == 0 ? u.open_hi && !reaches_zero : u.open_hi || high_divisor.open,
                      u.broken || v.broken});
}

/// Two bounds of one function value, rounded outward. Values that are exact stay: f(0) = 0, ½ or 1,
/// ln 1 = 0, and limits at infinity that are such numbers.
template<bool Upper>
constexpr long double value_bound(long double argument, long double value) {
    constexpr long double worst = Upper ? unlimited : -unlimited;
    if (value != value) return worst;
    const bool special = argument == 0 || is_infinite(argument);
    const long double size = value < 0 ? -value : value;
    if (special && (size == 0 || size == 0.5L || size == 1 || size == unlimited)) return value;
    if (argument == 1 && value == 0) return value;
    return Upper ? far_above(value) : far_below(value);
}

constexpr long double clamped(long double v, long double low, long double high) {
    return v < low ? low : v > high ? high : v;
}

/// The range of an increasing function whose values lie in [least, most].
template<class Operation>
constexpr enclosure increasing(const enclosure& u, long double least = -unlimited,
                               long double most = unlimited) {
    if (u.is_empty()) return {};
    const long double low = value_bound<false>(u.lo, Operation::value(u.lo));
    const long double high = value_bound<true>(u.hi, Operation::value(u.hi));
    return {clamped(low, least, most), clamped(high, least, most), u.open_lo, u.open_hi, u.broken};
}

/// The range of a decreasing function whose values lie in [least, most].
template<class Operation>
constexpr enclosure decreasing(const enclosure& u, long double least = -unlimited,
                               long double most = unlimited) {
    if (u.is_empty()) return {};
    const long double low = value_bound<false>(u.hi, Operation::value(u.hi));
    const long double high = value_bound<true>(u.lo, Operation::value(u.lo));
    return {clamped(low, least, most), clamped(high, least, most), u.open_hi, u.open_lo, u.broken};
}

/// |u|.
constexpr enclosure magnitude(const enclosure& u) {
    if (u.is_empty()) return u;
    if (u.hi <= 0 && (u.lo < 0 || u.open_hi)) return -u;
    if (u.lo >= 0) return u;
    const long double left = -u.lo;
    const bool open = left > u.hi ? u.open_lo : left < u.hi ? u.open_hi : u.open_lo && u.open_hi;
    return {0, left > u.hi ? left : u.hi, false, open, u.broken};
}

/// The part of u in (low, ∞), where a function is defined; what is cut off breaks it.
constexpr enclosure restricted_above(enclosure u, long double low) {
    if (u.is_empty() || u.hi < low || (u.hi == low && u.open_hi)) return {};
    if (u.lo < low) u.lo = low, u.open_lo = false, u.broken = true;
    return u;
}

/// The range of an odd function that rises from 0 to `most` where `peak` encloses its argument, then falls.
template<class Operation>
constexpr enclosure rising_and_falling(const enclosure& u, enclosure peak, enclosure most) {
    if (u.is_empty()) return {};
    if (u.hi <= 0 && u.lo < 0) return -rising_and_falling<Operation>(-u, peak, most);
    if (u.lo < 0) {
        const enclosure left =
            -rising_and_falling<Operation>({0, -u.lo, false, u.open_lo}, peak, most);
        return hull(
            left, rising_and_falling<Operation>({0, u.hi, false, u.open_hi, u.broken}, peak, most));
    }
    if (u.hi <= peak.lo) return increasing<Operation>(u, 0, most.hi);
    if (u.lo >= peak.hi) return decreasing<Operation>(u, 0, most.hi);
    const enclosure low = increasing<Operation>({u.lo, u.lo}, 0, most.hi),
                    high = increasing<Operation>({u.hi, u.hi}, 0, most.hi);
    return {low.lo < high.lo ? low.lo : high.lo, most.hi, false, false, u.broken};
}

constexpr enclosure larger(const enclosure& u, const enclosure& v) {
    if (u.is_empty() || v.is_empty()) return {};
    enclosure result = u;
    result.broken = u.broken || v.broken;
    if (v.lo > u.lo) result.lo = v.lo, result.open_lo = v.open_lo;
    if (v.lo == u.lo) result.open_lo = u.open_lo || v.open_lo;
    if (v.hi > u.hi) result.hi = v.hi, result.open_hi = v.open_hi;
    if (v.hi == u.hi) result.open_hi = u.open_hi && v.open_hi;
    return result;
}
constexpr enclosure smaller(const enclosure& u, const enclosure& v) { return -larger(-u, -v); }

/// Certainly u < v (u ≤ v) for all numbers of both. What is just below a number is less than it, but in no
/// known order with what else is just below it.
constexpr bool is_less(const enclosure& u, const enclosure& v) {
    return u.hi < v.lo ||
        (u.hi == v.lo && ((u.open_hi && !v.is_just_below()) || (v.open_lo && !u.is_just_above())));
}
constexpr bool is_less_equal(const enclosure& u, const enclosure& v) {
    return u.hi < v.lo || (u.hi == v.lo && !u.is_just_above() && !v.is_just_below()) ||
        is_less(u, v);
}

/// u where a < b (a <= b), else v; both, if the condition is not decided.
template<bool OrEqual>
constexpr enclosure chosen(const enclosure& a, const enclosure& b, const enclosure& u,
                           const enclosure& v) {
    if (a.is_empty() || b.is_empty()) return {};
    const bool doubtful = a.broken || b.broken;
    auto with = [&](enclosure arm) {
        arm.broken = arm.broken || doubtful;
        return arm;
    };
    if constexpr (OrEqual) {
        if (is_less(b, a)) return with(v);
        if (is_less_equal(a, b)) return with(u);
    } else {
        if (is_less(a, b)) return with(u);
        if (is_less_equal(b, a)) return with(v);
    }
    return broken(hull(u, v));
}

/// −1, 0 or 1.
constexpr enclosure sign_range(const enclosure& u) {
    if (u.is_empty()) return {};
    if (u.is_positive()) return {1, 1, false, false, u.broken};
    if (u.is_negative()) return {-1, -1, false, false, u.broken};
    if (u.is_thin()) return {0, 0, false, false, u.broken};
    return {u.lo < 0 ? -1.0L : 0.0L, u.hi > 0 ? 1.0L : 0.0L, false, false, true};
}

/// Nearest integers, ties to even.
constexpr enclosure round_range(const enclosure& u) {
    if (u.is_empty()) return {};
    auto half = [](long double v) { return !is_infinite(v) && v - elementary::floor(v) == 0.5L; };
    long double low = half(u.lo) && u.open_lo ? u.lo + 0.5L : elementary::round_half_even(u.lo);
    long double high = half(u.hi) && u.open_hi ? u.hi - 0.5L : elementary::round_half_even(u.hi);
    if (low > high) (u.open_hi ? low : high) = u.open_hi ? high : low;
    return {low, high, false, false, u.broken || low != high};
}

/// cos u, with extrema at the multiples of π; sin u = cos(u − π/2), whose extrema lie half a step off.
template<class Operation>
constexpr enclosure wave_range(const enclosure& u, long double shift) {
    if (u.is_empty()) return {};
    const bool far = u.lo < -0x1p50L || u.hi > 0x1p50L;
    if (is_infinite(u.lo) || is_infinite(u.hi) || (far && u.hi > u.lo))
        return {-1, 1, false, false, u.broken};
    const long double first = Operation::value(u.lo), last = Operation::value(u.hi);
    const end_point a{first, u.open_lo}, b{last, u.open_hi};
    const end_point least = first < last ? a : b, most = first < last ? b : a;
    enclosure result{value_bound<false>(u.lo == u.hi ? u.lo : 1, least.at),
                     value_bound<true>(u.lo == u.hi ? u.lo : 1, most.at), least.open, most.open,
                     u.broken};
    // Where the extremum has a value of its own: cos 0 = 1.
    if (first == 1 && u.lo == 0) result.hi = 1, result.open_hi = u.open_lo;
    if (last == 1 && u.hi == 0) result.hi = 1, result.open_hi = u.open_hi;
    if (!far) {
        constexpr long double pi = 3.14159265358979323846264338327950288L;
        const long double from = u.lo / pi - shift, to = u.hi / pi - shift;
        const long double slack = 0x1p-58L * (1 + (from < 0 ? -from : from) + (to < 0 ? -to : to));
        const long double k = -elementary::floor(-(from - slack));
        if (k <= to + slack) {
            const bool even = elementary::floor(k / 2) * 2 == k;
            const bool exact = u.lo == 0 && u.hi == 0;
            if (even || k + 1 <= to + slack)
                result.hi = 1, result.open_hi = result.open_hi && exact;
            if (!even || k + 1 <= to + slack) result.lo = -1, result.open_lo = false;
        }
    }
    if (result.lo < -1) result.lo = -1;
    if (result.hi > 1) result.hi = 1;
    return result;
}

/// tan u; poles half a step beside the multiples of π.
template<class Operation>
constexpr enclosure tangent_range(const enclosure& u) {
    if (u.is_empty()) return {};
    constexpr long double pi = 3.14159265358979323846264338327950288L;
    if (!(u.lo > -0x1p50L && u.hi < 0x1p50L)) return broken(everything);
    const long double from = u.lo / pi - 0.5L, to = u.hi / pi - 0.5L;
    const long double slack = 0x1p-58L * (1 + (from < 0 ? -from : from) + (to < 0 ? -to : to));
    if (-elementary::floor(-(from - slack)) <= to + slack) return broken(everything);
    return increasing<Operation>(u);
}

/// The lower (upper) bound of √v, v ≥ 0 finite; exact where the root is.
template<bool Upper>
constexpr long double root_bound(long double v) {
    const long double root = elementary::own::square_root(v);
    if (v > 0x1p-8000L && v < 0x1p8000L) {
        const auto square = elementary::own::exact_square(root);
        if (square.hi == v && square.lo == 0) return root;
    }
    return Upper ? far_above(root) : far_below(root);
}

/// u^k for a fixed number k; u ≥ 0 unless k is an integer.
constexpr enclosure positive_power(const enclosure& u, long double k) {
    if (k == 1) return u;
    if (k == 2) return u * u;  // u ≥ 0 here, so nothing is lost
    auto bound = [&](long double v, auto upper) {
        constexpr bool is_upper = decltype(upper)::value;
        if (v == 0 || v == 1 || v == unlimited) return v;
        const long double whole = elementary::floor(k);
        if ((k == whole || k - whole == 0.5L) && k <= 8) {
            long double result = k == whole ? v : root_bound<is_upper>(v);
            for (long double left = k; left > 1; --left)
                result = product_bound<is_upper>(result, v);
            return result;
        }
        const long double power = elementary::own::pow(v, k);
        return is_upper ? far_above(power) : far_below(power) < 0 ? 0.0L : far_below(power);
    };
    return {bound(u.lo, std::false_type{}), bound(u.hi, std::true_type{}), u.open_lo, u.open_hi,
            u.broken};
}

constexpr enclosure power(const enclosure& u, long double k) {
    if (u.is_empty()) return {};
    if (k == 0) return {1, 1, false, false, u.broken};
    if (k < 0) return reciprocal(power(u, -k));
    if (k == elementary::floor(k)) {
        if (elementary::floor(k / 2) * 2 == k) return positive_power(magnitude(u), k);
        if (u.lo >= 0) return positive_power(u, k);
        if (u.hi <= 0) return -positive_power(-u, k);
        return hull(-positive_power({0, -u.lo, false, u.open_lo}, k),
                    positive_power({0, u.hi, false, u.open_hi, u.broken}, k));
    }
    const enclosure inside = restricted_above(u, 0);
    return inside.is_empty() ? inside : positive_power(inside, k);
}

/// u^v: for u > 0 the logarithm v·ln u has its extrema at the corners.
constexpr enclosure power(const enclosure& base, const enclosure& exponent) {
    if (base.is_empty() || exponent.is_empty()) return {};
    if (exponent.is_thin()) return power(base, exponent.lo);
    if (base.lo < 0 &&
        elementary::floor(exponent.hi) >= exponent.lo) {  // an integer is among the exponents
        const enclosure sizes = power(magnitude(base), exponent);
        return broken(hull(-sizes, sizes));
    }
    const enclosure u = restricted_above(base, 0);
    if (u.is_empty()) return {};
    enclosure result;
    for (const long double a : {u.lo, u.hi}) {
        for (const long double b : {exponent.lo, exponent.hi}) {
            const long double corner = elementary::own::pow(a, b);
            if (corner != corner) return {0, unlimited, false, false, true};
            result =
                hull(result, {far_below(corner) < 0 ? 0 : far_below(corner), far_above(corner)});
        }
    }
    result.broken = u.broken || exponent.broken || u.lo == 0;
    return result;
}

/// √(u² + v).
template<class Operation>
constexpr enclosure root_range(const enclosure& u, const enclosure& v) {
    if (u.is_empty() || v.is_empty()) return {};
    const enclosure size = magnitude(u);
    long double low = Operation::value(size.lo, v.lo);
    const long double high = Operation::value(size.hi, v.hi);
    if (high != high) return {};
    const bool cut = low != low;
    low = cut ? 0 : value_bound<false>(size.lo, low) < 0 ? 0 : value_bound<false>(size.lo, low);
    return {low, value_bound<true>(size.hi, high), false, false, u.broken || v.broken || cut};
}

/// u + √(u² + v): rises in both arguments for v ≥ 0.
template<class Operation>
constexpr enclosure conjugate_range(const enclosure& u, const enclosure& v, const enclosure& root) {
    if (u.is_empty() || v.is_empty() || root.is_empty()) return {};
    if (!(v.lo >= 0)) return u + root;
    const long double low = Operation::value(u.lo, v.lo), high = Operation::value(u.hi, v.hi);
    if (low != low || high != high) return u + root;
    const long double least = value_bound<false>(is_infinite(u.lo) ? u.lo : 2, low);
    return {least < 0 ? 0 : least, value_bound<true>(is_infinite(u.hi) ? u.hi : 2, high), false,
            false, u.broken || v.broken};
}

/// The smallest closed interval of doubles around the numbers of u.
constexpr interval rounded_outward(long double lo, long double hi) {
    auto down = [](long double v) {
        const auto near = elementary::narrow<double>(v);
        if (is_infinite(v) || static_cast<long double>(near) <= v) return near;
        if (near == std::numeric_limits<double>::infinity())
            return std::numeric_limits<double>::max();
        // The next double: one step of its bits.
        const auto bits = std::bit_cast<std::int64_t>(near);
        if (near == 0) return -std::numeric_limits<double>::denorm_min();
        return std::bit_cast<double>(near > 0 ? bits - 1 : bits + 1);
    };
    return {down(lo) + 0.0, -down(-hi) + 0.0};
}

}  // namespace detail
}  // namespace chainrule
