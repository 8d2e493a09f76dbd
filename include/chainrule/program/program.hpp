// SPDX-License-Identifier: BSL-1.0
/// Programs as static data behind a short tag type: plan<F, ...>. Kernels and the evaluator find the
/// steps through the tag, never as a template argument (hashing big arguments costs minutes).
#pragma once

#include <chainrule/graph/describe.hpp>
#include <chainrule/graph/failure.hpp>
#include <chainrule/program/schedule.hpp>

namespace chainrule::detail {

template<int Steps, int Constants, int Outputs>
struct program {
    std::array<program_step, static_cast<std::size_t>(Steps)> steps{};
    std::array<program_constant, static_cast<std::size_t>(Constants)> constants{};
    std::array<short, static_cast<std::size_t>(Outputs)> outputs{};
    int step_count = 0;
    int constant_count = 0;
    int registers = 0;
    bool overflow = false;
};

/// What a program computes: the value of F, its derivatives with respect to `Names`, or both (value
/// first), ties by `Rule`.
template<class F, bool WithValue, kink_rule Rule, fixed_string... Names>
constexpr schedule make_schedule() {
    std::vector<std::string_view> inputs;
    for (const symbol_entry& s : symbols_of<F>::list) inputs.push_back(s.name);
    graph raw;
    if constexpr (Rule == kink_rule::usual &&
                  type_size < F >> function_library::largest_whole_formula) {
        function_library library;
        lowering_scope scope{raw, {}, {}, false, &library};
        const int value = lower<F>(scope);
        std::vector<int> roots;
        if (WithValue) roots.push_back(value);
        (roots.push_back(library.derive(raw, value, Names.view())), ...);
        return scheduler(raw, inputs).run(roots, sizeof...(Names) == 1 ? value : -1);
    }
    lowering_scope scope{raw, {}, {}};
    std::vector<int> roots{lower<F>(scope)};
    graph simple = simplified(raw, roots, for_programs);
    if constexpr (sizeof...(Names) > 0) {
        const int value = roots[0];
        std::vector<int> gradients;
        if constexpr (Rule == kink_rule::usual) {
            gradients = derive_all(simple, value, {Names.view()...});
        } else {
            (gradients.push_back(derive_with_policy(simple, value, Names.view(), Rule)), ...);
        }
        if (!WithValue) roots.clear();
        for (int g : gradients) roots.push_back(g);
        simple = simplified(simple, roots, for_programs);
    }
    return scheduler(simple, inputs).run(roots, WithValue && sizeof...(Names) == 1 ? roots[0] : -1);
}

template<int Steps, int Constants, int Outputs>
constexpr program<Steps, Constants, Outputs> pack(const schedule& s) {
    program<Steps, Constants, Outputs> result;
    result.step_count = static_cast<int>(s.steps.size());
    result.constant_count = static_cast<int>(s.constants.size());
    result.registers = s.registers;
    result.overflow = result.step_count > Steps || result.constant_count > Constants;
    if (result.overflow) return result;
    for (std::size_t i = 0; i < s.steps.size(); ++i) result.steps[i] = s.steps[i];
    for (std::size_t i = 0; i < s.constants.size(); ++i) result.constants[i] = s.constants[i];
    for (std::size_t i = 0; i < s.outputs.size(); ++i) result.outputs[i] = s.outputs[i];
    return result;
}

template<class F, bool WithValue, kink_rule Rule, fixed_string... Names>
struct plan {
    using formula = F;
    using symbols = symbols_of<F>;
    static constexpr int inputs = static_cast<int>(symbols::count);
    static constexpr int outputs = (WithValue ? 1 : 0) + static_cast<int>(sizeof...(Names));

private:
    // Made once into more room than needed, then cut to size; made again with more room if it did not fit.
    template<int Room>
    static constexpr auto roomy =
        pack<Room, 16 + Room / 16, outputs>(make_schedule<F, WithValue, Rule, Names...>());

    template<int Room>
    static constexpr auto fitted() {
        // A schedule that could not be made overflows nothing: asked this way round, a compiler that
        // goes on after that error stops here.
        if constexpr (!roomy<Room>.overflow) {
            constexpr auto& from = roomy<Room>;
            program<from.step_count, from.constant_count, outputs> result;
            result.step_count = from.step_count;
            result.constant_count = from.constant_count;
            result.registers = from.registers;
            for (std::size_t i = 0; i < result.steps.size(); ++i) result.steps[i] = from.steps[i];
            for (std::size_t i = 0; i < result.constants.size(); ++i)
                result.constants[i] = from.constants[i];
            result.outputs = from.outputs;
            return result;
        } else {
            return fitted<8 * Room>();
        }
    }
    static constexpr int first_guess = 64 + (outputs > 2 ? outputs : 2) * type_size<F>;

public:
    static constexpr auto steps = fitted<first_guess>();
};

}  // namespace chainrule::detail
