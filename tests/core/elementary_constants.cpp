// SPDX-License-Identifier: BSL-1.0
/// The elementary functions in constant evaluation: values rounded by MPFR, the same bits as at run time,
/// and limits and NaN at special values.
#include "elementary.hpp"
#include "support/catch.hpp"

using namespace elementary_tests;

static_assert(elementary::square_root(2.0) == 0x1.6a09e667f3bcdp0);
static_assert(elementary::square_root(0.1) == 0x1.43d136248490fp-2);
static_assert(elementary::square_root(5e-324) == 0x1p-537);
static_assert(close(elementary::square_root(3.0L), 0xd.db3d742c265539ep-3L));
static_assert(elementary::exp(1.0) == 0x1.5bf0a8b145769p1);
static_assert(elementary::exp(-0.1) == 0x1.cf46d99d52b3ap-1);
static_assert(elementary::exp(-36.5) == 0x1.4466751c2bbe8p-53);
static_assert(elementary::exp(709.5) == 0x1.81e9b4b52d0c9p1023);
static_assert(elementary::exp(-740.0) == 0x0.0000000000055p-1022);
static_assert(close(elementary::exp(0.5L), 0xd.3094c70f034de4cp-3L));
static_assert(close(elementary::exp(-11350.0L), 0xa.a39336e6344eff5p-16378L));
static_assert(close(elementary::exp(11356.0L), 0x9.7ae01b5ed4a38fcp16380L));
static_assert(elementary::expm1(1e-10) == 0x1.b7cdfd9dda4e3p-34);
static_assert(elementary::expm1(-0.5) == -0x1.92e9a0720d3ecp-2);
static_assert(elementary::expm1(1.0) == 0x1.b7e151628aed3p0);
static_assert(elementary::expm1(40.0) == 0x1.a220d397972ebp57);
static_assert(close(elementary::expm1(-0.75L), -0x8.712fc5040ca06b4p-4L));
static_assert(close(elementary::expm1(3.0L), 0x9.8af2dfb7d882f97p1L));
static_assert(elementary::log(10.0) == 0x1.26bb1bbb55516p1);
static_assert(elementary::log(0.5) == -0x1.62e42fefa39efp-1);
static_assert(elementary::log(1e-310) == -0x1.64e69394d9508p9);
static_assert(close(elementary::log(1.125L), 0xf.1383b7157972f4fp-7L));
static_assert(elementary::log1p(1e-10) == 0x1.b7cdfd9d1d693p-34);
static_assert(elementary::log1p(-0.75) == -0x1.62e42fefa39efp0);
static_assert(elementary::log1p(3.0) == 0x1.62e42fefa39efp0);
static_assert(close(elementary::log1p(0.5L), 0xc.f991f65fcc25f96p-5L));
static_assert(close(elementary::log1p(-0.96875L), -0xd.dce9df5c6435817p-2L));
static_assert(elementary::sin(1.0) == 0x1.aed548f090ceep-1);
static_assert(elementary::sin(-3.0) == -0x1.210386db6d55bp-3);
static_assert(elementary::sin(355.0) == -0x1.f9bd0307d1de3p-16);
static_assert(elementary::sin(1e+22) == -0x1.b453ab76bf397p-1);
static_assert(elementary::sin(1.7976931348623157e+308) == 0x1.452fc98b34e97p-8);
static_assert(close(elementary::sin(0.5L), 0xf.57743a2582f7f44p-5L));
static_assert(close(elementary::sin(100.0L), -0x8.1a12dbc626dc038p-4L));
static_assert(elementary::cos(1.0) == 0x1.14a280fb5068cp-1);
static_assert(elementary::cos(-3.0) == -0x1.fae04be85e5d2p-1);
static_assert(elementary::cos(355.0) == -0x1.fffffffc18e4cp-1);
static_assert(elementary::cos(1e+22) == 0x1.0be2cef01c8f4p-1);
static_assert(elementary::cos(1.7976931348623157e+308) == -0x1.fffe62ecfab75p-1);
static_assert(close(elementary::cos(0.5L), 0xe.0a94032dbea7ceep-4L));
static_assert(close(elementary::cos(100.0L), 0xd.cc0edfb32fefb2p-4L));
static_assert(elementary::tan(1.0) == 0x1.8eb245cbee3a6p0);
static_assert(elementary::tan(-3.0) == 0x1.23ef71254b86fp-3);
static_assert(elementary::tan(355.0) == 0x1.f9bd030bacc16p-16);
static_assert(elementary::tan(1e+22) == -0x1.a0f79c1b6b257p0);
static_assert(close(elementary::tan(0.5L), 0x8.bda7adf9a3a5219p-4L));
static_assert(close(elementary::tan(100.0L), -0x9.653a6b15ae9bd7dp-4L));
static_assert(elementary::atan(0.1) == 0x1.983e282e2cc4dp-4);
static_assert(elementary::atan(-1.0) == -0x1.921fb54442d18p-1);
static_assert(elementary::atan(7.0) == 0x1.6dcc57bb565fdp0);
static_assert(elementary::atan(1e+20) == 0x1.921fb54442d18p0);
static_assert(close(elementary::atan(0.5L), 0xe.d63382b0dda7b45p-5L));
static_assert(close(elementary::atan(3.0L), 0x9.fe0bb5bd42affecp-3L));
static_assert(elementary::sinh(0.1) == 0x1.9a487337b59b3p-4);
static_assert(elementary::sinh(-2.0) == -0x1.d03cf63b6e19fp1);
static_assert(elementary::sinh(50.0) == 0x1.19103e4080b45p71);
static_assert(elementary::sinh(710.25) == 0x1.987d23750ae26p1023);
static_assert(close(elementary::sinh(0.5L), 0x8.566807f31dcb652p-4L));
static_assert(close(elementary::sinh(11357.0L), 0xc.e2773666cc8cc68p16380L));
static_assert(elementary::cosh(0.1) == 0x1.0147f40224b38p0);
static_assert(elementary::cosh(-2.0) == 0x1.e18fa0df2d9bcp1);
static_assert(elementary::cosh(50.0) == 0x1.19103e4080b45p71);
static_assert(elementary::cosh(710.25) == 0x1.987d23750ae26p1023);
static_assert(close(elementary::cosh(0.5L), 0x9.0560c3157468323p-3L));
static_assert(close(elementary::cosh(11357.0L), 0xc.e2773666cc8cc68p16380L));
static_assert(elementary::tanh(1e-05) == 0x1.4f8b588e06854p-17);
static_assert(elementary::tanh(0.5) == 0x1.d9353d7568af3p-2);
static_assert(elementary::tanh(-3.0) == -0x1.fd77d111a0bp-1);
static_assert(elementary::tanh(20.0) == 0x1p0);
static_assert(close(elementary::tanh(0.25L), 0xf.acbf534d0e42f8ap-6L));
static_assert(close(elementary::tanh(10.0L), 0xf.fffffee4b79aaa9p-4L));
static_assert(elementary::sech(0.5) == 0x1.c60d1ff040ddp-1);
static_assert(elementary::sech(-3.0) == 0x1.96d8e17d88eb1p-4);
static_assert(elementary::sech(30.0) == 0x1.a56e0c2ac7f75p-43);
static_assert(elementary::sech(740.0) == 0x0.00000000000aap-1022);
static_assert(close(elementary::sech(0.25L), 0xf.83402e333cecc5cp-4L));
static_assert(close(elementary::sech(11390.0L), 0x0.00000000000341cp-16385L));
static_assert(elementary::asinh(1e-05) == 0x1.4f8b588e1e8a2p-17);
static_assert(elementary::asinh(1.0) == 0x1.c34366179d427p-1);
static_assert(elementary::asinh(-1000.0) == -0x1.e67530a363e15p2);
static_assert(elementary::asinh(1e+300) == 0x1.59bbfd8b83e44p9);
static_assert(close(elementary::asinh(0.5L), 0xf.661657628b04ca6p-5L));
static_assert(close(elementary::asinh(1e15L), 0x8.ced7d5faf455f3cp2L));
static_assert(elementary::erf(1e-05) == 0x1.7a9f084b5e44cp-17);
static_assert(elementary::erf(0.5) == 0x1.0a7ef5c18edd2p-1);
static_assert(elementary::erf(-1.5) == -0x1.eea5557137aep-1);
static_assert(elementary::erf(4.0) == 0x1.ffffff7b91176p-1);
static_assert(close(elementary::erf(0.25L), 0x8.d7aa71196b04482p-5L));
static_assert(close(elementary::erf(2.0L), 0xf.ecd70a13caf1997p-4L));
static_assert(elementary::erfc(0.25) == 0x1.728558ee694fcp-1);
static_assert(elementary::erfc(1.0) == 0x1.4226162fbddd5p-3);
static_assert(elementary::erfc(-2.0) == 0x1.fecd70a13caf2p0);
static_assert(elementary::erfc(10.0) == 0x1.7d8a7f2a8a2dp-149);
static_assert(elementary::erfc(27.0) == 0x0.0000000019e0fp-1022);
static_assert(close(elementary::erfc(0.75L), 0x9.3e368a62f1a093bp-5L));
static_assert(close(elementary::erfc(106.0L), 0xa.05145e2cad4865bp-16221L));
static_assert(elementary::sigmoid(0.5) == 0x1.3eb2fd4d34391p-1);
static_assert(elementary::sigmoid(-1.0) == 0x1.136561454ba86p-2);
static_assert(elementary::sigmoid(-40.0) == 0x1.39792499b1a24p-58);
static_assert(elementary::sigmoid(-740.0) == 0x0.0000000000055p-1022);
static_assert(close(elementary::sigmoid(3.0L), 0xf.3dbe5e1b7d5dd83p-4L));
static_assert(close(elementary::sigmoid(-11390.0L), 0x0.000000000001a0ep-16385L));
static_assert(elementary::softplus(0.5) == 0x1.f2ba37edae032p-1);
static_assert(elementary::softplus(-1.0) == 0x1.40c7abfbec124p-2);
static_assert(elementary::softplus(-40.0) == 0x1.39792499b1a24p-58);
static_assert(elementary::softplus(-740.0) == 0x0.0000000000055p-1022);
static_assert(elementary::softplus(30.0) == 0x1.e00000000001ap4);
static_assert(close(elementary::softplus(3.0L), 0xc.31c0e1f808ae013p-2L));
static_assert(close(elementary::softplus(-11390.0L), 0x0.000000000001a0ep-16385L));
static_assert(elementary::log_sigmoid(0.5) == -0x1.e5746fdb5c064p-2);
static_assert(elementary::log_sigmoid(-1.0) == -0x1.5031eafefb049p0);
static_assert(elementary::log_sigmoid(40.0) == -0x1.39792499b1a24p-58);
static_assert(elementary::log_sigmoid(740.0) == -0x0.0000000000055p-1022);
static_assert(elementary::log_sigmoid(-30.0) == -0x1.e00000000001ap4);
static_assert(close(elementary::log_sigmoid(3.0L), -0xc.70387e022b804abp-8L));
static_assert(close(elementary::log_sigmoid(11390.0L), -0x0.000000000001a0ep-16385L));
static_assert(elementary::tanh_residual(1e-05) == 0x1.804ea29305269p-52);
static_assert(elementary::tanh_residual(-0.5) == -0x1.36561454ba865p-5);
static_assert(elementary::tanh_residual(2.0) == 0x1.09357d0f21e16p0);
static_assert(elementary::tanh_residual(1e-100) == 0x1.c92d503f699ccp-999);
static_assert(close(elementary::tanh_residual(0.75L), 0xe.b3706ab4375f631p-7L));
static_assert(close(elementary::tanh_residual(20.0L), 0x9.800000000000005p1L));
static_assert(elementary::normal_cdf(0.25) == 0x1.3289a2b16ed6cp-1);
static_assert(elementary::normal_cdf(1.0) == 0x1.aec4bd120d37dp-1);
static_assert(elementary::normal_cdf(-1.0) == 0x1.44ed0bb7cb20bp-3);
static_assert(elementary::normal_cdf(-8.0) == 0x1.669d2c90d55cep-51);
static_assert(elementary::normal_cdf(-38.4) == 0x0.000000000000dp-1022);
static_assert(close(elementary::normal_cdf(-100.0L), 0xb.c0f49d4a2764ad8p-7225L));
static_assert(close(elementary::normal_cdf(-150.5L), 0xd.59e5e29b8189d5dp-16351L));
static_assert(elementary::normal_pdf(0.0) == 0x1.9884533d43651p-2);
static_assert(elementary::normal_pdf(1.0) == 0x1.ef8e58e331737p-3);
static_assert(elementary::normal_pdf(-8.0) == 0x1.6c0df3a094834p-48);
static_assert(elementary::normal_pdf(38.5) == 0x0.000000000000bp-1022);
static_assert(close(elementary::normal_pdf(100.0L), 0x9.2efb45a7bba41fdp-7218L));
static_assert(close(elementary::normal_pdf(150.5L), 0xf.b2e0b6149eaacdbp-16344L));

