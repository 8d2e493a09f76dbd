# SPDX-License-Identifier: BSL-1.0
# chainrule_add_kernels(<target> SOURCES my_kernels.cpp ... [ISAS avx512 avx2 baseline])
#
# Compiles the files once for each instruction set and adds them to <target>; at run time
# chainrule::kernels<Table>() (chainrule/kernel/dispatch.hpp) takes the best that the machine has.
# Everything but the tables is local to each compilation: what the files of one instruction set
# instantiate, of chainrule, of the standard library or of their own, is never merged with another's.
function(chainrule_add_kernels target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;ISAS")
    if(NOT TARGET ${target})
        message(FATAL_ERROR "chainrule: chainrule_add_kernels: there is no target '${target}'; add it first.")
    endif()
    if(NOT arg_SOURCES)
        message(FATAL_ERROR "chainrule: chainrule_add_kernels(${target}): name the files of kernels after SOURCES.")
    endif()
    if(NOT arg_ISAS)
        set(arg_ISAS avx512 avx2 baseline)
    endif()
    # Unique symbols (g++) cannot be made local, weak ones can.
    set(no_unique $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
    set(options_baseline "")
    set(options_avx2 -mavx2 -mfma -mf16c)
    set(options_avx512 ${options_avx2} -mavx512f -mavx512dq -mavx512bw -mavx512vl)
    foreach(isa IN LISTS arg_ISAS)
        if(NOT DEFINED options_${isa})
            message(
                FATAL_ERROR
                "chainrule: chainrule_add_kernels(${target}): '${isa}' is no instruction set; ISAS takes avx512, avx2 and baseline."
            )
        endif()
    endforeach()
    if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
        set(arg_ISAS baseline)
    else()
        set(generic -march=x86-64 -mtune=generic) # whatever CMAKE_CXX_FLAGS say
    endif()
    list(APPEND arg_ISAS baseline)
    list(REMOVE_DUPLICATES arg_ISAS)
    # Those of binutils, also for clang: lld does not know --force-group-allocation.
    find_program(CHAINRULE_LD NAMES ld.bfd ld)
    find_program(CHAINRULE_OBJCOPY NAMES objcopy)
    mark_as_advanced(CHAINRULE_LD CHAINRULE_OBJCOPY)
    if(NOT CHAINRULE_LD OR NOT CHAINRULE_OBJCOPY)
        message(FATAL_ERROR "chainrule: chainrule_add_kernels needs the linker and objcopy of GNU binutils (Debian: binutils).")
    endif()

    set(definitions CHAINRULE_KERNELS_FIND)
    if("avx2" IN_LIST arg_ISAS)
        list(APPEND definitions CHAINRULE_KERNELS_WITH_AVX2)
    endif()
    if("avx512" IN_LIST arg_ISAS)
        list(APPEND definitions CHAINRULE_KERNELS_WITH_AVX512)
    endif()
    foreach(isa IN LISTS arg_ISAS)
        set(objects ${target}.kernels.${isa})
        add_library(${objects} OBJECT ${arg_SOURCES})
        target_link_libraries(${objects} PRIVATE chainrule::chainrule)
        target_include_directories(${objects} PRIVATE $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
        target_compile_definitions(
            ${objects}
            PRIVATE $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS> CHAINRULE_KERNEL_ISA=${isa}
                    $<$<STREQUAL:${isa},baseline>:${definitions}>
        )
        target_compile_options(
            ${objects}
            PRIVATE $<TARGET_PROPERTY:${target},COMPILE_OPTIONS> ${generic} ${options_${isa}} ${no_unique}
        )
        set_target_properties(
            ${objects}
            PROPERTIES POSITION_INDEPENDENT_CODE ON INTERPROCEDURAL_OPTIMIZATION OFF
        )
        set(sealed "${CMAKE_CURRENT_BINARY_DIR}/${target}.kernels/${isa}.o")
        add_custom_command(
            OUTPUT "${sealed}"
            COMMAND ${CMAKE_COMMAND} -E make_directory "${CMAKE_CURRENT_BINARY_DIR}/${target}.kernels"
            COMMAND ${CHAINRULE_LD} -r --force-group-allocation -o "${sealed}" $<TARGET_OBJECTS:${objects}>
            COMMAND ${CHAINRULE_OBJCOPY} --wildcard --keep-global-symbol=*9chainrule6detail*kernel_table* "${sealed}"
            DEPENDS $<TARGET_OBJECTS:${objects}>
            COMMENT "Kernels of ${target} for ${isa}"
            COMMAND_EXPAND_LISTS
            VERBATIM
        )
        set_source_files_properties("${sealed}" PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
        target_sources(${target} PRIVATE "${sealed}")
    endforeach()
endfunction()
