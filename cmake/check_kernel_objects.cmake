# SPDX-License-Identifier: BSL-1.0
# A test: the object files that chainrule_add_kernels made share nothing but their tables, and each has
# the registers of its own instruction set only.
#   cmake -D directory=<target>.kernels -D nm=... -D objdump=... -P check_kernel_objects.cmake

set(forbidden_baseline "%[yz]mm[0-9]")
set(forbidden_avx2 "%zmm[0-9]")
set(forbidden_avx512 "")
set(needed_baseline "%xmm[0-9]")
set(needed_avx2 "%ymm[0-9]")
set(needed_avx512 "%zmm[0-9]")
foreach(isa IN ITEMS baseline avx2 avx512)
    execute_process(
        COMMAND ${nm} --defined-only --extern-only "${directory}/${isa}.o"
        OUTPUT_VARIABLE symbols
        COMMAND_ERROR_IS_FATAL ANY
    )
    string(REGEX REPLACE "\n$" "" symbols "${symbols}")
    string(REPLACE "\n" ";" symbols "${symbols}")
    list(LENGTH symbols count)
    if(count EQUAL 0)
        message(FATAL_ERROR "${isa}.o defines no table")
    endif()
    foreach(symbol IN LISTS symbols)
        if(NOT symbol MATCHES " T _ZN9chainrule6detail[0-9]+(find_)?kernel_table")
            message(FATAL_ERROR "${isa}.o shares a symbol: ${symbol}")
        endif()
    endforeach()
    execute_process(
        COMMAND ${objdump} --disassemble --no-show-raw-insn "${directory}/${isa}.o"
        OUTPUT_VARIABLE code
        COMMAND_ERROR_IS_FATAL ANY
    )
    if(NOT code MATCHES "${needed_${isa}}")
        message(FATAL_ERROR "${isa}.o has no instruction of its own")
    endif()
    if(forbidden_${isa} AND code MATCHES "${forbidden_${isa}}")
        message(FATAL_ERROR "${isa}.o has instructions that it must not have: ${CMAKE_MATCH_0}")
    endif()
endforeach()
