// SPDX-License-Identifier: BSL-1.0
#include "input_statistics.hpp"

#include "progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace chainrule::report {

namespace {

constexpr std::size_t block_size = 16'384;

/// Sums in long double: a hundred million float terms lose nothing that is shown.
struct sums {
    std::uint64_t count = 0;
    std::uint64_t defined = 0;
    std::uint64_t dead = 0;
    std::uint64_t saturated = 0;
    double undefined_at = 0;
    double smallest = std::numeric_limits<double>::infinity();
    double largest = -std::numeric_limits<double>::infinity();
    double shift = 0;  // near the mean, so that the variance does not cancel
    long double input = 0, input_square = 0, output = 0, slope = 0, slope_square = 0;

    template<class T>
    void add(const std::vector<T>& x, const std::vector<T>& value,
             const std::vector<T>& derivative) {
        if (count == 0) shift = static_cast<double>(x[0]);
        for (std::size_t i = 0; i < x.size(); ++i) {
            const auto in = static_cast<double>(x[i]);
            ++count;
            smallest = std::min(smallest, in);
            largest = std::max(largest, in);
            input += in - shift;
            input_square += (in - shift) * (in - shift);
            const auto out = static_cast<double>(value[i]);
            const double size = std::fabs(static_cast<double>(derivative[i]));
            if (std::isnan(out) || std::isnan(size)) {
                if (defined + 1 == count) undefined_at = in;
                continue;
            }
            ++defined;
            output += out;
            slope += size;
            slope_square += size * size;
            dead += size == 0 ? 1 : 0;
            saturated += size < saturated_below ? 1 : 0;
        }
    }
};

template<class T, class Kernel>
void read_all(input_file& file, Kernel kernel, sums& total) {
    progress shown("Reading the input");
    std::vector<T> x;
    std::vector<T> value(block_size);
    std::vector<T> derivative(block_size);
    while (file.next(x, block_size)) {
        kernel(x.data(), value.data(), derivative.data(), x.size());
        total.add(x, value, derivative);
        shown.show_share(file.share_done());
    }
    shown.finish(fmt::format("{} numbers after {:.1f} s", total.count, shown.seconds()));
}

}  // namespace

input_statistics measure_input(const compiled_formula& f, input_file& file) {
    sums total;
    if (file.type() == element_type::float32) {
        read_all<float>(file, f.value_and_slope_float, total);
    } else {
        read_all<double>(file, f.value_and_slope_double, total);
    }
    const auto count = static_cast<long double>(total.count);
    const auto defined = static_cast<long double>(total.defined);
    const long double mean_shifted = total.input / count;
    input_statistics result;
    result.description = file.description();
    result.count = total.count;
    result.smallest = total.smallest;
    result.largest = total.largest;
    result.mean_input = static_cast<double>(mean_shifted + total.shift);
    result.deviation_input = static_cast<double>(
        std::sqrt(std::max(0.0L, total.input_square / count - mean_shifted * mean_shifted)));
    result.mean_output = static_cast<double>(total.output / defined);
    result.mean_slope_size = static_cast<double>(total.slope / defined);
    result.mean_squared_slope = static_cast<double>(total.slope_square / defined);
    result.dead_share = static_cast<double>(static_cast<long double>(total.dead) / defined);
    result.saturated_share =
        static_cast<double>(static_cast<long double>(total.saturated) / defined);
    result.undefined = total.count - total.defined;
    result.undefined_at = total.undefined_at;
    return result;
}

}  // namespace chainrule::report
