// SPDX-License-Identifier: BSL-1.0
/// The vector type: every operation in every lane against the scalar C++ operation, and memory
/// access that stays inside its bounds (next to a page that may not be touched).

#include <chainrule/kernel/batch.hpp>

#include "support/catch.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace simd = chainrule::detail::simd;

namespace {

template<class B>
struct tester {
    using batch = B;
    using number = typename B::value_type;
    static constexpr int lanes = B::lane_count;
    using limits = std::numeric_limits<number>;

    static std::vector<number> interesting() {
        return {number(0),
                -number(0),
                limits::denorm_min(),
                -limits::denorm_min(),
                limits::min(),
                -limits::min(),
                limits::max(),
                -limits::max(),
                limits::infinity(),
                -limits::infinity(),
                limits::quiet_NaN(),
                number(1),
                number(-1),
                number(0.5),
                number(-0.5),
                number(1.5),
                number(-1.5),
                number(2.5),
                number(-2.5),
                number(0.1),
                number(-0.7),
                number(3.75),
                number(1) / limits::epsilon(),
                number(-3) / limits::epsilon(),
                number(1000.5),
                number(-123456.75)};
    }

    /// Lane k holds special, the others an ordinary number.
    static batch with(number special, int lane) {
        number values[lanes];
        std::fill(values, values + lanes, number(0.625));
        values[lane] = special;
        return simd::load<batch>(values);
    }

    static bool same(number a, number b) {
        return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b));
    }
};

using widths = std::tuple<simd::batch<float, simd::native_lanes<float>>,
                          simd::batch<double, simd::native_lanes<double>>, simd::batch<float, 1>,
                          simd::batch<double, 1>>;

/// Some memory whose last byte is followed by a page that must not be touched.
class guarded_memory {
public:
    guarded_memory() : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
        void* both =
            mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        REQUIRE(both != MAP_FAILED);
        start_ = static_cast<char*>(both);
        REQUIRE(mprotect(start_ + page_, page_, PROT_NONE) == 0);
    }
    guarded_memory(const guarded_memory&) = delete;
    guarded_memory& operator=(const guarded_memory&) = delete;
    ~guarded_memory() { munmap(start_, 2 * page_); }

    /// Room for `count` numbers that ends at the forbidden page.
    template<class T>
    T* last(int count) {
        return reinterpret_cast<T*>(start_ + page_) - count;
    }

private:
    std::size_t page_;
    char* start_ = nullptr;
};

}  // namespace

static_assert(simd::batch<float, 1>(2.0F).lanes * 3.0F == 6.0F);
static_assert((simd::batch<double, 1>(2.0) < 3.0).lanes);
static_assert(simd::copy_sign(simd::batch<double, 1>(2.0), simd::batch<double, 1>(-0.0)).lanes ==
              -2.0);
static_assert(simd::absolute(simd::batch<float, 1>(-2.0F)).lanes == 2.0F);
static_assert(simd::bits(simd::batch<float, 1>(1.0F)).lanes == 0x3f800000U);

TEST_CASE("the instruction set is the one the compiler was told to use", "[batch]") {
#ifdef CHAINRULE_EXPECTED_INSTRUCTION_SET
    CHECK(std::string(simd::instruction_set) == CHAINRULE_EXPECTED_INSTRUCTION_SET);
#endif
    const std::string name(simd::instruction_set);
    const int bytes = name == "avx512" ? 64 : name == "avx2" ? 32 : name == "generic" ? 0 : 16;
    CHECK(simd::register_bytes == bytes);
    CHECK(simd::native_lanes<float> == (bytes == 0 ? 1 : bytes / 4));
    CHECK(simd::native_lanes<double> == (bytes == 0 ? 1 : bytes / 8));
#if defined(__x86_64__)
    // Every x86-64 has SSE2, and nothing above is selected that this machine could not run.
    CHECK(name != "generic");
    CHECK(name != "neon");
#if !defined(CHAINRULE_EMULATED_AVX512)
    if (name == "avx512") CHECK(__builtin_cpu_supports("avx512dq"));
#endif
    if (name == "avx2") CHECK(__builtin_cpu_supports("avx2"));
#elif defined(__aarch64__)
    CHECK(name == "neon");
#endif
#if defined(__AVX512F__) && defined(__AVX512DQ__)
    CHECK(name == "avx512");
#elif defined(__AVX2__) && defined(__FMA__)
    CHECK(name == "avx2");
#endif
}

