// SPDX-License-Identifier: BSL-1.0
#include "progress.hpp"

#include "user_error.hpp"

#include <fmt/format.h>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>

namespace chainrule::report {

namespace {

volatile std::sig_atomic_t interrupted = 0;

void note_interrupt(int) { interrupted = 1; }

}  // namespace

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

void watch_for_interrupts() {
    struct sigaction action {};
    action.sa_handler = note_interrupt;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

void stop_if_interrupted() {
    if (interrupted != 0) throw user_error("Interrupted; nothing was written.");
}

progress::progress(std::string what) : what_(std::move(what)) {
    if (!stderr_is_terminal()) fmt::print(stderr, "{} …\n", what_);
}

progress::~progress() {
    if (!finished_ && stderr_is_terminal()) fmt::print(stderr, "\r\033[K");
}

double progress::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void progress::redraw(const std::string& line) {
    const auto now = std::chrono::steady_clock::now();
    if (!stderr_is_terminal() || now - last_ < std::chrono::milliseconds(80)) return;
    last_ = now;
    fmt::print(stderr, "\r\033[K{}", line);
    static_cast<void>(std::fflush(stderr));
}

void progress::show_share(double share) {
    stop_if_interrupted();
    const int tenth = static_cast<int>(share * 10);
    if (!stderr_is_terminal() && tenth > last_tenth_ && seconds() > 2) {
        last_tenth_ = tenth;
        fmt::print(stderr, "{}: {:.0f} %\n", what_, 100 * share);
    }
    constexpr int width = 30;
    const int full = std::clamp(static_cast<int>(std::lround(share * width)), 0, width);
    std::string bar;
    for (int i = 0; i < width; ++i) bar += i < full ? "█" : "░";
    redraw(fmt::format("{} {} {:3.0f} %", what_, bar, 100 * share));
}

void progress::show_working(const std::string& detail) {
    stop_if_interrupted();
    static constexpr const char* shapes[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
    redraw(fmt::format("{} {} {}{:.0f} s", shapes[turns_++ % std::size(shapes)], what_, detail,
                       seconds()));
}

void progress::finish(const std::string& outcome) {
    finished_ = true;
    const char* clear = stderr_is_terminal() ? "\r\033[K" : "";
    fmt::print(stderr, "{}{}: {}\n", clear, what_, outcome);
}

}  // namespace chainrule::report
