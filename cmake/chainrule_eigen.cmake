# SPDX-License-Identifier: BSL-1.0
# For our own tests, examples and tools with layer stacks: link chainrule_eigen.

find_package(Eigen3 3.4 QUIET NO_MODULE)
if(NOT TARGET Eigen3::Eigen)
    message(
        FATAL_ERROR
        "chainrule: the tests, examples and tools need Eigen 3.4 (Debian: libeigen3-dev; ./dev setup installs it)."
    )
endif()
add_library(chainrule_eigen INTERFACE)
target_link_libraries(chainrule_eigen INTERFACE Eigen3::Eigen)
# False positives of g++ 12 in its own AVX-512 intrinsics, which Eigen uses (GCC bug 105593).
target_compile_options(
    chainrule_eigen
    INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-uninitialized;-Wno-maybe-uninitialized>
)

# chainrule_link_eigen(TARGET SOURCE): links it if the source includes one of the headers that need it.
function(chainrule_link_eigen target source)
    file(STRINGS "${source}" lines REGEX "#include <chainrule/(interop/eigen|analysis/(labelled_data|layer_stack|random_network|training))\\.hpp>")
    if(lines)
        target_link_libraries(${target} PRIVATE chainrule_eigen)
    endif()
endfunction()
