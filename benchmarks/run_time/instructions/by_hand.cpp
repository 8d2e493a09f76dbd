// SPDX-License-Identifier: BSL-1.0
/// What somebody writes with AVX2 intrinsics who wants the same digits from the same mathematics:
/// correct also at ±∞ and for subnormal results.
#include "kernels.hpp"

#include <immintrin.h>

namespace counted::by_hand {
namespace {

__m256 set(float c) { return _mm256_set1_ps(c); }

/// e^-|u| = 2^n e^r, n ln 2 + r = -|u|; scaled in two steps, as 2^n may be subnormal.
__m256 exp_minus_absolute(__m256 u) {
    const __m256 shifter = set(0x1.8p23f);
    const __m256 t = _mm256_max_ps(set(-106.0f), _mm256_or_ps(u, set(-0.0f)));
    const __m256 shifted = _mm256_fmadd_ps(t, set(0x1.715476p0f), shifter);
    const __m256 n = _mm256_sub_ps(shifted, shifter);
    const __m256 head = _mm256_fnmadd_ps(n, set(0x1.62e4p-1f), t);
    const __m256 r = _mm256_fnmadd_ps(n, set(0x1.7f7d1cp-20f), head);
    __m256 p = set(0x1.6b97a8p-10f);
    p = _mm256_fmadd_ps(p, r, set(0x1.122538p-7f));
    p = _mm256_fmadd_ps(p, r, set(0x1.5556f6p-5f));
    p = _mm256_fmadd_ps(p, r, set(0x1.5554b4p-3f));
    p = _mm256_fmadd_ps(p, r, set(0x1.fffffep-2f));
    const __m256 q = _mm256_fmadd_ps(_mm256_mul_ps(r, r), p, r);
    const __m256i exponent = _mm256_add_epi32(_mm256_slli_epi32(_mm256_castps_si256(shifted), 23),
                                              _mm256_set1_epi32((127 + 64) << 23));
    const __m256 scaled = _mm256_mul_ps(_mm256_add_ps(q, set(1)), _mm256_castsi256_ps(exponent));
    return _mm256_mul_ps(scaled, set(0x1p-64f));
}

}  // namespace

void relu(const arrays& given) {
    const arrays a = given;  // a store could change what a reference refers to
    for (std::size_t i = 0; i < a.size; i += 8) {
        // The variable second: NaN stays.
        _mm256_storeu_ps(a.value + i, _mm256_max_ps(_mm256_setzero_ps(), _mm256_loadu_ps(a.x + i)));
    }
}

void sigmoid(const arrays& given) {
    const arrays a = given;
    for (std::size_t i = 0; i < a.size; i += 8) {
        const __m256 x = _mm256_loadu_ps(a.x + i);
        const __m256 e = exp_minus_absolute(x);
        // On the small side q = e / (1 + e) = e - e q, whose errors do not count where e is small.
        const __m256 q = _mm256_div_ps(e, _mm256_add_ps(e, set(1)));
        const __m256 below = _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LT_OQ);
        _mm256_storeu_ps(
            a.value + i,
            _mm256_blendv_ps(_mm256_sub_ps(set(1), q), _mm256_fnmadd_ps(e, q, e), below));
    }
}

void silu(const arrays& given) {
    const arrays a = given;
    for (std::size_t i = 0; i < a.size; i += 8) {
        const __m256 x = _mm256_loadu_ps(a.x + i);
        const __m256 e = exp_minus_absolute(x);
        // σ(x) σ(-x) = e / (1 + e)^2; times 1 + e it is the smaller one of the two.
        const __m256 curve = _mm256_div_ps(e, _mm256_fmadd_ps(e, _mm256_add_ps(e, set(2)), set(1)));
        const __m256 small = _mm256_fmadd_ps(curve, e, curve);
        const __m256 below = _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_LT_OQ);
        const __m256 s = _mm256_blendv_ps(_mm256_sub_ps(set(1), small), small, below);
        // 0 times infinity: the limits are 0 and, for the slope, 0 or 1.
        const __m256 largest = set(0x1.fffffep127f);
        const __m256 finite = _mm256_max_ps(_mm256_xor_ps(largest, set(-0.0f)), x);
        _mm256_storeu_ps(a.value + i, _mm256_mul_ps(finite, s));
        _mm256_storeu_ps(a.slope + i, _mm256_fmadd_ps(_mm256_min_ps(largest, finite), curve, s));
    }
}

}  // namespace counted::by_hand
