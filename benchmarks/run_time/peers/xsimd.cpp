// SPDX-License-Identifier: BSL-1.0
/// xsimd: one fused loop per row over its vectors and its functions.
#include "../harness.hpp"

#include <xsimd/xsimd.hpp>

namespace {

#include "fused_loops.hpp"

struct vectors {
    using vector = xsimd::batch<float>;
    static constexpr std::size_t lanes = vector::size;
    static constexpr bool has_erf = true;
    static vector load(const float* p) { return vector::load_aligned(p); }
    static void store(float* p, vector v) { v.store_aligned(p); }
    static vector set(float c) { return vector(c); }
    static vector max(vector a, vector b) { return xsimd::max(a, b); }
    static vector min(vector a, vector b) { return xsimd::min(a, b); }
    static vector exp(vector a) { return xsimd::exp(a); }
    static vector expm1(vector a) { return xsimd::expm1(a); }
    static vector log1p(vector a) { return xsimd::log1p(a); }
    static vector tanh(vector a) { return xsimd::tanh(a); }
    static vector erf(vector a) { return xsimd::erf(a); }
    static vector choose_positive(vector c, vector a, vector b) {
        return xsimd::select(c > vector(0.0f), a, b);
    }
    static double sum(vector a) { return static_cast<double>(xsimd::hadd(a)); }
};

[[maybe_unused]] const bool registered = [] {
    fused::rows<vectors>::add_all({"xsimd"});
    return true;
}();

}  // namespace