static_assert(elementary::pow(3.0, 5.0) == 243);
static_assert(elementary::pow(-2.0, -3.0) == -0.125);
static_assert(elementary::pow(10.0, -300.0) == 1e-300);
static_assert(elementary::pow(2.0, 0.5) == 0x1.6a09e667f3bcdp0);
static_assert(elementary::pow(0.5L, 16445.0L) == smallest<long double>);
static_assert(close(elementary::pow(0x1p2000L, 8.0L), 0x1p16000L));
static_assert(elementary::root_sum_square(3.0, 16.0) == 5);
static_assert(elementary::root_sum_square(-largest<double>, 1.0) == largest<double>);
static_assert(elementary::conjugate_sum(-3.0, 16.0) == 2);
static_assert(elementary::conjugate_sum(-1e300, 1.0) == 0.5e-300);
static_assert(elementary::conjugate_sum(-3.0, -5.0) == -1);
static_assert(elementary::exp(1.0F) == 0x1.5bf0a8p1F && elementary::tanh(0.5F) == 0x1.d9353ep-2F);

// floor and rounding
static_assert(elementary::floor(2.5) == 2 && elementary::floor(-2.5) == -3);
static_assert(elementary::floor(-0.5) == -1 && same(elementary::floor(0.5), 0.0));
static_assert(elementary::floor(1e300) == 1e300 && same(elementary::floor(-0.0), -0.0));
static_assert(elementary::round_half_even(2.5) == 2 && elementary::round_half_even(3.5) == 4);
static_assert(elementary::round_half_even(-2.5) == -2 && elementary::round_half_even(-3.6) == -4);
static_assert(same(elementary::round_half_even(-0.5), -0.0));
static_assert(elementary::round_half_even(0x1.fffffffffffffp-2) == 0);
static_assert(elementary::round_half_even(-1e300) == -1e300);

