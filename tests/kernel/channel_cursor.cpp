// SPDX-License-Identifier: BSL-1.0
/// The pieces that a channel_cursor hands out, against values[(i / inner) % size].
#include <chainrule/kernel/channel_cursor.hpp>

#include "kernel/arrays.hpp"

using namespace chainrule;

namespace {

/// Reads elements begin ... begin + size as the loop does; the result is how many pieces that took, 0 if a value is
/// wrong.
template<std::size_t Lanes, class T>
std::size_t read_all(detail::channel_cursor<T>& cursor, std::size_t begin, std::size_t size) {
    const detail::channel_layout layout = cursor.layout;
    std::size_t pieces = 0;
    for (std::size_t done = 0; done < size; ++pieces) {
        const auto piece = cursor.template from<Lanes>(begin + done, size - done);
        if (piece.length == 0 || piece.length % Lanes != 0 || piece.length > size - done) return 0;
        for (std::size_t j = 0; j < piece.length; ++j) {
            const std::size_t channel = (begin + done + j) / layout.inner % layout.count;
            if (piece.here[piece.is_constant ? j % Lanes : j] != cursor.values[channel]) return 0;
        }
        done += piece.length;
    }
    return pieces;
}

}  // namespace

TEMPLATE_TEST_CASE("pieces hold the values of their elements", "", float, double, std::uint16_t) {
    using T = TestType;
    for (std::size_t count : {1U, 2U, 7U, 32U, 255U, 256U, 700U, 1025U}) {
        std::vector<T> values(count);
        for (std::size_t c = 0; c < count; ++c) values[c] = static_cast<T>(3 * c + 1);
        for (std::size_t inner : {1U, 2U, 3U, 16U, 31U, 49U, 64U, 127U, 128U, 131U, 784U, 3000U}) {
            INFO(count << " channels, inner " << inner);
            detail::channel_cursor<T> single(values.data(), {count, inner});
            CHECK(read_all<1>(single, 0, 500) > 0);
            detail::channel_cursor<T> cursor(values.data(), {count, inner});
            CHECK(read_all<8>(cursor, 500, 4000) > 0);
            // Back, and into the middle of a run.
            CHECK(read_all<8>(cursor, 3, 3200) > 0);
            detail::channel_cursor<T> copy = cursor;
            CHECK(read_all<8>(copy, 3203, 800) > 0);
            detail::channel_cursor<T> wide(values.data(), {count, inner});
            CHECK(read_all<64>(wide, std::size_t{1} << 40, 6400) > 0);
            std::vector<T> copied(5, T(0));
            cursor.copy(cursor, inner * count - 2, 5, copied.data());
            for (std::size_t j = 0; j < 5; ++j)
                CHECK(copied[j] == values[(inner * count - 2 + j) / inner % count]);
        }
    }
}

TEST_CASE("pieces are long where they can be") {
    const std::vector<float> values(3000, 2.0F);
    detail::channel_cursor<float> row(values.data(), {3000, 1});
    CHECK(read_all<8>(row, 0, 3000) == 1);
    detail::channel_cursor<float> image(values.data(), {3000, 784});
    CHECK(read_all<16>(image, 0, 784 * 10) == 10);
    detail::channel_cursor<float> large(values.data(), {3000, 100 * 100 + 1});
    CHECK(read_all<16>(large, 0, 20000) == 3);
    detail::channel_cursor<float> huge(values.data(), {3000, ~std::size_t{0}});
    CHECK(read_all<16>(huge, 16, 16000) == 1);
    detail::channel_cursor<float> few(values.data(), {3, 1});
    CHECK(read_all<16>(few, 0, 512 * 20) < 25);
}
