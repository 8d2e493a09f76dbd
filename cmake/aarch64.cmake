# SPDX-License-Identifier: BSL-1.0
# Toolchain: kernels for NEON, cross-compiled and run in an emulator (Debian: g++-aarch64-linux-gnu, qemu-user).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-aarch64;-L;/usr/aarch64-linux-gnu")
# The headers of Boost and Catch2 are those of this machine, and nothing else of it is.
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/foreign")
foreach(name IN ITEMS boost catch2)
    file(CREATE_LINK "/usr/include/${name}" "${CMAKE_BINARY_DIR}/foreign/${name}" SYMBOLIC)
endforeach()
set(CMAKE_CXX_STANDARD_INCLUDE_DIRECTORIES "${CMAKE_BINARY_DIR}/foreign")
set(CMAKE_PLATFORM_IMPLICIT_INCLUDE_DIRECTORIES /usr/include)
