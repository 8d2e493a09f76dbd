// SPDX-License-Identifier: BSL-1.0
/// What a module compiled for a formula offers; null what it was not asked for. The text of the declaration goes into the generated
/// source, so that both sides always agree.
#pragma once

#include <cstddef>

#define CHAINRULE_REPORT_INTERFACE(...)                                                            \
    __VA_ARGS__                                                                                    \
    namespace chainrule::report {                                                                  \
    inline constexpr char compiled_formula_text[] = #__VA_ARGS__;                                  \
    }

CHAINRULE_REPORT_INTERFACE(namespace chainrule::report {
    struct compiled_formula {
        void (*value_float)(const float*, float*, std::size_t);
        void (*plain_value_float)(const float*, float*, std::size_t);
        void (*backward_float)(const float*, const float*, float*, std::size_t);
        void (*value_and_slope_double)(const double*, double*, double*, std::size_t);
        void (*value_and_slope_float)(const float*, float*, float*, std::size_t);
        void (*plain_backward_float)(const float*, const float*, float*, std::size_t);
    };
})
#undef CHAINRULE_REPORT_INTERFACE
