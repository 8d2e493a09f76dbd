// SPDX-License-Identifier: BSL-1.0
/// What training.hpp reports.
#pragma once

#include <vector>

namespace chainrule {

/// What one pass over the data saw.
struct epoch_record {
    double loss = 0;  ///< the mean over the batches, each before its step
    double train_accuracy = 0;
    double test_accuracy = 0;
    std::vector<double>
        log_weight_gradients;  ///< ln of the root mean square over batches of |dL/dW_l|
};

}  // namespace chainrule