// signs and classes
static_assert(elementary::sign_bit(-0.0) && !elementary::sign_bit(0.0L));
static_assert(same(elementary::copy_sign(3.0, -0.0), -3.0));
static_assert(same(elementary::absolute(-0.0), 0.0));
static_assert(elementary::is_nan(not_a_number<double>) && !elementary::is_nan(infinity<double>));
static_assert(elementary::is_infinite(-infinity<float>) &&
              !elementary::is_infinite(largest<float>));
static_assert(!elementary::is_infinite(not_a_number<double>));

// ---------------------------------------------------------------------------- special values

namespace {

/// The position of the first special value that is wrong, or -1. Zero, inf and NaN come as
/// arguments, so that at run time they are not folded.
template<class T>
constexpr int first_wrong_special_value(T zero, T inf, T nan) {
    // declarations, not a directive: they hide the functions of <math.h>
    using elementary::asinh, elementary::atan, elementary::conjugate_sum, elementary::cos,
        elementary::cosh, elementary::erf, elementary::erfc, elementary::exp, elementary::expm1,
        elementary::floor, elementary::log, elementary::log1p, elementary::log_sigmoid,
        elementary::normal_cdf, elementary::normal_pdf, elementary::pow,
        elementary::root_sum_square, elementary::round_half_even, elementary::sech,
        elementary::sigmoid, elementary::sin, elementary::sinh, elementary::softplus,
        elementary::square_root, elementary::tan, elementary::tanh, elementary::tanh_residual;
    const T half_pi = static_cast<T>(1.57079632679489661923132169163975144L);
    const T half_log = static_cast<T>(0.693147180559945309417232121458176568L);
    const T density = static_cast<T>(0.398942280401432677939946059934381869L);
    struct row {
        T computed;
        T expected;
    };
    const row rows[] = {
        {square_root(zero), zero},
        {square_root(-zero), -zero},
        {square_root(inf), inf},
        {square_root(-inf), nan},
        {square_root(T{-1}), nan},
        {square_root(nan), nan},
        {floor(inf), inf},
        {floor(-zero), -zero},
        {floor(nan), nan},
        {round_half_even(-inf), -inf},
        {round_half_even(-zero), -zero},
        {round_half_even(nan), nan},
        // 12
        {exp(zero), 1},
        {exp(-zero), 1},
        {exp(inf), inf},
        {exp(-inf), 0},
        {exp(nan), nan},
        {exp(T{20000}), inf},
        {exp(T{-20000}), 0},
        {expm1(zero), zero},
        {expm1(-zero), -zero},
        {expm1(inf), inf},
        {expm1(-inf), -1},
        {expm1(nan), nan},
        // 24
        {log(zero), -inf},
        {log(-zero), -inf},
        {log(T{1}), zero},
        {log(inf), inf},
        {log(T{-1}), nan},
        {log(-inf), nan},
        {log(nan), nan},
        {log1p(zero), zero},
        {log1p(-zero), -zero},
        {log1p(T{-1}), -inf},
        {log1p(inf), inf},
        {log1p(T{-2}), nan},
        {log1p(-inf), nan},
        {log1p(nan), nan},
        // 38
        {sin(zero), zero},
        {sin(-zero), -zero},
        {sin(inf), nan},
        {sin(nan), nan},
        {cos(zero), 1},
        {cos(-zero), 1},
        {cos(-inf), nan},
        {cos(nan), nan},
        {tan(zero), zero},
        {tan(-zero), -zero},
        {tan(inf), nan},
        {tan(nan), nan},
        {atan(zero), zero},
        {atan(-zero), -zero},
        {atan(inf), half_pi},
        {atan(-inf), -half_pi},
        {atan(nan), nan},
        // 55
        {sinh(zero), zero},
        {sinh(-zero), -zero},
        {sinh(inf), inf},
        {sinh(-inf), -inf},
        {sinh(nan), nan},
        {cosh(zero), 1},
        {cosh(inf), inf},
        {cosh(-inf), inf},
        {cosh(nan), nan},
        {tanh(zero), zero},
        {tanh(-zero), -zero},
        {tanh(inf), 1},
        {tanh(-inf), -1},
        {tanh(nan), nan},
        {sech(zero), 1},
        {sech(inf), 0},
        {sech(-inf), 0},
        {sech(nan), nan},
        // 73
        {asinh(zero), zero},
        {asinh(-zero), -zero},
        {asinh(inf), inf},
        {asinh(-inf), -inf},
        {asinh(nan), nan},
        {erf(zero), zero},
        {erf(-zero), -zero},
        {erf(inf), 1},
        {erf(-inf), -1},
        {erf(nan), nan},
        {erfc(zero), 1},
        {erfc(inf), 0},
        {erfc(-inf), 2},
        {erfc(nan), nan},
        // 87
        {sigmoid(zero), T{0.5}},
        {sigmoid(inf), 1},
        {sigmoid(-inf), 0},
        {sigmoid(nan), nan},
        {softplus(zero), half_log},
        {softplus(inf), inf},
        {softplus(-inf), 0},
        {softplus(nan), nan},
        {log_sigmoid(zero), -half_log},
        {log_sigmoid(inf), -zero},
        {log_sigmoid(-inf), -inf},
        {log_sigmoid(nan), nan},
        // 99
        {tanh_residual(zero), zero},
        {tanh_residual(-zero), -zero},
        {tanh_residual(inf), inf},
        {tanh_residual(-inf), -inf},
        {tanh_residual(nan), nan},
        {normal_cdf(zero), T{0.5}},
        {normal_cdf(inf), 1},
        {normal_cdf(-inf), 0},
        {normal_cdf(nan), nan},
        {normal_pdf(zero), density},
        {normal_pdf(inf), 0},
        {normal_pdf(-inf), 0},
        {normal_pdf(nan), nan},
        // 112
        {root_sum_square(zero, zero), zero},
        {root_sum_square(-inf, zero), inf},
        {root_sum_square(zero, inf), inf},
        {root_sum_square(T{1}, T{-2}), nan},
        {root_sum_square(zero, T{-1}), nan},
        {root_sum_square(T{1}, -inf), nan},
        {root_sum_square(nan, zero), nan},
        {root_sum_square(zero, nan), nan},
        {conjugate_sum(zero, zero), zero},
        {conjugate_sum(inf, T{1}), inf},
        {conjugate_sum(-inf, T{1}), 0},
        {conjugate_sum(T{-1}, zero), 0},
        {conjugate_sum(T{-1}, inf), inf},
        {conjugate_sum(-inf, inf), nan},
        {conjugate_sum(T{1}, T{-2}), nan},
        {conjugate_sum(nan, T{1}), nan},
        {conjugate_sum(T{1}, nan), nan},
        // 129: C99 F.9.4.4
        {pow(zero, T{-3}), inf},
        {pow(-zero, T{-3}), -inf},
        {pow(-zero, T{-2}), inf},
        {pow(zero, T{-0.5}), inf},
        {pow(zero, T{3}), zero},
        {pow(-zero, T{3}), -zero},
        {pow(-zero, T{2}), zero},
        {pow(-zero, T{0.5}), zero},
        {pow(zero, -inf), inf},
        {pow(T{-1}, inf), 1},
        {pow(T{-1}, -inf), 1},
        {pow(T{1}, nan), 1},
        {pow(nan, zero), 1},
        {pow(inf, zero), 1},
        {pow(T{-2}, T{0.5}), nan},
        {pow(T{0.5}, -inf), inf},
        {pow(T{-2}, -inf), 0},
        {pow(T{0.5}, inf), 0},
        {pow(T{2}, inf), inf},
        {pow(-inf, T{-3}), -zero},
        {pow(-inf, T{-2}), 0},
        {pow(-inf, T{3}), -inf},
        {pow(-inf, T{2}), inf},
        {pow(inf, T{-1}), 0},
        {pow(inf, T{1}), inf},
        {pow(nan, T{1}), nan},
        {pow(T{2}, nan), nan},
        {pow(T{10}, T{20000}), inf},
        {pow(T{-10}, T{20001}), -inf},
        {pow(T{-10}, T{-20001}), -zero},
    };
    int position = 0;
    for (const row& each : rows) {
        if (!same(each.computed, each.expected)) return position;
        ++position;
    }
    return -1;
}

template<class T>
constexpr int first_wrong_constant = first_wrong_special_value(T{0}, infinity<T>, not_a_number<T>);
static_assert(first_wrong_constant<float> == -1);
static_assert(first_wrong_constant<double> == -1);
static_assert(first_wrong_constant<long double> == -1);

template<class T>
int first_wrong_at_run_time() {
    volatile T zero = 0, inf = infinity<T>, nan = not_a_number<T>;
    return first_wrong_special_value<T>(zero, inf, nan);
}

}  // namespace

