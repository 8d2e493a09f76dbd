// SPDX-License-Identifier: BSL-1.0
/// Tables of kernels in a file that is compiled once, without chainrule_add_kernels: there is the baseline
/// only. (examples/09_several_instruction_sets is compiled for several, and run with each.)
#include <chainrule/kernel/dispatch.hpp>

#include "support/catch.hpp"

#include <string>

struct table_of_this_test {
    int (*answer)();
};

CHAINRULE_KERNELS(table_of_this_test) {
    return {.answer = [] { return 42; }};
}

using namespace chainrule;

TEST_CASE("a file compiled once has baseline kernels") {
    CHECK(kernels<table_of_this_test>(instruction_set::baseline).answer() == 42);
    CHECK(has_kernels<table_of_this_test>(instruction_set::baseline));
    CHECK(!has_kernels<table_of_this_test>(instruction_set::avx2));
    CHECK(!has_kernels<table_of_this_test>(instruction_set::avx512));
    CHECK(kernels<table_of_this_test>().answer() == 42);
}

TEST_CASE("what was not compiled cannot be asked for") {
    std::string message;
    try {
        (void)kernels<table_of_this_test>(instruction_set::avx2);
    } catch (const argument_error& e) {
        message = e.what();
    }
    const std::string reason = detail::machine_has(instruction_set::avx2)
        ? "the kernels were not compiled for it; name it in ISAS of chainrule_add_kernels"
        : "this machine does not have it";
    CHECK(message == "chainrule: instruction set 'avx2' was asked for, but " + reason);
}
