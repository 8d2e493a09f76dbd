// SPDX-License-Identifier: BSL-1.0
/// What goes on, on stderr: one line that is redrawn on a terminal, plain lines elsewhere.
#pragma once

#include <chrono>
#include <string>

namespace chainrule::report {

class progress {
public:
    explicit progress(std::string what);
    ~progress();
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;

    /// A bar, for work whose size is known: the share that is done.
    void show_share(double share);
    /// A spinner with the time, for work whose size is not known.
    void show_working(const std::string& detail = {});
    /// The last line: "what: outcome".
    void finish(const std::string& outcome);
    [[nodiscard]] double seconds() const;

private:
    std::string what_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point last_{};
    std::size_t turns_ = 0;
    int last_tenth_ = 0;
    bool finished_ = false;

    void redraw(const std::string& line);
};

bool stderr_is_terminal();

/// The user pressed Ctrl-C: long work should stop. Throws user_error("Interrupted.").
void watch_for_interrupts();
void stop_if_interrupted();

}  // namespace chainrule::report
