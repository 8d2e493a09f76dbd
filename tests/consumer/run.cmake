# SPDX-License-Identifier: BSL-1.0
# Builds and runs the consumer project in a fresh directory; a test of tests/CMakeLists.txt.

function(run)
    execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${work}")
if(use STREQUAL "find_package")
    run(
        ${CMAKE_COMMAND} --install "${chainrule_build}" --prefix "${work}/prefix"
        --component chainrule_development
    )
    set(chainrule -D CMAKE_PREFIX_PATH=${work}/prefix -D CHAINRULE_WANTED_VERSION=${version})
else()
    set(chainrule -D CHAINRULE_SOURCE=${chainrule_source})
endif()

run(
    ${CMAKE_COMMAND} -S "${CMAKE_CURRENT_LIST_DIR}" -B "${work}/build" -G "${generator}"
    -D CMAKE_CXX_COMPILER=${compiler} ${chainrule}
)
run(${CMAKE_COMMAND} --build "${work}/build")
run("${work}/build/consumer")
