# SPDX-License-Identifier: BSL-1.0
# Installs the headers and what find_package(chainrule) reads. All of it is independent of the
# architecture, hence share/ and not lib/.

include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_directory "${CMAKE_INSTALL_DATADIR}/cmake/chainrule")
foreach(file_set IN LISTS CHAINRULE_FILE_SETS)
    list(APPEND file_sets FILE_SET ${file_set} COMPONENT chainrule_development)
endforeach()
install(TARGETS chainrule EXPORT chainrule_targets ${file_sets})
install(
    EXPORT chainrule_targets
    NAMESPACE chainrule::
    FILE chainrule-targets.cmake
    DESTINATION "${package_directory}"
    COMPONENT chainrule_development
)
configure_package_config_file(
    cmake/chainrule-config.cmake.in
    chainrule-config.cmake
    INSTALL_DESTINATION "${package_directory}"
    NO_SET_AND_CHECK_MACRO
)
write_basic_package_version_file(
    chainrule-config-version.cmake
    COMPATIBILITY SameMinorVersion
    ARCH_INDEPENDENT
)
install(
    FILES
        "${CMAKE_CURRENT_BINARY_DIR}/chainrule-config.cmake"
        "${CMAKE_CURRENT_BINARY_DIR}/chainrule-config-version.cmake"
        cmake/chainrule_kernels.cmake
    DESTINATION "${package_directory}"
    COMPONENT chainrule_development
)
install(
    FILES LICENSE
    DESTINATION "${CMAKE_INSTALL_DOCDIR}"
    COMPONENT chainrule_development
)
