// SPDX-License-Identifier: BSL-1.0
/// Several instruction sets in one program: a file of kernels, compiled once for each of them by the CMake
/// function chainrule_add_kernels, and the choice among them at run time.
///
///     struct my_kernels { void (*silu)(std::span<const float> in, std::span<float> out); };  // in a header
///     CHAINRULE_KERNELS(my_kernels) { return {.silu = ...}; }                                // my_kernels.cpp
///     kernels<my_kernels>().silu(in, out);                                                   // anywhere
#pragma once

#include <chainrule/kernel/argument_error.hpp>

#include <cstdlib>

namespace chainrule {

/// Those that chainrule_add_kernels compiles for; `baseline` is what every x86-64 (or other) machine has.
enum class instruction_set { baseline, avx2, avx512 };

namespace detail {

inline constexpr std::string_view instruction_set_names[] = {"baseline", "avx2", "avx512"};

/// The table that one compilation of the file made. Calling it needs that instruction set.
template<class Table, instruction_set Set>
const Table& kernel_table();

/// kernel_table of a set that was compiled, else null.
template<class Table>
const Table* find_kernel_table(instruction_set set, bool only_ask);

inline bool machine_has(instruction_set set) {
    if (set == instruction_set::baseline) return true;
#if defined(__GNUC__) && defined(__x86_64__)
    __builtin_cpu_init();
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("f16c");
    if (set == instruction_set::avx2) return has_avx2;
    return has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_no_instruction_set(std::string_view name,
                                                                            bool machine_lacks) {
    throw argument_error(
        "chainrule: instruction set '" + std::string(name) + "' was asked for, but " +
        (machine_lacks
             ? "this machine does not have it"
             : "the kernels were not compiled for it; name it in ISAS of chainrule_add_kernels"));
}

}  // namespace detail

/// Whether the kernels were compiled for `set` and this machine runs it.
template<class Table>
bool has_kernels(instruction_set set) {
    return detail::machine_has(set) && detail::find_kernel_table<Table>(set, true) != nullptr;
}

/// The kernels compiled for `set`. Throws argument_error if there are none or the machine lacks it.
template<class Table>
const Table& kernels(instruction_set set) {
    if (!has_kernels<Table>(set)) {
        detail::throw_no_instruction_set(detail::instruction_set_names[static_cast<int>(set)],
                                         !detail::machine_has(set));
    }
    return *detail::find_kernel_table<Table>(set, false);
}

/// The kernels of the best instruction set that this machine has, or of the one that the environment
/// variable CHAINRULE_ISA names (baseline, avx2, avx512; read once). Throws argument_error if that cannot be.
template<class Table>
const Table& kernels() {
    static const Table& chosen = []() -> const Table& {
        constexpr instruction_set best_first[] = {instruction_set::avx512, instruction_set::avx2,
                                                  instruction_set::baseline};
        const char* const forced = std::getenv("CHAINRULE_ISA");
        for (instruction_set set : best_first) {
            if (forced == nullptr
                    ? has_kernels<Table>(set)
                    : detail::instruction_set_names[static_cast<int>(set)] == forced) {
                return kernels<Table>(set);
            }
        }
        detail::throw_no_instruction_set(forced == nullptr ? "baseline" : forced, false);
    }();
    return chosen;
}

}  // namespace chainrule

// chainrule_add_kernels says which instruction set this compilation is for; without it there is one.
#if !defined(CHAINRULE_KERNEL_ISA)
#define CHAINRULE_KERNEL_ISA baseline
#define CHAINRULE_KERNELS_FIND 1
#endif
#if defined(CHAINRULE_KERNELS_WITH_AVX2)
#define CHAINRULE_KERNELS_AVX2(Table) &kernel_table<Table, instruction_set::avx2>
#else
#define CHAINRULE_KERNELS_AVX2(Table) nullptr
#endif
#if defined(CHAINRULE_KERNELS_WITH_AVX512)
#define CHAINRULE_KERNELS_AVX512(Table) &kernel_table<Table, instruction_set::avx512>
#else
#define CHAINRULE_KERNELS_AVX512(Table) nullptr
#endif

#if defined(CHAINRULE_KERNELS_FIND)
#define CHAINRULE_KERNELS_DEFINE_FIND(Table)                                                       \
    namespace chainrule::detail {                                                                  \
    template<>                                                                                     \
    const Table* find_kernel_table<Table>(instruction_set set, bool only_ask) {                    \
        static const Table nothing{};                                                              \
        using make = const Table& (*)();                                                           \
        constexpr make all[] = {&kernel_table<Table, instruction_set::baseline>,                   \
                                CHAINRULE_KERNELS_AVX2(Table), CHAINRULE_KERNELS_AVX512(Table)};   \
        const make mine = all[static_cast<int>(set)];                                              \
        return mine == nullptr ? nullptr : only_ask ? &nothing : &mine();                          \
    }                                                                                              \
    }
#else
#define CHAINRULE_KERNELS_DEFINE_FIND(Table)
#endif

/// Followed by the body of a function that returns the table. To be used at global scope, once for each
/// table, in a file named in SOURCES of chainrule_add_kernels.
#define CHAINRULE_KERNELS(Table)                                                                   \
    static Table chainrule_make_kernels(const Table*);                                             \
    namespace chainrule::detail {                                                                  \
    template<>                                                                                     \
    const Table& kernel_table<Table, instruction_set::CHAINRULE_KERNEL_ISA>() {                    \
        static const Table table = chainrule_make_kernels(static_cast<const Table*>(nullptr));     \
        return table;                                                                              \
    }                                                                                              \
    }                                                                                              \
    CHAINRULE_KERNELS_DEFINE_FIND(Table)                                                           \
    static Table chainrule_make_kernels(const Table*)
