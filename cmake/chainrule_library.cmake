# SPDX-License-Identifier: BSL-1.0
# The target users link: headers, C++20, Boost headers (for Boost.Hana), and the compiler limits
# that deep formulas need. The limits travel with the target, so nobody has to know them.

find_package(Boost 1.74 QUIET)
if(NOT TARGET Boost::headers)
    message(
        FATAL_ERROR
        "chainrule: needs the headers of Boost 1.74 or newer, for Boost.Hana (Debian: libboost-dev)."
    )
endif()

add_library(chainrule INTERFACE)
add_library(chainrule::chainrule ALIAS chainrule)
target_compile_features(chainrule INTERFACE cxx_std_20)
target_link_libraries(chainrule INTERFACE Boost::headers)

# -Wno-psabi: batches are passed by value between inlined functions only, so that the calling
# convention of wide vectors never matters.
set(gcc_options
    -fconstexpr-ops-limit=1000000000
    -fconstexpr-loop-limit=10000000
    -fconstexpr-depth=4096
    -ftemplate-depth=4096
    # Collect garbage early. By default gcc lets the heap double before it does; below 96 MB that saves nothing.
    --param=ggc-min-heapsize=98304
    --param=ggc-min-expand=30
    -Wno-psabi
)
set(clang_options
    -fconstexpr-steps=1000000000
    -fconstexpr-depth=4096
    -fbracket-depth=4096
    -ftemplate-depth=4096
    -Wno-psabi
)
target_compile_options(
    chainrule
    INTERFACE
        "$<$<COMPILE_LANG_AND_ID:CXX,GNU>:${gcc_options}>"
        "$<$<COMPILE_LANG_AND_ID:CXX,Clang,AppleClang>:${clang_options}>"
)

# Every header stands alone. The doors to a third-party package are sets of their own: installed
# always, verified only where the package is found.
set(door_packages range-v3 Catch2 Eigen3)
set(door_headers_range-v3 interop/ranges.hpp)
set(door_headers_Catch2 verify/catch2.hpp)
set(door_headers_Eigen3
    interop/eigen.hpp
    analysis/labelled_data.hpp
    analysis/layer_stack.hpp
    analysis/random_network.hpp
    analysis/training.hpp
)

set(include_directory "${PROJECT_SOURCE_DIR}/include")
file(GLOB_RECURSE headers CONFIGURE_DEPENDS "${include_directory}/chainrule/*.hpp")
set(sets_to_verify HEADERS)
set(CHAINRULE_FILE_SETS HEADERS)
foreach(package IN LISTS door_packages)
    set(door "")
    foreach(header IN LISTS door_headers_${package})
        set(header "${include_directory}/chainrule/${header}")
        if(header IN_LIST headers)
            list(REMOVE_ITEM headers "${header}")
            list(APPEND door "${header}")
        endif()
    endforeach()
    if(NOT door)
        continue()
    endif()
    string(MAKE_C_IDENTIFIER "headers_for_${package}" set_name)
    string(TOLOWER "${set_name}" set_name)
    target_sources(
        chainrule
        INTERFACE
            FILE_SET ${set_name}
            TYPE HEADERS
            BASE_DIRS "${include_directory}"
            FILES ${door}
    )
    list(APPEND CHAINRULE_FILE_SETS ${set_name})
    find_package(${package} QUIET)
    # Eigen's headers are outside the compiler's own directories; its doors are the first include of tests.
    if(${package}_FOUND AND NOT package STREQUAL "Eigen3")
        list(APPEND sets_to_verify ${set_name})
    endif()
endforeach()
target_sources(
    chainrule
    INTERFACE FILE_SET HEADERS BASE_DIRS "${include_directory}" FILES ${headers}
)
if(PROJECT_IS_TOP_LEVEL)
    set_target_properties(
        chainrule
        PROPERTIES
            VERIFY_INTERFACE_HEADER_SETS ON
            INTERFACE_HEADER_SETS_TO_VERIFY "${sets_to_verify}"
    )
endif()
