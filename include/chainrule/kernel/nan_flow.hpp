// SPDX-License-Identifier: BSL-1.0
/// Which selections of a program need not make NaN themselves where they compare NaN, and which functions not
/// where their argument is, because every output is NaN there anyway.
#pragma once

#include <chainrule/graph/registry.hpp>
#include <chainrule/program/registers.hpp>

#include <array>
#include <cstdint>

namespace chainrule::detail {

/// What a selection gives where its condition compares NaN.
enum class unordered : char { nan, first, second };

template<class Plan>
struct nan_flow {
    static constexpr const auto& code = Plan::steps;
    using choices = std::array<unordered, static_cast<std::size_t>(code.step_count) + 1>;
    /// One bit for each input: where that is NaN, so is the value in question.
    using inputs = std::uint64_t;
    static constexpr int most_inputs = 64;
    static constexpr int most_selections = 16;

    static constexpr const primitive_info& primitive(const program_step& step) {
        return primitives[static_cast<std::size_t>(step.operation)];
    }
    static constexpr bool is_selection(const program_step& step) {
        return primitive(step).chooses_from > 0 &&
            primitive(step).chooses_from < primitive(step).arity;
    }
    static constexpr bool has_choice(const program_step& step) {
        return is_selection(step) || primitive(step).may_drop_nan;
    }
    /// How many of its arguments a step compares, or takes.
    static constexpr int compared_count(const program_step& step) {
        return primitive(step).may_drop_nan ? primitive(step).arity : primitive(step).chooses_from;
    }

    struct state {
        inputs carries[static_cast<std::size_t>(code.registers) + 1]{};
        /// NaN also for other reasons than an input that is NaN.
        bool is_unsure[static_cast<std::size_t>(code.registers) + 1]{};

        constexpr state() {
            for (int i = 0; i < Plan::inputs; ++i) carries[i] = inputs{1} << i;
        }
        [[nodiscard]] constexpr inputs of(short place) const {
            return place < 0 ? 0 : carries[place];
        }
        /// What the condition of a selection compares.
        [[nodiscard]] constexpr inputs compared(const program_step& step) const {
            inputs result = 0;
            for (int a = 0; a < compared_count(step); ++a) result |= of(step.arguments[a]);
            return result;
        }
        [[nodiscard]] constexpr bool compares_unsure(const program_step& step) const {
            for (int a = 0; a < compared_count(step); ++a) {
                if (step.arguments[a] >= 0 && is_unsure[step.arguments[a]]) return true;
            }
            return false;
        }
        constexpr void run(const program_step& step, unordered choice) {
            const primitive_info& p = primitive(step);
            inputs any = 0;
            inputs all = ~inputs{};
            bool unsure = false;
            int others = 0;
            for (int a = 0; a < p.arity; ++a) {
                const short place = step.arguments[a];
                unsure = unsure || (place >= 0 && is_unsure[place]);
                others += place >= 0 ? 1 : 0;
                any |= of(place);
                all &= of(place);
            }
            inputs result = p.drops_nan ? all : any;
            if (is_selection(step)) {
                const inputs first = of(step.arguments[p.chooses_from]);
                const inputs second = of(step.arguments[p.chooses_from + 1]);
                result = compared(step);
                if (choice == unordered::first) result &= first;
                if (choice == unordered::second) result &= second;
                result |= first & second;
            }
            if (p.may_drop_nan && choice != unordered::nan) result = 0;
            const bool makes_none =
                p.numbers == keeps::everything || (p.numbers == keeps::with_numbers && others <= 1);
            carries[step.target] = result;
            is_unsure[step.target] = unsure || !makes_none;
        }
    };

    /// What every output carries.
    using output_inputs = std::array<inputs, static_cast<std::size_t>(Plan::outputs) + 1>;
    static constexpr output_inputs carried_by_outputs(const choices& all) {
        state now;
        for (std::size_t i = 0; i < code.steps.size(); ++i) now.run(code.steps[i], all[i]);
        output_inputs result{};
        for (std::size_t k = 0; k < static_cast<std::size_t>(Plan::outputs); ++k)
            result[k] = now.of(code.outputs[k]);
        return result;
    }

    static constexpr bool contain(const output_inputs& all, const output_inputs& wanted,
                                  inputs also) {
        for (std::size_t k = 0; k < static_cast<std::size_t>(Plan::outputs); ++k) {
            if (((wanted[k] | also) & ~all[k]) != 0) return false;
        }
        return true;
    }

    /// Each selection in turn is freed of NaN if every output still is NaN wherever it was; the last ones
    /// first, so that what is left is most often the step at 0, which costs nothing.
    static constexpr choices find() {
        choices result{};
        int count = 0;
        for (const program_step& step : code.steps) count += has_choice(step) ? 1 : 0;
        if (count == 0 || count > most_selections || Plan::inputs > most_inputs) return result;
        int found = 0;
        std::size_t selections[most_selections]{};
        inputs compared[most_selections]{};
        state now;
        for (std::size_t i = 0; i < code.steps.size(); ++i) {
            const program_step& step = code.steps[i];
            if (has_choice(step) && !now.compares_unsure(step)) {
                compared[found] = now.compared(step);
                selections[found++] = i;
            }
            now.run(step, unordered::nan);
        }
        const output_inputs wanted = carried_by_outputs(result);
        while (--found >= 0) {
            for (unordered choice : {unordered::first, unordered::second}) {
                choices next = result;
                next[selections[found]] = choice;
                if (contain(carried_by_outputs(next), wanted, compared[found])) result = next;
            }
        }
        return result;
    }
};

/// For every step, what it gives where it compares NaN.
template<class Plan>
inline constexpr auto unordered_choices = nan_flow<Plan>::find();

}  // namespace chainrule::detail