TEMPLATE_LIST_TEST_CASE("arithmetic, comparison and selection in every lane", "[batch]", widths) {
    using test = tester<TestType>;
    using T = typename test::number;
    using B = TestType;
    for (int lane = 0; lane < test::lanes; ++lane) {
        for (const T a : test::interesting()) {
            for (const T b : test::interesting()) {
                INFO("lane " << lane << " a " << a << " b " << b);
                const B u = test::with(a, lane);
                const B v = test::with(b, lane);
                const bool fine = test::same((u + v)[lane], a + b) &&
                    test::same((u - v)[lane], a - b) && test::same((u * v)[lane], a * b) &&
                    test::same((u / v)[lane], a / b) && test::same((-u)[lane], -a) &&
                    test::same(absolute(u)[lane], std::abs(a)) &&
                    test::same(negative_absolute(u)[lane], -std::abs(a)) &&
                    test::same(copy_sign(u, v)[lane], std::copysign(a, b));
                CHECK(fine);
                const T larger = std::isnan(a) || std::isnan(b) ? test::limits::quiet_NaN()
                    : a < b                                     ? b
                                                                : a;
                const T smaller = std::isnan(a) || std::isnan(b) ? test::limits::quiet_NaN()
                    : b < a                                      ? b
                                                                 : a;
                CHECK(test::same(maximum(u, v)[lane], larger));
                CHECK(test::same(minimum(u, v)[lane], smaller));
                CHECK(test::same(larger_or_second(u, v)[lane], a > b ? a : b));
                CHECK(test::same(smaller_or_second(u, v)[lane], a < b ? a : b));
                const auto chosen = [&](auto mask) {
                    return select(mask, T(1), T(0))[lane] == T(1);
                };
                const bool compared = chosen(u < v) == (a < b) && chosen(u <= v) == (a <= b) &&
                    chosen(u > v) == (a > b) && chosen(u >= v) == (a >= b) &&
                    chosen(u == v) == (a == b) && chosen(u != v) == (a != b) &&
                    chosen(!(u < v)) == !(a < b) &&
                    chosen((u < v) | (u == v)) == (a < b || a == b) &&
                    chosen((u <= v) & (u >= v)) == (a == b) && chosen(is_nan(u)) == std::isnan(a);
                CHECK(compared);
                CHECK(test::same(select(u < v, u, v)[lane], a < b ? a : b));
                if (simd::has_fused_multiply_add)
                    CHECK(test::same(fma(u, v, B(T(0.3)))[lane], std::fma(a, b, T(0.3))));
            }
        }
    }
}

TEMPLATE_LIST_TEST_CASE("functions of one number in every lane", "[batch]", widths) {
    using test = tester<TestType>;
    using T = typename test::number;
    for (int lane = 0; lane < test::lanes; ++lane) {
        std::vector<T> values = test::interesting();
        for (int i = -40; i <= 40; ++i) values.push_back(T(i) / 8);
        for (const T a : values) {
            INFO("lane " << lane << " a " << a);
            const TestType u = test::with(a, lane);
            CHECK(test::same(square_root(u)[lane], std::sqrt(a)));
            CHECK(test::same(round_half_even(u)[lane], std::nearbyint(a)));
            CHECK(test::same(floor(u)[lane], std::floor(a)));
            CHECK(test::same(from_bits(bits(u))[lane], a));
        }
    }
}

