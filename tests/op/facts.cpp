// SPDX-License-Identifier: BSL-1.0
/// What primitives say of themselves and kernels rely on, held against samples: of which argument the value
/// is, where it jumps, when numbers stay numbers, where no digit is lost (op/primitive.hpp).

#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"
#include "support/oracle.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace chainrule;
using namespace chainrule::detail;
using oracle::number;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float largest = std::numeric_limits<float>::max();
constexpr float smallest = std::numeric_limits<float>::denorm_min();

/// No NaN among them: zeros, subnormal numbers, ordinary ones of all sizes, infinities.
std::vector<float> special_numbers() {
    std::vector<float> result;
    for (float v : {0.0F, smallest, 0x1p-130F, 0x1p-126F, 0x1p-60F, 0.25F, 0.5F, 1.0F, 1.5F, 3.0F,
                    60.0F, 0x1p70F, largest, infinity}) {
        result.push_back(v);
        result.push_back(-v);
    }
    return result;
}

/// Calls use(arguments) for every combination of special numbers.
template<int Arity, class Use>
void for_each_combination(Use use) {
    const std::vector<float> all = special_numbers();
    std::size_t count = 1;
    for (int a = 0; a < Arity; ++a) count *= all.size();
    for (std::size_t k = 0; k < count; ++k) {
        float arguments[Arity];
        std::size_t rest = k;
        for (float& argument : arguments) {
            argument = all[rest % all.size()];
            rest /= all.size();
        }
        use(arguments);
    }
}

using batch = simd::batch<float, simd::native_lanes<float>>;

/// The value as kernels compute it.
template<class Operation>
float value(const float* arguments) {
    batch lanes[Operation::arity > 0 ? Operation::arity : 1];
    for (int a = 0; a < Operation::arity; ++a) lanes[a] = batch(arguments[a]);
    return primitive_functions<Operation>::template value<batch>(lanes)[0];
}

template<class Operation>
constexpr primitive_info facts = describe_primitive<Operation>();

/// Whether u·v of u·v + w overflows on the way: not where kernels round once.
template<class Operation>
bool overflows(const float* u) {
    const batch near_one(1 + 0x1p-20F);
    const bool is_fused = fma(near_one, near_one, batch(-1 - 0x1p-19F))[0] != 0;
    return Operation::name == "multiply_add" && !is_fused && std::isinf(u[0] * u[1]);
}

template<class Operation>
void check_numbers() {
    if constexpr (facts<Operation>.numbers != keeps::nothing) {
        constexpr int arity = Operation::arity;
        for_each_combination<arity>([](const float* u) {
            int others = 0;
            for (int a = 0; a < arity; ++a) others += u[a] == 0 || std::isinf(u[a]) ? 1 : 0;
            const bool applies = facts<Operation>.numbers == keeps::everything ||
                (others <= 1 && !overflows<Operation>(u));
            const float result = value<Operation>(u);
            if (!applies || !std::isnan(result)) return;
            FAIL(Operation::name << " of " << u[0] << ", " << (arity > 1 ? u[1] : 0) << " is NaN");
        });
    }
}

template<class Operation>
void check_choice() {
    if constexpr (facts<Operation>.chooses_from < Operation::arity) {
        for_each_combination<Operation::arity>([](const float* u) {
            const float result = std::fabs(value<Operation>(u));
            bool is_argument = false;
            for (int a = facts<Operation>.chooses_from; a < Operation::arity; ++a)
                is_argument = is_argument || result == std::fabs(u[a]);
            if (!is_argument) FAIL(Operation::name << " gives " << result << ", no argument");
        });
    }
}

template<class Operation>
void check_step() {
    if constexpr (facts<Operation>.is_step) {
        STATIC_REQUIRE(Operation::arity == 1);
        std::mt19937 random(1);
        std::uniform_real_distribution<float> uniform(-40, 40);
        for (int k = 0; k < 10000; ++k) {
            const float u = uniform(random);
            const float next = u * (1 + 0x1p-18F);
            const float jump = std::floor(u * 2);  // at most at every half-integer
            if (std::floor(next * 2) != jump) continue;
            CHECK(value<Operation>(&u) == value<Operation>(&next));
        }
    }
}

/// Whether one rounding or two separate a value from the exact one, subnormal or not.
bool is_close(float found, double exact) {
    if (std::fabs(exact) > static_cast<double>(largest) * (1 + 0x1p-25))
        return found == (exact > 0 ? infinity : -infinity);
    const float rounded = static_cast<float>(exact);
    if (std::isinf(rounded) || rounded == found) return true;
    const float size = std::max(std::fabs(rounded), 0x1p-126F);
    const double ulp = static_cast<double>(std::nextafter(size, infinity) - size);
    return std::fabs(exact - static_cast<double>(found)) <= 4 * ulp;
}

