// SPDX-License-Identifier: BSL-1.0
/// The rows and modes of the table, and which arrays each of them reads and writes.
#pragma once

#include "harness.hpp"

#include <string_view>

namespace benchmark {

struct traffic {
    const char* row;
    mode what;

    template<class Pointer>
    struct list {
        Pointer pointers[3] = {};
        int count = 0;
        void add(Pointer p) { pointers[count++] = p; }
    };

    bool swiglu() const { return std::string_view(row) == "swiglu"; }
    bool custom() const { return std::string_view(row) == "custom"; }
    bool stored_in_16_bits() const { return std::string_view(row).ends_with("16"); }
    bool has_value() const {
        return what == mode::forward || what == mode::value_derivative ||
            what == mode::forward_backward;
    }
    bool has_slope() const { return what != mode::forward; }
    bool has_grad_out() const { return has_slope() && what != mode::value_derivative; }

    list<const float*> inputs(const arguments& a) const {
        list<const float*> r;
        r.add(a.x);
        if (has_grad_out()) r.add(a.grad_out);
        if (swiglu() || (custom() && has_value())) r.add(a.second);
        return r;
    }
    list<float*> outputs(const arguments& a) const {
        list<float*> r;
        if (has_value()) r.add(a.out);
        if (has_slope()) r.add(a.slope);
        if (has_slope() && swiglu()) r.add(a.second_slope);
        return r;
    }
};

inline std::vector<traffic> all_traffic() {
    using enum mode;
    std::vector<traffic> all;
    for (const char* row : {"relu", "leaky_relu", "relu6", "hard_swish", "sigmoid", "tanh", "elu",
                            "gelu", "gelu_tanh", "silu", "swish", "mish", "softplus", "tanh3",
                            "swish_gelu", "custom", "swiglu"}) {
        const std::string_view name = row;
        const bool has_parameter =
            name == "leaky_relu" || name == "elu" || name == "swish" || name == "custom";
        if (name != "swish") {
            all.push_back({row, forward});
            all.push_back({row, backward});
            if (name != "swiglu") {
                all.push_back({row, value_derivative});
                all.push_back({row, forward_backward});
            }
        }
        if (has_parameter) all.push_back({row, backward_parameters});
    }
    // x is the saved output.
    for (const char* row : {"sigmoid_output", "tanh_output"}) all.push_back({row, backward});
    for (const char* row : {"prelu_nhwc", "prelu_nchw"}) {
        all.push_back({row, forward});
        all.push_back({row, backward});
    }
    for (const char* row : {"silu_bfloat16", "silu_float16"}) all.push_back({row, forward});
    return all;
}

}  // namespace benchmark
