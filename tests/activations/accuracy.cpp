// SPDX-License-Identifier: BSL-1.0
/// The kernels of every catalogue entry are as near to the truth as docs/accuracy.md says: samples over all floats and doubles,
/// and the floats next to each kink (support/kernel_error.hpp says how it is measured, tests/sweep renews the page).
#include <chainrule/chainrule.hpp>
#include <chainrule/verify/kinks.hpp>

#include "activations/accuracy_page.hpp"
#include "activations/textbook.hpp"
#include "support/catch.hpp"
#include "support/kernel_error.hpp"

#include <boost/hana/for_each.hpp>

using namespace chainrule;

namespace {

/// The error over the 64 floats on each side of every kink: what is rounded onto a kink has the other side's slope.
template<class Subject>
kernel_error::figures measure_at_kinks(const std::vector<kink_point>& kinks) {
    kernel_error::figures result;
    for (const kink_point& kink : kinks) {
        const auto at = static_cast<float>(kink.at);
        if (at == 0) {
            result.merge(Subject::measure_between(0.0F, 0x40p-149F, 1));
            result.merge(Subject::measure_between(-0x40p-149F, -0.0F, 1));
        } else {
            const auto number = std::bit_cast<std::uint32_t>(std::fabs(at));
            const auto low = std::copysign(std::bit_cast<float>(number - 64), at);
            const auto high = std::copysign(std::bit_cast<float>(number + 64), at);
            result.merge(Subject::measure_between(std::min(low, high), std::max(low, high), 1));
        }
    }
    return result;
}

}  // namespace

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
        using fast = subject<formula>;
        using exact = subject<formula, accurate_tag>;
        check("default", fast::measure(2039, threads), 0);
        check("accurate", exact::measure(2039, threads), 2);
        const std::vector<kink_point> kinks = find_kinks(f, -20, 20);
        check("default, at kinks", measure_at_kinks<fast>(kinks), 0);
        check("accurate, at kinks", measure_at_kinks<exact>(kinks), 2);
        check("double", fast::measure_double(2000), 4);
    });
}
