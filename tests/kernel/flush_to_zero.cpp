// SPDX-License-Identifier: BSL-1.0
/// A process in which another library has set FTZ and DAZ (subnormal results and operands count as zero):
/// ordinary results stay what they are, subnormal ones become zero, and the kernels leave the mode alone.
#include <chainrule/chainrule.hpp>

#include "kernel/arrays.hpp"

using namespace chainrule;

#if defined(__x86_64__)

namespace {

constexpr unsigned flush_and_zero = 0x8040;

class mode {
public:
    explicit mode(unsigned bits) : before(__builtin_ia32_stmxcsr()) {
        __builtin_ia32_ldmxcsr(before | bits);
    }
    ~mode() { __builtin_ia32_ldmxcsr(before); }
    mode(const mode&) = delete;
    mode& operator=(const mode&) = delete;

private:
    unsigned before;
};

template<class T>
bool is_normal_or_zero(T v) {
    const T size = v < 0 ? -v : v;
    return v == 0 || size >= std::numeric_limits<T>::min();
}

/// The largest distance in ulp among results that are normal without the mode; those that are subnormal
/// must have become zero or be off by no more than themselves.
template<class T, class F>
std::uint64_t worst(F f) {
    std::vector<T> in;
    for (int i = -4000; i <= 4000; ++i) in.push_back(static_cast<T>(i) / 40);
    for (T v = std::numeric_limits<T>::min(); v < 1; v *= 8) in.push_back(v), in.push_back(-v);
    for (T v = 1; v < std::numeric_limits<T>::max() / 16; v *= 8) in.push_back(v), in.push_back(-v);
    std::vector<T> value(in.size());
    std::vector<T> slope(in.size());
    std::vector<T> flushed_value(in.size());
    std::vector<T> flushed_slope(in.size());
    value_and_derivative(f, in, value, slope);
    {
        const mode flush(flush_and_zero);
        value_and_derivative(f, in, flushed_value, flushed_slope);
    }
    std::uint64_t result = 0;
    auto compare = [&](T x, T plain, T flushed) {
        INFO("x = " << x << ": " << plain << ", flushed " << flushed);
        if (is_normal_or_zero(plain)) {
            result = std::max(result, ulp_distance(plain, flushed));
        } else {
            CHECK(std::abs(flushed) <= std::numeric_limits<T>::min());
        }
    };
    for (std::size_t i = 0; i < in.size(); ++i) {
        compare(in[i], value[i], flushed_value[i]);
        compare(in[i], slope[i], flushed_slope[i]);
    }
    return result;
}

}  // namespace

TEMPLATE_TEST_CASE("normal results stay within the accuracy of the kernels", "", float, double) {
    CHECK(worst<TestType>(activations::relu) == 0);
    CHECK(worst<TestType>(sigmoid(x)) <= 1);
    CHECK(worst<TestType>(tanh(x)) <= 1);
    CHECK(worst<TestType>(softplus(x)) <= 1);
    CHECK(worst<TestType>(activations::elu) <= 1);
    CHECK(worst<TestType>(activations::silu) <= 1);
    CHECK(worst<TestType>(activations::gelu) <= 1);
    CHECK(worst<TestType>(activations::mish) <= 1);
}

TEST_CASE("subnormal inputs count as zero, and the mode stays set") {
    const std::vector<float> in(33, 1e-40F);
    std::vector<float> out(33, 7.0F);
    const mode flush(flush_and_zero);
    const unsigned before = __builtin_ia32_stmxcsr() & flush_and_zero;
    forward(tanh(x), in, out);
    CHECK((__builtin_ia32_stmxcsr() & flush_and_zero) == before);
    CHECK(std::bit_cast<std::uint32_t>(out[0]) == 0);
    forward(softplus(x), in, out);
    CHECK(std::abs(out[32] - 0.693147180559945F) <= 6e-8F);
}

#endif