TEMPLATE_LIST_TEST_CASE("any sees each lane alone", "[batch]", widths) {
    using test = tester<TestType>;
    using T = typename test::number;
    const TestType zero(T(0));
    CHECK_FALSE(any(zero > zero));
    CHECK(any(zero == zero));
    for (int lane = 0; lane < test::lanes; ++lane) {
        CHECK(any(test::with(T(-1), lane) < zero));
        CHECK(any(is_nan(test::with(test::limits::quiet_NaN(), lane))));
    }
}

TEMPLATE_LIST_TEST_CASE("broadcast keeps the sign of a zero", "[batch]", widths) {
    using test = tester<TestType>;
    using T = typename test::number;
    for (int lane = 0; lane < test::lanes; ++lane) {
        CHECK(std::signbit(TestType(-T(0))[lane]));
        CHECK_FALSE(std::signbit(TestType(T(0))[lane]));
    }
}

TEMPLATE_LIST_TEST_CASE("scale by a power of two, down into the subnormals", "[batch]", widths) {
    using test = tester<TestType>;
    using T = typename test::number;
    const int most = test::limits::max_exponent + test::limits::digits + 2;
    for (const T a : {T(1), T(-1.25), T(0.70710678), T(1.41421356), T(3.999), T(0.25), T(0)}) {
        for (int n = -most; n <= most; ++n) {
            INFO("a " << a << " n " << n);
            const TestType scaled = scale(TestType(a), TestType(T(n)));
            CHECK(test::same(scaled[test::lanes - 1], std::ldexp(a, n)));
            if (n > test::limits::min_exponent && n < test::limits::max_exponent)
                CHECK(test::same(scale_normal(TestType(a), TestType(T(n)))[0], std::ldexp(a, n)));
        }
    }
}

TEMPLATE_LIST_TEST_CASE("whole and partial loads and stores at any offset", "[batch]", widths) {
    using test = tester<TestType>;
    using T = typename test::number;
    constexpr int lanes = test::lanes;
    constexpr int room = 3 * lanes + 1;
    T source[room];
    for (int i = 0; i < room; ++i) source[i] = T(i + 1);
    for (int offset = 0; offset <= lanes; ++offset) {
        T target[room] = {};
        store(target + offset, simd::load<TestType>(source + offset));
        for (int i = 0; i < room; ++i)
            CHECK(target[i] == (i >= offset && i < offset + lanes ? source[i] : T(0)));
        for (int count = 0; count <= lanes; ++count) {
            const TestType part = simd::load_partial<TestType>(source + offset, count);
            for (int i = 0; i < lanes; ++i)
                CHECK(part[i] == (i < count ? source[offset + i] : T(0)));
            T partial[room];
            std::fill(partial, partial + room, T(-1));
            store_partial(partial + offset, simd::load<TestType>(source + offset), count);
            for (int i = 0; i < room; ++i)
                CHECK(partial[i] == (i >= offset && i < offset + count ? source[i] : T(-1)));
        }
    }
}

TEMPLATE_LIST_TEST_CASE("partial access touches nothing behind the array", "[batch]", widths) {
    using test = tester<TestType>;
    using T = typename test::number;
    guarded_memory memory;
    for (int count = 0; count <= test::lanes; ++count) {
        T* const last = memory.last<T>(count);
        for (int i = 0; i < count; ++i) last[i] = T(i + 1);
        const TestType part = simd::load_partial<TestType>(last, count);
        for (int i = 0; i < count; ++i) CHECK(part[i] == T(i + 1));
        store_partial(last, part + T(1), count);
        for (int i = 0; i < count; ++i) CHECK(last[i] == T(i + 2));
    }
}

TEMPLATE_LIST_TEST_CASE("streaming stores arrive", "[batch]", widths) {
    using test = tester<TestType>;
    using T = typename test::number;
    alignas(64) T target[4 * test::lanes] = {};
    for (int i = 0; i < 4; ++i) simd::store_streaming(target + i * test::lanes, TestType(T(i + 1)));
    simd::store_fence();
    for (int i = 0; i < 4 * test::lanes; ++i) CHECK(target[i] == T(i / test::lanes + 1));
}
