// SPDX-License-Identifier: BSL-1.0
/// Where terms cancel or roundings meet just above a power of two, samples over all floats see too little: here
/// the kernels of the default tier are measured densely, against the bar of 4 ULP (support/kernel_error.hpp).
#include <chainrule/chainrule.hpp>

#include "activations/textbook.hpp"
#include "support/catch.hpp"
#include "support/kernel_error.hpp"

#include <boost/hana/for_each.hpp>

using namespace chainrule;

namespace {

constexpr double bar = 4;

template<fixed_string Name, class Visitor>
void with_entry(Visitor visit) {
    boost::hana::for_each(activations::all, [&](const auto& entry) {
        using entry_type = std::remove_cvref_t<decltype(entry)>;
        if constexpr (entry_type::name == Name.view()) {
            constexpr auto f = textbook::with_values<entry_type>();
            visit(kernel_error::subject<std::remove_const_t<decltype(f)>>{});
        }
    });
}

template<fixed_string Name>
void check_between(float low, float high) {
    int measured = 0;
    with_entry<Name>([&](auto subject) {
        const kernel_error::figures found = subject.measure_between(low, high, 64);
        CAPTURE(std::string(Name.view()), low, high, found.value.at, found.slope.at);
        CHECK(found.value.ulp <= bar);
        CHECK(found.slope.ulp <= bar);
        CHECK(found.value.wrong + found.slope.wrong == 0);
        ++measured;
    });
    REQUIRE(measured == 1);
}

template<fixed_string Name>
void check_doubles() {
    with_entry<Name>([&](auto subject) {
        const kernel_error::figures found = subject.measure_double(50000);
        CAPTURE(std::string(Name.view()), found.value.at, found.slope.at);
        CHECK(found.value.ulp <= 2);
        CHECK(found.slope.ulp <= 2);
    });
}

}  // namespace

TEST_CASE("slopes whose terms cancel between their root and 0") {
    check_between<"tanhexp">(-2.2F, -0.2F);  // 9.8 when the terms were added as they are
    check_between<"mish">(-1.0F, -0.1F);     // 5.0
    check_between<"gelu">(-0.4F, -0.3F);     // 5.1
    check_between<"gelu">(-1.5F, -1.0F);
    check_between<"gelu_tanh">(-0.4F, -0.3F);  // 5.2, like the next
    check_between<"gelu_tanh">(-1.7F, -1.1F);
    check_between<"silu">(-0.6F, -0.5F);  // 4.2
    check_between<"silu">(-2.7F, -2.5F);
    check_between<"gelu_quick">(-0.35F, -0.3F);  // 4.4
    check_between<"gelu_quick">(-1.6F, -1.4F);   // 4.3
    check_between<"elish">(-0.7F, -0.2F);        // 4.5
    check_between<"squareplus">(-8.0F, -0.01F);  // 4.5
    check_between<"squareplus">(0.01F, 8.0F);
}

TEST_CASE("tails, where an exponential and a divisor are rounded") {
    check_between<"silu">(-5.0F, -4.5F);        // slope 4.4
    check_between<"gelu_quick">(-2.9F, -2.7F);  // slope 4.5
    check_between<"gelu_tanh">(-4.4F, -3.0F);   // slope 4.6
    check_between<"mish">(-8.0F, -7.0F);        // value 4.4
    check_between<"tanhexp">(-3.5F, -3.2F);     // value 4.3
}

TEST_CASE("doubles, more of them than in accuracy.cpp") {
    check_doubles<"sigmoid">();  // slope 2.9 when it came from a rounded sigmoid
    check_doubles<"silu">();     // slope 2.3
    check_doubles<"elish">();
    check_doubles<"gelu_quick">();
    check_doubles<"tanh">();  // slope 2.5
    check_doubles<"tanh_p1m2">();
}

TEST_CASE("tanh with its slope and its square") {
    check_between<"tanh">(0.1F, 0.3F);         // 4.6: e^-2u - 1 came from a rounded e^-2u
    check_between<"lisht">(0.1F, 0.3F);        // 5.6
    check_between<"tanh_shrink">(0.1F, 1.2F);  // 5.8
    check_between<"tanh_shrink">(-1.2F, -0.1F);
}

TEST_CASE("intervals of floats as polynomials are the truth that all floats are compared with") {
    with_entry<"silu">([](auto subject) {
        using measured = decltype(subject);
        typename measured::interval truth;
        REQUIRE(truth.fit(std::bit_cast<std::uint32_t>(-3.0F), measured::longest_interval));
        for (float at : {-3.0F, -3.0078F, -3.03F}) {
            const double t = (static_cast<double>(at) - truth.middle) * truth.scale;
            const auto exact = kernel_error::oracle<typename measured::value_and_slope>(
                static_cast<long double>(at));
            CHECK(std::fabs(truth.value.at(t) / static_cast<double>(exact[0]) - 1) < 0x1p-40);
            CHECK(std::fabs(truth.slope.at(t) / static_cast<double>(exact[1]) - 1) < 0x1p-40);
        }
    });
    with_entry<"hard_sigmoid">([](auto subject) {
        typename decltype(subject)::interval truth;
        const auto kink = std::bit_cast<std::uint32_t>(3.0F);
        CHECK(truth.fit(kink + 1024, 1024));
        CHECK_FALSE(truth.fit(kink - 512, 1024));
    });
}

TEST_CASE("what underflows has no root, beside which more would be allowed") {
    auto roots = [](auto subject, double of_value, double of_slope) {
        std::vector<double> values;
        std::vector<double> slopes;
        subject.find_roots(values, slopes);
        auto check = [](const std::vector<double>& found, double root) {
            REQUIRE(found.size() == (std::isnan(root) ? 0 : 1));
            if (!found.empty()) CHECK(found[0] == Approx(root).margin(1e-3));
        };
        check(values, of_value);
        check(slopes, of_slope);
    };
    with_entry<"sigmoid">([&](auto subject) { roots(subject, NAN, NAN); });
    with_entry<"silu">([&](auto subject) { roots(subject, NAN, -1.278464542761); });
    with_entry<"gelu">([&](auto subject) { roots(subject, NAN, -0.751791524693565); });
}

TEST_CASE("next to roots where the slope is small") {
    check_between<"xielu">(-3.0F, -1.5F);  // 66
    check_between<"snake">(-1.0F, -0.7F);  // double root of the slope at -pi/4: no digit was right
    check_between<"snake">(2.2F, 2.5F);
    check_between<"snake">(1000.0F, 1004.0F);
    check_between<"snake">(1e6F, 1.1e6F);
}
