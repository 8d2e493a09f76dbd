// SPDX-License-Identifier: BSL-1.0
/// Misuse found at run time: thrown before anything is written.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace chainrule {

/// A range of a kernel call has the wrong length or overlaps another one. what() is one sentence with
/// the offending name in it.
class argument_error : public std::invalid_argument {
public:
    using std::invalid_argument::invalid_argument;
};

namespace detail {

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_length_mismatch(
    std::string_view name, std::size_t size, std::string_view reference,
    std::size_t reference_size) {
    throw argument_error("chainrule: '" + std::string(name) + "' has " + std::to_string(size) +
                         " elements, but '" + std::string(reference) + "' has " +
                         std::to_string(reference_size) +
                         "; all ranges of one call must have the same length");
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_overlap(std::string_view output,
                                                                 std::string_view other) {
    throw argument_error("chainrule: the output '" + std::string(output) + "' partly overlaps '" +
                         std::string(other) +
                         "'; use a separate array, or exactly the same one to work in place");
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_shared_output(std::string_view output,
                                                                       std::string_view other) {
    throw argument_error("chainrule: the outputs '" + std::string(output) + "' and '" +
                         std::string(other) + "' overlap; each output needs an array of its own");
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_no_channels(std::string_view name,
                                                                     bool no_values) {
    throw argument_error(
        "chainrule: per_channel(values, inner) of '" + std::string(name) + "' has " +
        (no_values ? "no values; give one for each channel"
                   : "inner = 0; inner is how many elements in a row share a channel, at least 1"));
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_channel_mismatch(std::string_view name) {
    throw argument_error("chainrule: '" + std::string(name) +
                         "' has other channels than the symbol is bound to; give it as many "
                         "values, and the same inner");
}

[[noreturn, gnu::cold, gnu::noinline]] inline void throw_channel_overlap(std::string_view output,
                                                                         std::string_view other) {
    throw argument_error(
        "chainrule: '" + std::string(output) + "' overlaps '" + std::string(other) +
        "', and one of them holds a value per channel; each needs an array of its own");
}

}  // namespace detail
}  // namespace chainrule
