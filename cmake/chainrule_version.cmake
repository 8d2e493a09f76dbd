# SPDX-License-Identifier: BSL-1.0
# The version is written once, in include/chainrule/core/version.hpp; this reads it.

function(chainrule_read_version result)
    set(header "${CMAKE_CURRENT_SOURCE_DIR}/include/chainrule/core/version.hpp")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${header}")
    file(READ "${header}" text)
    set(numbers "")
    foreach(name IN ITEMS major minor patch)
        if(NOT text MATCHES "int ${name} = ([0-9]+)")
            message(FATAL_ERROR "chainrule: ${header} states no number for '${name}'.")
        endif()
        list(APPEND numbers ${CMAKE_MATCH_1})
    endforeach()
    list(JOIN numbers "." version)
    set(${result} ${version} PARENT_SCOPE)
endfunction()
