// SPDX-License-Identifier: BSL-1.0
/// The loops whose instructions are counted: ours, and the same mathematics written by hand.
#pragma once

#include <cstddef>

namespace counted {

/// `size` is a multiple of 8; the pointers are aligned to 64 bytes.
struct arrays {
    const float* x;
    float* value;
    float* slope;
    std::size_t size;
};

namespace ours {
void relu(const arrays&);
void sigmoid(const arrays&);
void silu(const arrays&);  ///< value and derivative
}  // namespace ours

namespace by_hand {
void relu(const arrays&);
void sigmoid(const arrays&);
void silu(const arrays&);
}  // namespace by_hand

}  // namespace counted
