// SPDX-License-Identifier: BSL-1.0
/// erf, erfc and the normal distribution.
///
/// Tail: erfc x = e^(-x²)·erfcx x. x² is formed exactly as hi + lo, since at x = 100 its rounding
/// alone would cost 10⁴ ULP, and the result is rounded once, also at the subnormal edge.
#pragma once

#include <chainrule/core/elementary/exponential.hpp>

namespace chainrule::detail::elementary::own {

inline constexpr long double square_root_of_half = 0.707106781186547524400844362104849039L;
inline constexpr long double normal_density_at_zero = 0.398942280401432677939946059934381869L;

/// erf x / x for x² = z ≤ 1: Maclaurin series, remainder 2^-71.
constexpr long double erf_kernel(long double z) {
    return polynomial(z, -5.13620905458581105172686e-22L, 1.13121872592463106822179e-20L,
                      -2.37845988527742942549198e-19L, 4.7633480405150681197015e-18L,
                      -9.06397084280867247920343e-17L, 1.63426140953671518943213e-15L,
                      -2.78351620721092135490376e-14L, 4.46322426328647734493189e-13L,
                      -6.71136685516411037793463e-12L, 9.42275906465041097062021e-11L,
                      -1.22905553017179273529829e-9L, 1.48071928158792172395461e-8L,
                      -0.00000016365844691234924317393L, 0.0000016462114365889247401613L,
                      -0.0000149256503584062509774624L, 0.000120553329817896642510273L,
                      -0.000854832702345085283254666L, 0.00522397762544218784211185L,
                      -0.0268661706451312517594324L, 0.112837916709551257389616L,
                      -0.376126389031837524632053L, 1.12837916709551257389616L);
}

/// e^(x²)·erfc x for x ≥ 0.5: (1 + 2x)·erfcx x is a polynomial in t = (x - 4)/(x + 3), -1 ≤ t ≤ 1
/// (Chebyshev interpolant of degree 28 written in powers, |relative error| < 2^-69).
constexpr long double erfcx_kernel(long double x) {
    const long double t = (x - 4) / (x + 3);
    const long double series = polynomial(
        t, 7.59844300416225923670489e-13L, 2.90910865894564678800478e-12L,
        -6.57928835489658266180674e-12L, -3.69104678252764295662878e-11L,
        1.69742561120655779453079e-11L, 2.60857176465003101961872e-10L,
        1.08287785945007739747503e-10L, -1.44037101762633269041305e-9L,
        -1.69037362088940315579794e-9L, 7.32951535470492387847616e-9L,
        1.44092358461101531432154e-8L, -3.88132455174650726152306e-8L,
        -0.000000105065758911047228752837L, 0.000000241131626031107305300746L,
        0.000000723851215298750389581255L, -0.00000191366893095220719004815L,
        -0.00000457726174303400492346664L, 0.0000188632277032313591166718L,
        0.0000174791049837361448146816L, -0.000197887597976003524635304L,
        0.000247403764714946324138893L, 0.0013920612495397918155629L,
        -0.00807360393819511839497804L, 0.0228017995988636265324702L, -0.0418065106650240354335501L,
        0.0466545853467422427652833L, -0.00349601351336805274728273L, -0.122168477235492192681352L,
        1.23299511862555250900455L);
    return series / (1 + 2 * x);
}

/// erfc x for x ≥ 0.5.
constexpr long double erfc_tail(long double x) {
    if (x > 107) return 0;
    const pair square = exact_square(x);
    return exp_times(erfcx_kernel(x), -square.hi, -square.lo);
}

/// 2/√π · ∫ e^(-t²) over 0 ≤ t ≤ x.
constexpr long double erf(long double x) {
    if (is_nan(x) || x == 0) return x;
    if (absolute(x) <= 1) return x * erf_kernel(x * x);
    return copy_sign(1 - erfc_tail(absolute(x)), x);
}

/// 1 - erf x, accurate in the tail.
constexpr long double erfc(long double x) {
    if (is_nan(x)) return x;
    if (absolute(x) < 0.5L) return 1 - x * erf_kernel(x * x);
    return x > 0 ? erfc_tail(x) : 2 - erfc_tail(-x);
}

/// e^(-x²/2) / √(2π).
constexpr long double normal_pdf(long double x) {
    if (is_nan(x)) return x;
    if (absolute(x) > 160) return 0;
    const pair square = exact_square(x);
    return exp_times(normal_density_at_zero, -square.hi / 2, -square.lo / 2);
}

/// (1 + erf(x/√2)) / 2.
constexpr long double normal_cdf(long double x) {
    if (is_nan(x)) return x;
    const long double u = absolute(x);
    const long double v = u * square_root_of_half;
    if (v < 0.5L) return 0.5L + 0.5L * copy_sign(v * erf_kernel(v * v), x);
    long double tail = 0;
    if (u < 160) {
        const pair square = exact_square(u);
        tail = exp_times(0.5L * erfcx_kernel(v), -square.hi / 2, -square.lo / 2);
    }
    return x > 0 ? 1 - tail : tail;
}

}  // namespace chainrule::detail::elementary::own
