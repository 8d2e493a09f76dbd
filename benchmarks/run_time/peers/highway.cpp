// SPDX-License-Identifier: BSL-1.0
/// Highway, statically dispatched: one fused loop per row over its vectors and its functions. It has
/// no erf.
#include "../harness.hpp"

#define HWY_COMPILE_ONLY_STATIC
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace {

#include "fused_loops.hpp"

namespace hn = hwy::HWY_NAMESPACE;

struct vectors {
    static constexpr hn::ScalableTag<float> tag{};
    using vector = hn::Vec<hn::ScalableTag<float>>;
    static constexpr std::size_t lanes = HWY_MAX_BYTES / sizeof(float);
    static constexpr bool has_erf = false;
    static vector load(const float* p) { return hn::Load(tag, p); }
    static void store(float* p, vector v) { hn::Store(v, tag, p); }
    static vector set(float c) { return hn::Set(tag, c); }
    static vector max(vector a, vector b) { return hn::Max(a, b); }
    static vector min(vector a, vector b) { return hn::Min(a, b); }
    static vector exp(vector a) { return hn::Exp(tag, a); }
    static vector expm1(vector a) { return hn::Expm1(tag, a); }
    static vector log1p(vector a) { return hn::Log1p(tag, a); }
    static vector tanh(vector a) { return hn::Tanh(tag, a); }
    static vector erf(vector a) { return a; }
    static vector choose_positive(vector c, vector a, vector b) {
        return hn::IfThenElse(hn::Gt(c, hn::Zero(tag)), a, b);
    }
    static double sum(vector a) { return static_cast<double>(hn::GetLane(hn::SumOfLanes(tag, a))); }
};

[[maybe_unused]] const bool registered = [] {
    fused::rows<vectors>::add_all({"Highway"});
    return true;
}();

}  // namespace
HWY_AFTER_NAMESPACE();