/// A function of u through what it shares, in float as kernels compute it.
template<class Operation>
float faithful_value(float u) {
    constexpr std::string_view name = Operation::name;
    float shared = 0;
    if constexpr (name != op::exp_minus_absolute_primitive::name)
        shared = value<op::exp_minus_absolute_primitive>(&u);
    if constexpr (name == op::sigmoid_below_zero_primitive::name) return value<Operation>(&shared);
    float first = u;
    if constexpr (name == op::sigmoid_slope_primitive::name) first = shared;
    if constexpr (name.substr(0, 8) == "#sigmoid")
        shared = value<op::sigmoid_below_zero_primitive>(&shared);
    const float arguments[] = {first, shared};
    return value<Operation>(arguments);
}
/// The same function by MPFR, from its formula in the usual names.
template<class Operation>
double exact_value(float u) {
    const number x(static_cast<double>(u));
    const number e = (-oracle::abs(x)).with(mpfr_exp);
    const std::string_view name = Operation::name;
    auto sigmoid = [&](const number& v) { return number(1) / (number(1) + (-v).with(mpfr_exp)); };
    number result(0);
    if (name == "tanh") result = x.with(mpfr_tanh);
    else if (name == "expm1" || name == "#expm1_below_zero") result = x.with(mpfr_expm1);
    else if (name == "#exp_minus_absolute" || name == "#exp_beside_expm1") result = e;
    else if (name == "#sigmoid_slope") result = e / ((number(1) + e) * (number(1) + e));
    else if (name == "#sigmoid_below_zero") result = e / (number(1) + e);
    else if (name == "#sigmoid_shared") result = sigmoid(x);
    else if (name == "#sigmoid_shared_opposite") result = sigmoid(-x);
    else if (name == "#softplus_shared")
        result = e.with(mpfr_log1p) + number(u > 0 ? static_cast<double>(u) : 0);
    else if (name == "#softplus_shared_opposite")
        result = e.with(mpfr_log1p) + number(u < 0 ? -static_cast<double>(u) : 0);
    else FAIL("how is " << name << " computed exactly?");
    return result.to_double();
}

template<class Operation>
void check_faithful() {
    if constexpr (facts<Operation>.is_faithful) {
        std::mt19937 random(2);
        std::vector<float> samples = special_numbers();
        for (int k = 0; k < 20000; ++k) {
            // Half over all bit patterns, half where exponentials are subnormal.
            const auto bits = static_cast<std::uint32_t>(random());
            const auto u = std::bit_cast<float>(bits);
            samples.push_back(std::isnan(u) ? 1.0F : u);
            samples.push_back(static_cast<float>(bits % 0x10000U) * 0x1p-8F - 128);
        }
        for (float u : samples) {
            if (std::isinf(u)) continue;  // checked as limits in tests/kernel/math.cpp
            if (u > 0 && Operation::name == op::expm1_below_zero_primitive::name) continue;
            const float found = faithful_value<Operation>(u);
            const double exact = exact_value<Operation>(u);
            if (!is_close(found, exact))
                FAIL(Operation::name << " at " << u << " is " << found << ", not " << exact);
        }
    }
}

/// An ordinary value must survive whatever the arguments are: compared with arithmetic in double, in which
/// nothing of a float is subnormal.
template<class Operation>
void check_digits() {
    constexpr keeps digits = facts<Operation>.digits;
    if constexpr (digits != keeps::nothing && Operation::arity > 0 && Operation::name[0] != '#') {
        for_each_combination<Operation::arity>([](const float* u) {
            double wide[Operation::arity];
            for (int a = 0; a < Operation::arity; ++a) wide[a] = static_cast<double>(u[a]);
            const float last = u[Operation::arity - 1];
            if (digits == keeps::with_last_number && (last == 0 || std::isinf(last))) return;
            const double exact = primitive_functions<Operation>::template value<double>(wide);
            const float result = value<Operation>(u);
            if (overflows<Operation>(u)) return;
            if (!(std::fabs(exact) >= 0x1p-126) || std::isinf(result)) return;
            CHECK(std::fabs(static_cast<double>(result) - exact) <= 0x1p-23 * std::fabs(exact));
        });
    }
}

/// NaN in any argument gives NaN, or where it may be dropped NaN in all of them, but in an arm that is not chosen.
template<class Operation>
void check_nan() {
    constexpr int arity = Operation::arity;
    if constexpr (arity > 0 && facts<Operation>.long_value != nullptr &&
                  !facts<Operation>.drops_nan) {
        constexpr bool has_arms = facts<Operation>.chooses_from < arity;
        constexpr int last =
            has_arms && facts<Operation>.chooses_from > 0 ? facts<Operation>.chooses_from : arity;
        std::mt19937 random(3);
        const std::vector<float> all = special_numbers();
        for (int k = 0; k < 2000; ++k) {
            float u[arity];
            for (float& argument : u) argument = all[random() % all.size()];
            for (int a = 0; a < last; ++a) {
                if (facts<Operation>.drops_nan || a == k % last)
                    u[a] = std::numeric_limits<float>::quiet_NaN();
            }
            if (!std::isnan(value<Operation>(u))) FAIL(Operation::name << " drops NaN");
        }
    }
}

template<class... Operation>
void check_all(type_list<Operation...>) {
    (check_numbers<Operation>(), ...);
    (check_choice<Operation>(), ...);
    (check_step<Operation>(), ...);
    (check_faithful<Operation>(), ...);
    (check_digits<Operation>(), ...);
    (check_nan<Operation>(), ...);
}

}  // namespace

TEST_CASE("primitives are what they say", "[op][laws]") { check_all(all_primitives{}); }

TEST_CASE("what some primitives say", "[op]") {
    STATIC_REQUIRE(facts<op::max_primitive>.chooses_from == 0);
    STATIC_REQUIRE(facts<op::selection<true>>.chooses_from == 2);
    STATIC_REQUIRE(facts<op::tanh_primitive>.chooses_from >= op::tanh_primitive::arity);
    STATIC_REQUIRE(facts<op::divide_primitive>.digits == keeps::with_last_number);
    STATIC_REQUIRE(facts<op::add_primitive>.digits == keeps::everything);
    STATIC_REQUIRE(facts<op::exp_primitive>.digits == keeps::nothing);
    STATIC_REQUIRE(facts<op::multiply_primitive>.numbers == keeps::with_numbers);
    STATIC_REQUIRE(facts<op::sqrt_primitive>.numbers == keeps::nothing);
    STATIC_REQUIRE(facts<op::pow_primitive>.drops_nan);
}