TEST_CASE("elementary functions give limits and NaN at special values", "[core][elementary]") {
    CHECK(first_wrong_at_run_time<float>() == -1);
    CHECK(first_wrong_at_run_time<double>() == -1);
    CHECK(first_wrong_at_run_time<long double>() == -1);
}

// ---------------------------------------------------------------------------- both times agree

namespace {

/// Values of the own implementations computed by the compiler.
constexpr int sample_count = 40;

template<auto Function>
struct compiled_values {
    long double value[sample_count] = {};
    constexpr compiled_values() {
        for (int i = 0; i < sample_count; ++i) value[i] = Function(at(i));
    }
    static constexpr long double at(int i) {
        return static_cast<long double>((i - 20) * (i - 20) * (i - 20)) / 77;
    }
    static bool agree() {
        static constexpr compiled_values constant;
        for (int i = 0; i < sample_count; ++i) {
            volatile long double x = at(i);
            if (!same(constant.value[i], Function(x))) return false;
        }
        return true;
    }
};

}  // namespace

TEST_CASE("the compiler computes the same bits as the program", "[core][elementary]") {
    CHECK(compiled_values<own::square_root>::agree());
    CHECK(compiled_values<own::exp>::agree());
    CHECK(compiled_values<own::expm1>::agree());
    CHECK(compiled_values<own::log>::agree());
    CHECK(compiled_values<own::log1p>::agree());
    CHECK(compiled_values<own::sin>::agree());
    CHECK(compiled_values<own::cos>::agree());
    CHECK(compiled_values<own::tan>::agree());
    CHECK(compiled_values<own::atan>::agree());
    CHECK(compiled_values<own::sinh>::agree());
    CHECK(compiled_values<own::cosh>::agree());
    CHECK(compiled_values<own::tanh>::agree());
    CHECK(compiled_values<own::sech>::agree());
    CHECK(compiled_values<own::asinh>::agree());
    CHECK(compiled_values<own::erf>::agree());
    CHECK(compiled_values<own::erfc>::agree());
    CHECK(compiled_values<own::sigmoid>::agree());
    CHECK(compiled_values<own::softplus>::agree());
    CHECK(compiled_values<own::log_sigmoid>::agree());
    CHECK(compiled_values<own::tanh_residual>::agree());
    CHECK(compiled_values<own::normal_cdf>::agree());
    CHECK(compiled_values<own::normal_pdf>::agree());
}
