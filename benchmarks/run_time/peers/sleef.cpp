// SPDX-License-Identifier: BSL-1.0
/// SLEEF: one fused loop per row over intrinsics and its functions of 1.0 ULP.
#include "../harness.hpp"

#include <immintrin.h>
#include <sleef.h>

namespace {

#include "fused_loops.hpp"

// g++ gives __m512 and __m256 the operators + - * /.
#if defined(__AVX512F__)
#define CHAINRULE_SLEEF(name) Sleef_##name##f16_u10
struct vectors {
    using vector = __m512;
    static constexpr std::size_t lanes = 16;
    static vector load(const float* p) { return _mm512_load_ps(p); }
    static void store(float* p, vector v) { _mm512_store_ps(p, v); }
    static vector set(float c) { return _mm512_set1_ps(c); }
    static vector max(vector a, vector b) { return _mm512_max_ps(a, b); }
    static vector min(vector a, vector b) { return _mm512_min_ps(a, b); }
    static vector choose_positive(vector c, vector a, vector b) {
        return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(c, _mm512_setzero_ps(), _CMP_GT_OQ), b, a);
    }
    static double sum(vector a) { return static_cast<double>(_mm512_reduce_add_ps(a)); }
#else
#define CHAINRULE_SLEEF(name) Sleef_##name##f8_u10
struct vectors {
    using vector = __m256;
    static constexpr std::size_t lanes = 8;
    static vector load(const float* p) { return _mm256_load_ps(p); }
    static void store(float* p, vector v) { _mm256_store_ps(p, v); }
    static vector set(float c) { return _mm256_set1_ps(c); }
    static vector max(vector a, vector b) { return _mm256_max_ps(a, b); }
    static vector min(vector a, vector b) { return _mm256_min_ps(a, b); }
    static vector choose_positive(vector c, vector a, vector b) {
        return _mm256_blendv_ps(b, a, _mm256_cmp_ps(c, _mm256_setzero_ps(), _CMP_GT_OQ));
    }
    static double sum(vector a) {
        float all[lanes];
        _mm256_storeu_ps(all, a);
        double s = 0;
        for (float v : all) s += static_cast<double>(v);
        return s;
    }
#endif
    static constexpr bool has_erf = true;
    static vector exp(vector a) { return CHAINRULE_SLEEF(exp)(a); }
    static vector expm1(vector a) { return CHAINRULE_SLEEF(expm1)(a); }
    static vector log1p(vector a) { return CHAINRULE_SLEEF(log1p)(a); }
    static vector tanh(vector a) { return CHAINRULE_SLEEF(tanh)(a); }
    static vector erf(vector a) { return CHAINRULE_SLEEF(erf)(a); }
};

[[maybe_unused]] const bool registered = [] {
    fused::rows<vectors>::add_all({"SLEEF"});
    return true;
}();

}  // namespace
