// SPDX-License-Identifier: BSL-1.0
/// Reads and writes the same arrays as the row and hardly computes: what the memory allows, with
/// ordinary and with non-temporal stores.
#include "../harness.hpp"
#include "../traffic.hpp"

#include <immintrin.h>

namespace {

using benchmark::arguments;

#if defined(__AVX512F__)
using vector = __m512;
vector load(const float* p) { return _mm512_load_ps(p); }
void write(float* p, vector v) { _mm512_store_ps(p, v); }
void write_past(float* p, vector v) { _mm512_stream_ps(p, v); }
constexpr std::size_t lanes = 16;
#elif defined(__AVX__)
using vector = __m256;
vector load(const float* p) { return _mm256_load_ps(p); }
void write(float* p, vector v) { _mm256_store_ps(p, v); }
void write_past(float* p, vector v) { _mm256_stream_ps(p, v); }
constexpr std::size_t lanes = 8;
#else
using vector = __m128;
vector load(const float* p) { return _mm_load_ps(p); }
void write(float* p, vector v) { _mm_store_ps(p, v); }
void write_past(float* p, vector v) { _mm_stream_ps(p, v); }
constexpr std::size_t lanes = 4;
#endif

template<int Reads, int Writes, bool Past>
void copy(const float* const* in, float* const* out, std::size_t size) {
    for (std::size_t i = 0; i < size; i += lanes) {
        vector v = load(in[0] + i);
        if constexpr (Reads > 1) v = v + load(in[1] + i);
        if constexpr (Reads > 2) v = v + load(in[2] + i);
        for (int w = 0; w < Writes; ++w) {
            if constexpr (Past) write_past(out[w] + i, v);
            else write(out[w] + i, v);
        }
    }
    if constexpr (Past) _mm_sfence();
}

template<bool Past>
benchmark::call stream(const benchmark::traffic& t, const arguments& a) {
    using loop = void (*)(const float* const*, float* const*, std::size_t);
    static constexpr loop loops[3][2] = {{copy<1, 1, Past>, copy<1, 2, Past>},
                                         {copy<2, 1, Past>, copy<2, 2, Past>},
                                         {copy<3, 1, Past>, copy<3, 2, Past>}};
    const auto in = t.inputs(a);
    const auto out = t.outputs(a);
    return
        [=, size = a.size] { loops[in.count - 1][out.count - 1](in.pointers, out.pointers, size); };
}

[[maybe_unused]] const bool registered = [] {
    for (const benchmark::traffic& t : benchmark::all_traffic()) {
        if (t.stored_in_16_bits()) continue;
        benchmark::add("stream", t.row, t.what,
                       [t](const arguments& a) { return stream<false>(t, a); });
        benchmark::add("stream, non-temporal", t.row, t.what,
                       [t](const arguments& a) { return stream<true>(t, a); });
    }
    return true;
}();

}  // namespace
