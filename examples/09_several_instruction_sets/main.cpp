// SPDX-License-Identifier: BSL-1.0
/// One program for machines with and without AVX-512: the kernels are chosen when it runs.
#include <chainrule/kernel/dispatch.hpp>

#include "my_kernels.hpp"

#include <cassert>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

using chainrule::instruction_set;

int main() try {
    std::vector<float> in(1003);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<float>(i) / 50 - 10;
    const std::vector<float> grad_out(in.size(), 1.0F);
    std::vector<float> out(in.size());
    std::vector<float> slope(in.size());

    // [use]
    // The best that this machine has; CHAINRULE_ISA=avx2 in the environment asks for another.
    const my_kernels& best = chainrule::kernels<my_kernels>();
    best.silu(in, out);
    best.silu_backward(in, grad_out, slope);
    // [/use]
    std::printf("chosen: %s\n", best.compiled_for().data());
#if defined(__x86_64__)
    if (const char* asked_for = std::getenv("CHAINRULE_ISA")) {
        assert(best.compiled_for() ==
               (std::string_view(asked_for) == "baseline" ? "sse2" : asked_for));
    }
#endif

    // Each by name, as far as this machine goes: every one runs its own code, and all agree.
    struct one {
        instruction_set set;
        std::string_view own_name;
    };
    constexpr one all[] = {{instruction_set::baseline, "sse2"},
                           {instruction_set::avx2, "avx2"},
                           {instruction_set::avx512, "avx512"}};
    for (const one& each : all) {
        if (!chainrule::has_kernels<my_kernels>(each.set)) continue;
        const my_kernels& table = chainrule::kernels<my_kernels>(each.set);
        std::printf("runs: %s\n", table.compiled_for().data());
#if defined(__x86_64__)
        assert(table.compiled_for() == each.own_name);
#endif
        std::vector<float> again(in.size());
        table.silu(in, again);
        for (std::size_t i = 0; i < in.size(); ++i)
            assert(std::abs(again[i] - out[i]) <= 1e-6F * std::abs(out[i]));
        // Errors pass from any of them to here.
        bool refused = false;
        try {
            table.silu(in, std::span(again).first(5));
        } catch (const chainrule::argument_error&) {
            refused = true;
        }
        assert(refused);
    }
    return 0;
} catch (const chainrule::argument_error&
             error) {  // CHAINRULE_ISA asks for what this machine does not have
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
