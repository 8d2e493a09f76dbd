// SPDX-License-Identifier: BSL-1.0
/// Any formula in x behind one function pointer, so that a std::vector of layers mixes activations.
#pragma once

#include <chainrule/kernel/forward.hpp>

#include <cstddef>
#include <span>

namespace chainrule {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// The fused kernel of f and f' over arrays of T, its formula forgotten. Every symbol but x needs a value
/// in the formula: activation_kernel<float>(swish(beta = 1.702_c)); defaults apply.
template<class T>
class activation_kernel {
public:
    using loop = void (*)(const T* in, T* value, T* slope, std::size_t count);

    /// Not explicit: a formula stands wherever a kernel is taken.
    template<expression F>
    activation_kernel(F) : run(&run_formula<F>) {}
    /// A loop compiled elsewhere. `value` and `slope` may each be `in` itself.
    explicit activation_kernel(loop compiled) : run(compiled) {}
    /// Any other loop; it is referred to.
    template<class Loop>
        requires(!expression<Loop> &&
                 std::is_invocable_v<const Loop&, const T*, T*, T*, std::size_t> &&
                 std::is_class_v<Loop>)
    explicit activation_kernel(const Loop& other) : state(&other), run_other(&run_loop<Loop>) {}

    /// value[i] = f(in[i]), slope[i] = f'(in[i]); `value` or `slope` may be `in`. Throws argument_error
    /// for different lengths.
    void operator()(std::span<const T> in, std::span<T> value, std::span<T> slope) const {
        if (value.size() != in.size()) {
            detail::throw_length_mismatch("value", value.size(), "x", in.size());
        }
        if (slope.size() != in.size()) {
            detail::throw_length_mismatch("slope", slope.size(), "x", in.size());
        }
        if (state != nullptr) {
            run_other(state, in.data(), value.data(), slope.data(), in.size());
        } else {
            run(in.data(), value.data(), slope.data(), in.size());
        }
    }

private:
    loop run = nullptr;
    const void* state = nullptr;
    void (*run_other)(const void* loop, const T*, T*, T*, std::size_t) = nullptr;

    template<class Loop>
    static void run_loop(const void* other, const T* in, T* value, T* slope, std::size_t count) {
        (*static_cast<const Loop*>(other))(in, value, slope, count);
    }

    template<class F>
    static void run_formula(const T* in, T* value, T* slope, std::size_t count) {
        value_and_derivative(F{}, std::span(in, count), std::span(value, count),
                             std::span(slope, count));
    }
};

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule
