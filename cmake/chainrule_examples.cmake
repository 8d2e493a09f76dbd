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
