// SPDX-License-Identifier: BSL-1.0
/// The elementary functions of a batch against MPFR: error over the whole range of float and of
/// double, special values in every lane, in partial loads and in the scalar policy.

#include <chainrule/kernel/math.hpp>

#include "support/catch.hpp"

#include <mpfr.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace simd = chainrule::detail::simd;

namespace {

/// An MPFR number that cleans up after itself; 160 bits leave no doubt about a double.
class real {
public:
    real() { mpfr_init2(value_, 160); }
    explicit real(double v) : real() { mpfr_set_d(value_, v, MPFR_RNDN); }
    real(const real& other) : real() { mpfr_set(value_, other.value_, MPFR_RNDN); }
    real& operator=(const real& other) {
        mpfr_set(value_, other.value_, MPFR_RNDN);
        return *this;
    }
    ~real() { mpfr_clear(value_); }

    using unary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
    using binary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);
    real of(unary f) const {
        real result;
        f(result.value_, value_, MPFR_RNDN);
        return result;
    }
    real of(binary f, const real& other) const {
        real result;
        f(result.value_, value_, other.value_, MPFR_RNDN);
        return result;
    }
    friend real operator+(const real& a, const real& b) { return a.of(mpfr_add, b); }
    friend real operator-(const real& a, const real& b) { return a.of(mpfr_sub, b); }
    friend real operator*(const real& a, const real& b) { return a.of(mpfr_mul, b); }
    friend real operator/(const real& a, const real& b) { return a.of(mpfr_div, b); }
    real operator-() const { return of(mpfr_neg); }
    bool negative() const { return mpfr_sgn(value_) < 0; }
    long double rounded() const { return mpfr_get_ld(value_, MPFR_RNDN); }

private:
    mpfr_t value_;
};

real softplus(const real& x) {
    return x.negative() ? x.of(mpfr_exp).of(mpfr_log1p) : x + (-x).of(mpfr_exp).of(mpfr_log1p);
}
real normal_cdf(const real& x) { return (-x / real(2).of(mpfr_sqrt)).of(mpfr_erfc) / real(2); }
real normal_pdf(const real& x) {
    static const real scale = (real(8) * real(1).of(mpfr_atan)).of(mpfr_sqrt);
    return (-(x * x) / real(2)).of(mpfr_exp) / scale;
}
real tanh_residual(const real& x) {
    // The series where the difference would lose all bits.
    if (std::abs(x.rounded()) > 1e-6L) return x - x.of(mpfr_tanh);
    const real square = x * x;
    return x * square *
        (real(1) / real(3) - square * (real(2) / real(15) - square * (real(17) / real(315))));
}

/// One function: its name, its true value, whether it is odd, and the error it may have in ULP, in
/// float and in double. The bar is 4 everywhere; the figures are what was reached (with and without
/// fma), so that no change loses a digit unseen.
struct subject {
    std::string name;
    real (*truth)(const real&);
    bool odd;
    double float_ulp;
    double double_ulp;
};

#define CHAINRULE_MPFR(f) [](const real& x) { return x.of(mpfr_##f); }

