# SPDX-License-Identifier: BSL-1.0
# The warnings our own tests, examples, tools and benchmarks compile with: link chainrule_warnings.
# They never reach users: chainrule::chainrule does not link it.

add_library(chainrule_warnings INTERFACE)
target_compile_options(
    chainrule_warnings
    INTERFACE
        $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>:-Wall
        -Wextra
        -Wpedantic
        -Wconversion
        -Wshadow>
)
