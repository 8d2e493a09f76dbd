# SPDX-License-Identifier: BSL-1.0
# CHAINRULE_CPU_CAN_RUN: whether this machine has the instructions the compiler was told to use.
# Where it has not, programs are built, and their tests are listed as disabled.

include(CheckCXXSourceRuns)
set(CMAKE_REQUIRED_QUIET ON)
check_cxx_source_runs(
    "
    int main() {
    #if defined(__x86_64__)
        __builtin_cpu_init();
    #endif
    #if defined(__AVX2__)
        if (!__builtin_cpu_supports(\"avx2\")) { return 1; }
    #endif
    #if defined(__FMA__)
        if (!__builtin_cpu_supports(\"fma\")) { return 1; }
    #endif
    #if !defined(CHAINRULE_EMULATED_AVX512)
    #if defined(__AVX512F__)
        if (!__builtin_cpu_supports(\"avx512f\")) { return 1; }
    #endif
    #if defined(__AVX512BW__)
        if (!__builtin_cpu_supports(\"avx512bw\")) { return 1; }
    #endif
    #if defined(__AVX512DQ__)
        if (!__builtin_cpu_supports(\"avx512dq\")) { return 1; }
    #endif
    #if defined(__AVX512VL__)
        if (!__builtin_cpu_supports(\"avx512vl\")) { return 1; }
    #endif
    #endif
        return 0;
    }
    "
    CHAINRULE_CPU_CAN_RUN
)
unset(CMAKE_REQUIRED_QUIET)
if(NOT CHAINRULE_CPU_CAN_RUN)
    message(STATUS "chainrule: this CPU cannot run code built with '${CMAKE_CXX_FLAGS}'; such tests are disabled.")
endif()

# Lists a program we built as a test.
function(chainrule_add_program_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "COMMAND;LABELS")
    add_test(NAME ${name} COMMAND ${arg_COMMAND})
    set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 600)
    if(NOT CHAINRULE_CPU_CAN_RUN)
        set_tests_properties(${name} PROPERTIES DISABLED TRUE)
    endif()
endfunction()
