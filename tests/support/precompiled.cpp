// SPDX-License-Identifier: BSL-1.0
/// The headers that tests have in common are compiled with this file (tests/CMakeLists.txt).
