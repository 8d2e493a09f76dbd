// SPDX-License-Identifier: BSL-1.0
/// Streaming stores, here for all sizes: the same results, nothing written beside the outputs.
#define CHAINRULE_STREAMING_BYTES 0
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/op.hpp>

#include "kernel/arrays.hpp"

using namespace chainrule;
using namespace chainrule::literals;
namespace simd = detail::simd;

namespace {
inline constexpr parameter<"beta"> beta;
}

TEMPLATE_TEST_CASE("copies past the caches, from and to every alignment", "", float, double) {
    for (std::size_t size = 0; size < 70; ++size) {
        for (std::size_t offset = 0; offset < 17; ++offset) {
            arrays::guarded<TestType> to(size, offset);
            arrays::guarded<TestType> sum(size, offset);
            const std::vector<TestType> from = arrays::ordinary_values<TestType>(size + 3);
            for (std::size_t i = 0; i < size; ++i) sum[i] = 1;
            detail::stream_copy(to.span().data(), from.data() + offset % 3, size);
            detail::add_to(sum.span().data(), from.data() + offset % 3, size);
            simd::store_fence();
            for (std::size_t i = 0; i < size; ++i) {
                REQUIRE(to[i] == from[i + offset % 3]);
                REQUIRE(sum[i] == 1 + from[i + offset % 3]);
            }
            REQUIRE((to.guards_intact() && sum.guards_intact()));
        }
    }
}

TEMPLATE_TEST_CASE("results that are streamed", "", float, double) {
    using T = TestType;
    CHECK(detail::streaming_threshold() == 0);
    for (std::size_t size : {0U, 1U, 16U, 1000U, 1024U, 5003U}) {
        for (std::size_t offset : {0U, 1U, 4U}) {
            arrays::guarded<T> in(size, offset);
            arrays::guarded<T> grad_out(size, 1);
            arrays::guarded<T> out(size, offset);
            arrays::guarded<T> grad_in(size, 3);
            double sum = 0;
            for (std::size_t i = 0; i < size; ++i) {
                in[i] = static_cast<T>(i % 11) - 5;
                grad_out[i] = static_cast<T>(i % 3) - 1;
                sum += static_cast<double>(grad_out[i] * in[i] * in[i]);
            }
            const auto g = forward_backward(beta * x * x, in.span(), grad_out.span(), out.span(),
                                            grad_in.span(), beta = T(2));
            CHECK(g[beta] == sum);
            for (std::size_t i = 0; i < size; ++i) {
                REQUIRE(out[i] == 2 * in[i] * in[i]);
                REQUIRE(grad_in[i] == 4 * grad_out[i] * in[i]);
            }
            // Runs of one channel end where they do, wherever the first aligned element is.
            std::vector<T> channels{T(1), T(2), T(3)};
            for (std::size_t inner : {1U, 16U, 128U, 300U}) {
                forward(beta * x, out.span(), x = in.span(), beta = per_channel(channels, inner));
                for (std::size_t i = 0; i < size; ++i)
                    REQUIRE(out[i] == channels[i / inner % 3] * in[i]);
            }
            // In place, which is not streamed, beside an output that is.
            std::vector<T> value(size);
            value_and_derivative(x * x, in.span(), in.span(), value);
            for (std::size_t i = 0; i < size; ++i) {
                const T u = static_cast<T>(i % 11) - 5;
                REQUIRE((in[i] == u * u && value[i] == 2 * u));
            }
            CHECK((in.guards_intact() && out.guards_intact() && grad_in.guards_intact()));
        }
    }
}