/// Calls visit(subject, function of a batch) for every function of one number.
template<class Visitor>
void for_each_function(Visitor visit) {
#define CHAINRULE_FUNCTION(f, truth, odd, float_ulp, double_ulp)                                   \
    visit(subject{#f, truth, odd, float_ulp, double_ulp}, [](auto u) { return f(u); })
    CHAINRULE_FUNCTION(exp, CHAINRULE_MPFR(exp), false, 1.3, 1.3);
    CHAINRULE_FUNCTION(expm1, CHAINRULE_MPFR(expm1), true, 1.8, 2.1);
    CHAINRULE_FUNCTION(log, CHAINRULE_MPFR(log), false, 1.1, 1.1);
    CHAINRULE_FUNCTION(log1p, CHAINRULE_MPFR(log1p), true, 1.1, 1.1);
    CHAINRULE_FUNCTION(
        sigmoid, [](const real& x) { return real(1) / (real(1) + (-x).of(mpfr_exp)); }, false, 2.5,
        2.5);
    CHAINRULE_FUNCTION(softplus, softplus, false, 2.4, 1.8);
    CHAINRULE_FUNCTION(
        log_sigmoid, [](const real& x) { return -softplus(-x); }, false, 2.4, 1.8);
    CHAINRULE_FUNCTION(tanh, CHAINRULE_MPFR(tanh), true, 2.6, 2.6);
    CHAINRULE_FUNCTION(sech, CHAINRULE_MPFR(sech), false, 2.5, 2.4);
    CHAINRULE_FUNCTION(sinh, CHAINRULE_MPFR(sinh), true, 1.8, 1.8);
    CHAINRULE_FUNCTION(cosh, CHAINRULE_MPFR(cosh), false, 1.7, 1.7);
    CHAINRULE_FUNCTION(asinh, CHAINRULE_MPFR(asinh), true, 1.9, 1.8);
    CHAINRULE_FUNCTION(tanh_residual, tanh_residual, true, 3.2, 3.2);
    CHAINRULE_FUNCTION(erf, CHAINRULE_MPFR(erf), true, 1.5, 1.4);
    CHAINRULE_FUNCTION(erfc, CHAINRULE_MPFR(erfc), false, 3.8, 3.8);
    CHAINRULE_FUNCTION(normal_cdf, normal_cdf, false, 4.0, 3.6);
    CHAINRULE_FUNCTION(normal_pdf, normal_pdf, false, 1.8, 1.8);
    CHAINRULE_FUNCTION(sin, CHAINRULE_MPFR(sin), true, 2.5, 1.8);
    CHAINRULE_FUNCTION(cos, CHAINRULE_MPFR(cos), false, 2.5, 1.8);
    CHAINRULE_FUNCTION(tan, CHAINRULE_MPFR(tan), true, 4.0, 3.3);
    CHAINRULE_FUNCTION(atan, CHAINRULE_MPFR(atan), true, 1.7, 1.6);
    CHAINRULE_FUNCTION(square_root, CHAINRULE_MPFR(sqrt), false, 0.5, 0.5);
#undef CHAINRULE_FUNCTION
}

/// What came out of comparing one function with the truth.
struct outcome {
    double ulp = 0;          ///< largest error where the true value is a normal number
    double subnormal = 0;    ///< largest error elsewhere, in smallest subnormals
    double worst = 0;        ///< where
    double wrong_class = 0;  ///< an argument that gave a NaN, an infinity or a zero it should not
    bool classes_agree = true;

    template<class T>
    void compare(double at, T got, long double truth) {
        using limits = std::numeric_limits<T>;
        const long double magnitude = std::abs(truth);
        const long double largest = limits::max();
        const long double half_step = largest * limits::epsilon() / 4;
        const auto disagree = [&] {
            classes_agree = false;
            wrong_class = at;
        };
        if (std::isnan(truth) || std::isnan(got)) {
            if (std::isnan(truth) != std::isnan(got)) disagree();
            return;
        }
        if (magnitude > largest + half_step || std::isinf(got)) {
            // At the edge of overflow both the largest number and infinity are right.
            if (std::isinf(got) && magnitude < largest - 8 * half_step) disagree();
            if (!std::isinf(got) && magnitude > largest + 8 * half_step) disagree();
            if (std::signbit(got) != std::signbit(truth)) disagree();
            return;
        }
        const long double error = std::abs(static_cast<long double>(got) - truth);
        if (magnitude < limits::min()) {
            subnormal = std::max(subnormal, static_cast<double>(error / limits::denorm_min()));
            return;
        }
        if (got == 0) disagree();
        const long double unit = std::ldexp(1.0L, std::ilogb(truth) + 1 - limits::digits);
        const double here = static_cast<double>(error / unit);
        if (here > ulp) {
            ulp = here;
            worst = at;
        }
    }
};

/// Floats: evenly over all bit patterns, and denser where functions bend. Doubles: the same idea.
template<class T>
std::vector<T> samples() {
    std::vector<T> result;
    std::mt19937_64 random(20240229);
    const auto uniform = [&](double lo, double hi) {
        return lo + (hi - lo) * static_cast<double>(random() >> 11) * 0x1p-53;
    };
    if constexpr (sizeof(T) == 4) {
        for (std::uint64_t bits = 0; bits < 0x100000000U; bits += 2097143) {
            const float value = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
            if (value - value == 0) result.push_back(value);
        }
    } else {
        for (int i = 0; i < 2048; ++i) {
            const double value = std::bit_cast<double>(random());
            if (value - value == 0) result.push_back(value);
        }
    }
    const double most = sizeof(T) == 4 ? 105 : 750;
    for (int i = 0; i < 1536; ++i) {
        result.push_back(static_cast<T>(uniform(-1, 1)));
        result.push_back(static_cast<T>(uniform(-6, 6)));
        result.push_back(static_cast<T>(uniform(-40, 40)));
        result.push_back(static_cast<T>(uniform(-most, most)));
        result.push_back(static_cast<T>(std::exp2(uniform(-30, 20)) * (i % 2 == 0 ? 1 : -1)));
    }
    while (result.size() % 64 != 0) result.push_back(T(0.5));
    return result;
}

template<class T>
std::vector<T> specials() {
    using limits = std::numeric_limits<T>;
    return {T(0),
            -T(0),
            limits::denorm_min(),
            -limits::denorm_min(),
            limits::min(),
            -limits::min(),
            std::nextafter(limits::min(), T(0)),
            limits::max(),
            -limits::max(),
            limits::infinity(),
            -limits::infinity(),
            limits::quiet_NaN(),
            T(1),
            T(-1),
            std::nextafter(T(1), T(0)),
            std::nextafter(T(-1), T(0)),
            limits::epsilon(),
            -limits::epsilon(),
            T(0.5),
            T(-0.5),
            T(2),
            T(-3)};
}

/// Wrong results: not the class, the sign of a zero or (within the bar) the value that is right.
template<class T>
bool is_right(T got, long double truth, double ulp, bool odd, T at) {
    outcome one;
    one.compare(static_cast<double>(at), got, truth);
    if (odd && at == 0 && std::signbit(got) != std::signbit(at)) return false;
    if (std::isinf(at) && std::isfinite(truth))
        return static_cast<long double>(got) == static_cast<T>(truth);
    return one.classes_agree && one.ulp <= ulp && one.subnormal <= 2;
}

template<class B, class Function>
outcome measure(Function function, const std::vector<typename B::value_type>& at,
                const std::vector<long double>& truth) {
    using T = typename B::value_type;
    outcome result;
    T values[B::lane_count];
    for (std::size_t i = 0; i + B::lane_count <= at.size(); i += B::lane_count) {
        store(values, B(function(simd::load<B>(&at[i]))));
        for (std::size_t k = 0; k < B::lane_count; ++k)
            result.compare(static_cast<double>(at[i + k]), values[k], truth[i + k]);
    }
    return result;
}

void check_outcome(const outcome& result, double bar) {
    INFO("largest error at " << result.worst << ", wrong class at " << result.wrong_class);
    CHECK(result.ulp <= bar);
    CHECK(result.subnormal <= 2);
    CHECK(result.classes_agree);
}

template<class T>
void check_errors() {
    const std::vector<T> at = samples<T>();
    for_each_function([&](const subject& what, auto function) {
        INFO(what.name << (sizeof(T) == 4 ? " float" : " double"));
        std::vector<long double> truth;
        truth.reserve(at.size());
        for (const T value : at)
            truth.push_back(what.truth(real(static_cast<double>(value))).rounded());
        const double bar = sizeof(T) == 4 ? what.float_ulp : what.double_ulp;
        check_outcome(measure<simd::batch<T, simd::native_lanes<T>>>(function, at, truth), bar);
        check_outcome(measure<simd::batch<T, 1>>(function, at, truth), bar);
    });
}

template<class B>
void check_specials() {
    using T = typename B::value_type;
    constexpr int lanes = B::lane_count;
    for_each_function([&](const subject& what, auto function) {
        const double bar = sizeof(T) == 4 ? what.float_ulp : what.double_ulp;
        const long double ordinary = what.truth(real(0.375)).rounded();
        for (const T special : specials<T>()) {
            const long double truth = what.truth(real(static_cast<double>(special))).rounded();
            for (int lane = 0; lane < lanes; ++lane) {
                T values[lanes];
                std::fill(values, values + lanes, T(0.375));
                values[lane] = special;
                INFO(what.name << " of " << special << " in lane " << lane << " of " << lanes);
                const B whole = function(simd::load<B>(values));
                const B partial = function(simd::load_partial<B>(values, lane + 1));
                bool others = true;
                for (int k = 0; k < lanes; ++k) {
                    if (k != lane)
                        others = others && is_right(whole[k], ordinary, bar, false, T(0.375));
                }
                CHECK(is_right(whole[lane], truth, bar, what.odd, special));
                CHECK(is_right(partial[lane], truth, bar, what.odd, special));
                CHECK(others);
            }
        }
    });
}

template<class B, class Function>
outcome measure_two(Function function, real (*truth)(const real&, const real&),
                    const std::vector<typename B::value_type>& a,
                    const std::vector<typename B::value_type>& b) {
    using T = typename B::value_type;
    outcome result;
    T values[B::lane_count];
    for (std::size_t i = 0; i + B::lane_count <= a.size(); i += B::lane_count) {
        store(values, B(function(simd::load<B>(&a[i]), simd::load<B>(&b[i]))));
        for (std::size_t k = 0; k < B::lane_count; ++k) {
            const real x(static_cast<double>(a[i + k]));
            const real y(static_cast<double>(b[i + k]));
            result.compare(static_cast<double>(a[i + k]), values[k], truth(x, y).rounded());
        }
    }
    return result;
}

template<class T>
void check_two_arguments() {
    using B = simd::batch<T, simd::native_lanes<T>>;
    std::mt19937_64 random(7);
    const auto uniform = [&](double lo, double hi) {
        return lo + (hi - lo) * static_cast<double>(random() >> 11) * 0x1p-53;
    };
    const double most = sizeof(T) == 4 ? 126 : 1021;
    std::vector<T> base;
    std::vector<T> exponent;
    std::vector<T> u;
    std::vector<T> v;
    for (int i = 0; i < 8192; ++i) {
        const double reach = i % 4 == 0 ? most : i % 4 == 1 ? 1 : i % 4 == 2 ? 0.01 : 10;
        T a = static_cast<T>(std::exp2(uniform(-reach, reach)));
        const double limit =
            std::min(1e6, most / std::max(1e-9, std::abs(std::log2(static_cast<double>(a)))));
        T b = static_cast<T>(uniform(-limit, limit));
        if (i % 3 == 0) {
            a = -a;
            b = std::nearbyint(b);
        }
        base.push_back(a);
        exponent.push_back(b);
        const double size = uniform(-most, most);
        u.push_back(
            static_cast<T>(std::exp2(i % 2 == 0 ? size : size / 40) * (i % 5 < 2 ? -1 : 1)));
        v.push_back(static_cast<T>(
            std::exp2(i % 2 == 0 ? uniform(-most, most) : size / 20 + uniform(-6, 6))));
    }
    const auto power = [](auto a, auto b) { return pow(a, b); };
    const auto root = [](auto a, auto b) { return root_sum_square(a, b); };
    const auto conjugate = [](auto a, auto b) { return conjugate_sum(a, b); };
    const auto true_power = [](const real& a, const real& b) { return a.of(mpfr_pow, b); };
    const auto true_root = [](const real& a, const real& b) { return (a * a + b).of(mpfr_sqrt); };
    const auto true_conjugate = [](const real& a, const real& b) {
        const real whole = (a * a + b).of(mpfr_sqrt);
        return a.negative() ? b / (whole - a) : a + whole;
    };
    {
        INFO("pow");
        check_outcome(measure_two<B>(power, true_power, base, exponent),
                      sizeof(T) == 4 ? 1.6 : 3.6);
        check_outcome(measure_two<simd::batch<T, 1>>(power, true_power, base, exponent),
                      sizeof(T) == 4 ? 1.6 : 3.6);
    }
    {
        INFO("root_sum_square");
        check_outcome(measure_two<B>(root, true_root, u, v), 1.3);
    }
    {
        INFO("conjugate_sum");
        check_outcome(measure_two<B>(conjugate, true_conjugate, u, v), 3.0);
    }
}

template<class B>
void check_pow_specials() {
    using T = typename B::value_type;
    std::vector<T> values = specials<T>();
    values.insert(values.end(), {T(3), T(2.5), T(-2), T(1e10), T(-1e10)});
    for (const T a : values) {
        for (const T b : values) {
            const real truth =
                real(static_cast<double>(a)).of(mpfr_pow, real(static_cast<double>(b)));
            T all[B::lane_count];
            for (T& lane : all) lane = T(1.5);
            for (int lane = 0; lane < B::lane_count; ++lane) {
                all[lane] = a;
                const T got = B(pow(simd::load<B>(all), B(b)))[lane];
                all[lane] = T(1.5);
                INFO("pow(" << a << ", " << b << ") = " << got);
                CHECK(is_right(got, truth.rounded(), 3.6, false, T(1)));
                if (got == 0 || std::isinf(got))
                    CHECK(std::signbit(got) == std::signbit(truth.rounded()));
            }
        }
    }
}

template<class B>
void check_roots_at_the_edges() {
    using T = typename B::value_type;
    using limits = std::numeric_limits<T>;
    const auto root = [](T u, T v) { return B(root_sum_square(B(u), B(v)))[0]; };
    const auto conjugate = [](T u, T v) { return B(conjugate_sum(B(u), B(v)))[0]; };
    CHECK(root(0, 0) == 0);
    CHECK(root(limits::max(), 1) == limits::max());
    CHECK(root(-limits::max(), 0) == limits::max());
    CHECK(root(limits::denorm_min(), 0) == limits::denorm_min());
    CHECK(root(-3, 16) == 5);
    CHECK(std::isinf(root(limits::infinity(), 1)));
    CHECK(std::isinf(root(1, limits::infinity())));
    CHECK(std::isnan(root(limits::quiet_NaN(), 1)));
    CHECK(conjugate(0, 0) == 0);
    CHECK(conjugate(-1, 0) == 0);
    CHECK(conjugate(-limits::denorm_min(), 0) == 0);
    CHECK(conjugate(-limits::infinity(), 1) == 0);
    CHECK(std::isinf(conjugate(limits::infinity(), 1)));
    CHECK(conjugate(-3, 16) == 2);
    CHECK(conjugate(3, 16) == 8);
    // 1 / (2 * largest) is subnormal but not 0.
    CHECK(conjugate(-limits::max(), limits::max()) == T(0.5));
    CHECK(std::isnan(conjugate(limits::quiet_NaN(), 1)));
}

/// Where f(u) rounds to u no subnormal number may lose a bit on the way.
template<class B>
void check_subnormal_identities() {
    using T = typename B::value_type;
    for (int units : {1, 2, 3, 5, 7, 1001, -1, -3, -1001}) {
        const T u = std::numeric_limits<T>::denorm_min() * static_cast<T>(units);
        CAPTURE(units);
        CHECK(B(expm1(B(u)))[0] == u);
        CHECK(B(tanh(B(u)))[0] == u);
        CHECK(B(sin(B(u)))[0] == u);
        CHECK(B(atan(B(u)))[0] == u);
        CHECK(B(sinh(B(u)))[0] == u);
        CHECK(B(asinh(B(u)))[0] == u);
        CHECK(B(log1p(B(u)))[0] == u);
    }
}

template<class B>
void check_sign() {
    using T = typename B::value_type;
    using limits = std::numeric_limits<T>;
    const auto of = [](T u) { return B(sign(B(u)))[B::lane_count - 1]; };
    CHECK(of(limits::denorm_min()) == 1);
    CHECK(of(-limits::denorm_min()) == -1);
    CHECK(of(limits::infinity()) == 1);
    CHECK(of(-limits::infinity()) == -1);
    CHECK((of(0) == 0 && !std::signbit(of(0))));
    CHECK((of(-T(0)) == 0 && std::signbit(of(-T(0)))));
    CHECK(std::isnan(of(limits::quiet_NaN())));
}

using widths = std::tuple<simd::batch<float, simd::native_lanes<float>>,
                          simd::batch<double, simd::native_lanes<double>>, simd::batch<float, 1>,
                          simd::batch<double, 1>>;

}  // namespace

TEST_CASE("error over the whole range of float", "[math]") { check_errors<float>(); }
TEST_CASE("error over the whole range of double", "[math]") { check_errors<double>(); }
TEST_CASE("functions of two arguments, float", "[math]") { check_two_arguments<float>(); }
TEST_CASE("functions of two arguments, double", "[math]") { check_two_arguments<double>(); }
TEMPLATE_LIST_TEST_CASE("special values in every lane, whole and partial", "[math]", widths) {
    check_specials<TestType>();
}
TEMPLATE_LIST_TEST_CASE("special values of pow", "[math]", widths) {
    check_pow_specials<TestType>();
}
TEMPLATE_LIST_TEST_CASE("roots of sums at the edges of the range", "[math]", widths) {
    check_roots_at_the_edges<TestType>();
}
TEMPLATE_LIST_TEST_CASE("sign", "[math]", widths) { check_sign<TestType>(); }
TEMPLATE_LIST_TEST_CASE("subnormal numbers keep their bits", "[math]", widths) {
    check_subnormal_identities<TestType>();
}

TEMPLATE_LIST_TEST_CASE("a square is carried into the exponential with its low part", "[math]",
                        widths) {
    using T = typename TestType::value_type;
    // e^-(x^2): the rounded square alone would be wrong by up to x^2 ULP in the tail.
    double worst = 0;
    for (int i = 1; i < 900; ++i) {
        const T x = static_cast<T>(i) / (sizeof(T) == 4 ? 100 : 34);
        const auto square = simd::two_product(TestType(-x), TestType(x));
        const T got = TestType(exp_pair(square.hi, square.lo))[0];
        const real exact = real(static_cast<double>(x));
        outcome one;
        one.compare(static_cast<double>(x), got, (-(exact * exact)).of(mpfr_exp).rounded());
        worst = std::max(worst, one.ulp);
    }
    CHECK(worst > 0);
    CHECK(worst <= 1.5);
}

TEMPLATE_LIST_TEST_CASE("functions that share e^-|u| give what the single ones give", "[math]",
                        widths) {
    using T = typename TestType::value_type;
    for (int i = -400; i <= 400; ++i) {
        const TestType u(static_cast<T>(i) / 4);
        const TestType e = exp_minus_absolute(u);
        CHECK(TestType(sigmoid_shared(u, sigmoid_below_zero(e)))[0] == TestType(sigmoid(u))[0]);
        CHECK(TestType(softplus_shared(u, e))[0] == TestType(softplus(u))[0]);
        CHECK(TestType(log_sigmoid_shared(u, e))[0] == TestType(log_sigmoid(u))[0]);
    }
}

TEMPLATE_LIST_TEST_CASE("tanh of numbers within [-1, 1], and 1 - tanh^2 of it", "[math]", widths) {
    using T = typename TestType::value_type;
    double worst = 0;
    double worst_slope = 0;
    for (int i = 0; i <= 2000; ++i) {
        const T u = static_cast<T>(i < 1900 ? i / 1900.0 : std::ldexp(1.0, 2 * (1900 - i)));
        const TestType t = tanh_of_unit(TestType(u));
        CHECK(tanh_of_unit(TestType(-u))[0] == -t[0]);
        const long double exact = std::tanh(static_cast<long double>(u));
        const long double slope = 1 - exact * exact;
        const T found = fma(-t, t, T(1))[0];
        const auto error = [](T result, long double truth) {
            const int exponent = truth == 0 ? 0 : std::ilogb(truth);
            return std::abs(
                static_cast<double>(std::ldexp(static_cast<long double>(result) - truth,
                                               std::numeric_limits<T>::digits - 1 - exponent)));
        };
        worst = std::max(worst, error(t[0], exact));
        worst_slope = std::max(worst_slope, error(found, slope));
    }
    CHECK(std::signbit(tanh_of_unit(TestType(-T(0)))[0]));
    CHECK(!std::signbit(tanh_of_unit(TestType(T(0)))[0]));
    CAPTURE(worst, worst_slope);
    CHECK(worst <= 1.5);
    CHECK(worst_slope <= 4.0);
}
