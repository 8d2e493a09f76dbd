// SPDX-License-Identifier: BSL-1.0
/// Powers of σ(u) in products of kernels, where the roundings of σ(u) must not add up.
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/verify/ulp.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

TEST_CASE("powers of sigmoid times something in double are within 2 ULP, 4 in the tail") {
    // Without a fused multiply-add every product of three rounds twice.
    const std::uint64_t bound = detail::simd::has_fused_multiply_add ? 2 : 4;
    std::vector<double> in;
    for (int k = 1; k <= 4000; ++k) {
        const double size = std::exp2(-14.0 + 0.00475 * k);
        in.push_back(size);
        in.push_back(-size);
    }
    std::vector<double> square(in.size());
    std::vector<double> slope(in.size());
    std::vector<double> cube(in.size());
    value_and_derivative("x*sigmoid(x)^2"_f, in, square, slope);
    forward("-x*sigmoid(x)^3"_f, in, cube);
    for (std::size_t i = 0; i < in.size(); ++i) {
        // long double has 11 bits more.
        const long double u = in[i];
        const long double s = 1 / (1 + std::exp(-u));
        INFO("at " << in[i]);
        CHECK(ulp_distance(square[i], static_cast<double>(u * s * s)) <= bound);
        // e^u counts three times in the tail.
        const std::uint64_t cube_bound = u < -1 ? 2 * bound : bound;
        CHECK(ulp_distance(cube[i], static_cast<double>(-u * s * s * s)) <= cube_bound);
        const auto wanted = static_cast<double>(s * s * (1 + 2 * u / (1 + std::exp(u))));
        if (in[i] > 0) CHECK(ulp_distance(slope[i], wanted) <= bound);
    }
}
