# SPDX-License-Identifier: BSL-1.0
# examples/01_first_formula.cpp is the target and the test example.01_first_formula. An example
# asserts what it claims, so running it is a test.

add_custom_target(examples)
file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/examples/[0-9][0-9]_*.cpp")
foreach(source IN LISTS sources)
    cmake_path(GET source STEM name)
    set(name example.${name})
    add_executable(${name} "${source}")
    target_link_libraries(${name} PRIVATE chainrule::chainrule chainrule_warnings)
    chainrule_link_eigen(${name} "${source}")
    target_compile_options(${name} PRIVATE -UNDEBUG)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/examples")
    add_dependencies(examples ${name})
    chainrule_add_program_test(${name} COMMAND ${name} LABELS examples)
endforeach()

# The one example that is more than one file: kernels compiled for several instruction sets.
set(name example.09_several_instruction_sets)
add_executable(${name} "${PROJECT_SOURCE_DIR}/examples/09_several_instruction_sets/main.cpp")
target_link_libraries(${name} PRIVATE chainrule::chainrule chainrule_warnings)
target_compile_options(${name} PRIVATE -UNDEBUG)
chainrule_add_kernels(
    ${name}
    SOURCES "${PROJECT_SOURCE_DIR}/examples/09_several_instruction_sets/my_kernels.cpp"
    ISAS avx512 avx2 baseline
)
set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/examples")
add_dependencies(examples ${name})
chainrule_add_program_test(${name} COMMAND ${name} LABELS examples)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    foreach(isa IN ITEMS baseline avx2 avx512)
        chainrule_add_program_test(${name}.${isa} COMMAND ${name} LABELS examples)
        set_tests_properties(
            ${name}.${isa}
            PROPERTIES ENVIRONMENT CHAINRULE_ISA=${isa} SKIP_REGULAR_EXPRESSION "this machine does not have it"
        )
    endforeach()
    add_test(
        NAME ${name}.objects
        COMMAND
            ${CMAKE_COMMAND} -D directory=${CMAKE_CURRENT_BINARY_DIR}/${name}.kernels -D nm=${CMAKE_NM}
            -D objdump=${CMAKE_OBJDUMP} -P "${PROJECT_SOURCE_DIR}/cmake/check_kernel_objects.cmake"
    )
    set_tests_properties(${name}.objects PROPERTIES LABELS examples)
endif()
