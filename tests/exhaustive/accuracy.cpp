// SPDX-License-Identifier: BSL-1.0
/// The kernels of every catalogue entry are as near to the truth as docs/accuracy.md says: all floats, and more doubles
/// (support/kernel_error.hpp says how it is measured, tests/sweep renews the page).
#include <chainrule/chainrule.hpp>

#include "activations/accuracy_page.hpp"
#include "activations/textbook.hpp"
#include "support/catch.hpp"
#include "support/kernel_error.hpp"

#include <boost/hana/for_each.hpp>

using namespace chainrule;

TEST_CASE("kernels are as near to the truth as the manual says") {
    const accuracy_page::table page = accuracy_page::read();
    const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    boost::hana::for_each(activations::all, [&](const auto& entry) {
        using entry_type = std::remove_cvref_t<decltype(entry)>;
        constexpr auto f = textbook::with_values<entry_type>();
        using formula = std::remove_const_t<decltype(f)>;
        using kernel_error::subject;
        const std::string name(entry.name);
        REQUIRE(page.count(name) == 1);
        const accuracy_page::row& known = page.at(name);
        auto check = [&](const char* tier, const kernel_error::figures& found, std::size_t column) {
            CAPTURE(name, tier, found.value.ulp, found.value.at, found.slope.ulp, found.slope.at);
            CHECK(found.value.ulp <= known[column]);
            CHECK(found.slope.ulp <= known[column + 1]);
            CHECK(found.value.wrong == 0);
            CHECK(found.slope.wrong == 0);
        };
        check("default", subject<formula>::measure(1, threads), 0);
        check("accurate", subject<formula, accurate_tag>::measure(1, threads), 2);
        check("double", subject<formula>::measure_double(20000), 4);
    });
}
