// SPDX-License-Identifier: BSL-1.0
/// bench.run_time: measures every candidate of every row and writes two tables of raw figures,
/// times.csv and accuracy.csv; report.py makes the readable ones of them.
///
///     run_time OUT_DIRECTORY [--rows relu,silu] [--repeats 3] [--sizes l1,l2,dram]
#include "harness.hpp"
#include "reference.hpp"
#include "traffic.hpp"

#include <immintrin.h>
#include <sched.h>
#include <sys/mman.h>
#include <xmmintrin.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace benchmark {

std::vector<candidate>& candidates() {
    static std::vector<candidate> all;
    return all;
}

namespace {

constexpr const char* mode_name(mode m) {
    switch (m) {
    case mode::forward:
        return "forward";
    case mode::backward:
        return "backward";
    case mode::value_derivative:
        return "value+derivative";
    case mode::forward_backward:
        return "forward+backward";
    case mode::backward_parameters:
        return "backward+parameters";
    }
    return "";
}

struct size_class {
    const char* name;
    std::size_t elements;
};
// Five arrays of 2 Ki floats fit into a first-level cache of 48 KiB; 64 Mi floats are 256 MiB.
constexpr size_class size_classes[] = {{"L1", 2 << 10}, {"L2", 128 << 10}, {"DRAM", 64 << 20}};

/// Large zeroed pages from the system; the arrays of a call begin at different places within a page, so
/// that a load is not mistaken for a load from a store to another array (same low 12 bits of the address).
class float_array {
public:
    float_array(std::size_t size, std::size_t number) {
        const std::size_t shift = 64 * (1 + 9 * number);  // bytes
        bytes_ = (size * sizeof(float) + shift + (2 << 20) - 1) / (2 << 20) * (2 << 20);
        void* p = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) {
            std::fprintf(stderr, "chainrule: the benchmark could not get %zu MiB of memory\n",
                         bytes_ >> 20);
            std::exit(2);
        }
        madvise(p, bytes_, MADV_HUGEPAGE);
        std::memset(p, 0, bytes_);
        begin_ = p;
        data_ = reinterpret_cast<float*>(static_cast<char*>(p) + shift);
    }
    ~float_array() { munmap(begin_, bytes_); }
    float_array(const float_array&) = delete;
    float_array& operator=(const float_array&) = delete;
    float* data() const { return data_; }

private:
    void* begin_ = nullptr;
    std::size_t bytes_ = 0;
    float* data_ = nullptr;
};

/// All arrays of one size, filled with x in [-5, 5] and the others in [-1, 1].
struct array_set {
    std::vector<std::unique_ptr<float_array>> arrays;
    double sums[2] = {};
    float channels[channel_count];
    std::vector<std::uint16_t> stored_x;
    std::vector<std::uint16_t> stored_out;
    arguments a;

    explicit array_set(std::size_t size) {
        auto make = [&] {
            arrays.push_back(std::make_unique<float_array>(size, arrays.size()));
            return arrays.back()->data();
        };
        float* x = make();
        float* second = make();
        float* grad_out = make();
        std::uint32_t state = 1;
        auto next = [&] {  // xorshift: quick, and good enough for inputs
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            return static_cast<float>(static_cast<std::int32_t>(state)) * 0x1p-31f;
        };
        for (std::size_t i = 0; i < size; ++i) {
            x[i] = 5 * next();
            second[i] = next();
            grad_out[i] = next();
        }
        a.size = size;
        a.x = x;
        a.second = second;
        a.grad_out = grad_out;
        a.out = make();
        a.slope = make();
        a.second_slope = make();
        a.scratch = make();
        a.more_scratch = make();
        a.sums = sums;
        for (std::size_t c = 0; c < channel_count; ++c)
            channels[c] = 0.01f * static_cast<float>(c + 1);
        a.channels = channels;
        stored_x.resize(size);
        stored_out.resize(size);
        a.stored_x = stored_x.data();
        a.stored_out = stored_out.data();
        a.alpha = 0.01f;
        a.beta = 1.25f;
        a.bias = 0.125f;
    }
};

/// The formats of numbers in 16 bits.
bool is_bfloat16(std::string_view row) { return row.ends_with("bfloat16"); }
std::uint16_t stored(std::string_view row, float v) {
    if (!is_bfloat16(row)) return _cvtss_sh(v, 0);
    const auto bits = std::bit_cast<std::uint32_t>(v);
    return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}
float loaded(std::string_view row, std::uint16_t v) {
    return is_bfloat16(row) ? std::bit_cast<float>(std::uint32_t{v} << 16) : _cvtsh_ss(v);
}

/// What a row needs beside x.
void set_row(array_set& arrays, const traffic& t) {
    arrays.a.alpha = std::string_view(t.row) == "elu" ? 1.0f : 0.01f;
    if (!t.stored_in_16_bits()) return;
    for (std::size_t i = 0; i < arrays.a.size; ++i)
        arrays.stored_x[i] = stored(t.row, arrays.a.x[i]);
}

double seconds() {
    using clock = std::chrono::steady_clock;
    return std::chrono::duration<double>(clock::now().time_since_epoch()).count();
}

// ---- accuracy -------------------------------------------------------------------------------

/// 128 Ki numbers: half in [-5, 5], a quarter in [-110, 110], a quarter with every exponent up to 4.
void fill_accuracy_inputs(float* x, float* second, float* grad_out, std::size_t size) {
    std::mt19937 random(7);
    auto uniform = [&](double low, double high) {
        return static_cast<float>(std::uniform_real_distribution<double>(low, high)(random));
    };
    for (std::size_t i = 0; i < size; ++i) {
        switch (i % 4) {
        case 0:
        case 1:
            x[i] = uniform(-5, 5);
            break;
        case 2:
            x[i] = uniform(-110, 110);
            break;
        default:
            x[i] = std::copysign(std::exp2(uniform(-126, 2)), uniform(-1, 1));
        }
        second[i] = uniform(0.5, 2);
        grad_out[i] = 1;
    }
}

struct error_figures {
    double near_ulp = 0;  ///< |x| <= 4
    double far_ulp = 0;   ///< the others
    std::size_t flushed = 0;
    std::size_t lost = 0;       ///< relative error above 1 %
    std::size_t wrong = 0;      ///< NaN or infinity for a finite value
    std::size_t subnormal = 0;  ///< results 0 where the exact value is subnormal
};

/// What the results of a row are stored in.
struct format {
    int mantissa_bits = 23;
    int least_exponent = -126;
    double largest = static_cast<double>(std::numeric_limits<float>::max());
    double ulp_of(double v) const {
        const int exponent = std::max(v == 0 ? least_exponent : std::ilogb(v), least_exponent);
        return std::ldexp(1.0, exponent - mantissa_bits);
    }
};
format format_of(const traffic& t) {
    if (!t.stored_in_16_bits()) return {};
    if (is_bfloat16(t.row)) return {7, -126, 0x1.fep127};
    return {10, -14, 65504};
}

/// One output against its reference. Next to a root the unit is the change that half an ULP of x makes,
/// as far as that is the greater one.
void count_error(error_figures& e, const format& stored_as, double x, float result, double exact,
                 double change) {
    if (std::fabs(exact) > stored_as.largest) return;
    if (!std::isfinite(result)) {
        ++e.wrong;
        return;
    }
    const bool is_normal = std::fabs(exact) >= std::ldexp(1.0, stored_as.least_exponent);
    const double error = std::fabs(static_cast<double>(result) - exact);
    if (!is_normal && result == 0 &&
        error > stored_as.ulp_of(exact)) {  // some libraries document that
        ++e.subnormal;
        return;
    }
    double unit = stored_as.ulp_of(exact);
    const bool is_near = std::fabs(x) <= 4;
    unit = std::max(unit, std::ldexp(std::fabs(change), -1 - stored_as.mantissa_bits));
    if (is_normal && result == 0 && error > 4 * unit) ++e.flushed;
    else if (is_normal && error > 0.01 * std::fabs(exact) && error > 16 * unit) ++e.lost;
    double& worst = is_near ? e.near_ulp : e.far_ulp;
    worst = std::max(worst, error / unit);
}

/// The exact results of one row, computed once; next to a root of one (within a quarter of x) also its
/// x·∂/∂x, by central differences, else 0.
struct exact_results {
    std::vector<reference_values> at;
    std::vector<reference_values> change;
};

exact_results exact_of(const traffic& t, const arguments& a) {
    const std::string_view row = t.row;
    exact_results r;
    for (std::size_t i = 0; i < a.size; ++i) {
        const double x =
            static_cast<double>(t.stored_in_16_bits() ? loaded(row, a.stored_x[i]) : a.x[i]);
        const std::size_t channel = row == "prelu_nhwc" ? i : i / image_size;
        const double second = row == "custom" ? 0
            : row.starts_with("prelu") ? static_cast<double>(a.channels[channel % channel_count])
                                       : static_cast<double>(a.second[i]);
        r.at.push_back(reference(row, x, second, a));
        constexpr double h = 1e-5;
        const reference_values up = reference(row, x * (1 + h), second, a);
        const reference_values down = reference(row, x * (1 - h), second, a);
        const reference_values far = reference(row, x * 1.25, second, a);
        const reference_values close = reference(row, x * 0.75, second, a);
        auto change = [&](double reference_values::*part) {
            return (far.*part < 0) != (close.*part < 0) ? (up.*part - down.*part) / (2 * h) : 0.0;
        };
        r.change.push_back({change(&reference_values::value), change(&reference_values::slope), 0,
                            change(&reference_values::second_slope)});
    }
    return r;
}

bool is_at_kink(std::string_view row, double x) {
    const double size = std::fabs(x);
    return x == 0 || (row == "hard_swish" && std::fabs(size - 3) < 1e-5) ||
        (row == "relu6" && x == 6);
}

void measure_accuracy(std::FILE* file, const candidate& c, const traffic& t, arguments a,
                      const exact_results& exact) {
    std::fill_n(a.out, a.size, 0.0f);
    std::fill_n(a.slope, a.size, 0.0f);
    std::fill_n(a.second_slope, a.size, 0.0f);
    a.sums[0] = a.sums[1] = 0;
    std::vector<float> zero;
    if (t.custom()) {  // a residual would hide the digits of the function
        zero.assign(a.size + 16, 0.0f);
        const std::size_t shift =
            (64 - reinterpret_cast<std::uintptr_t>(zero.data()) % 64) / 4 % 16;
        a.second = zero.data() + shift;
    }
    const unsigned before = _mm_getcsr();
    c.ready(a)();
    const bool changed_rounding = ((_mm_getcsr() ^ before) & 0xffc0) != 0;
    _mm_setcsr(before);

    if (t.stored_in_16_bits()) {
        for (std::size_t i = 0; i < a.size; ++i) a.out[i] = loaded(t.row, a.stored_out[i]);
    }
    const format stored_as = format_of(t);

    error_figures e;
    for (std::size_t i = 0; i < a.size; ++i) {
        const double x = static_cast<double>(a.x[i]);
        if (is_at_kink(c.row, x)) continue;
        if (t.has_value())
            count_error(e, stored_as, x, a.out[i], exact.at[i].value, exact.change[i].value);
        if (t.has_slope())
            count_error(e, stored_as, x, a.slope[i], exact.at[i].slope, exact.change[i].slope);
        if (t.has_slope() && t.swiglu()) {
            count_error(e, stored_as, x, a.second_slope[i], exact.at[i].second_slope,
                        exact.change[i].second_slope);
        }
    }
    double sum_error = 0;
    if (t.what == mode::backward_parameters) {
        double sum = 0;
        double magnitude = 0;
        for (std::size_t i = 0; i < a.size; ++i) {
            sum += exact.at[i].parameter;
            magnitude += std::fabs(exact.at[i].parameter);
        }
        sum_error = std::fabs(a.sums[0] - sum) / magnitude;
    }
    std::fprintf(file, "%s;%s;%s;%.3g;%.3g;%zu;%zu;%zu;%zu;%.2g;%d\n", c.row.c_str(),
                 mode_name(c.what), c.peer.c_str(), e.near_ulp, e.far_ulp, e.flushed, e.lost,
                 e.wrong, e.subnormal, sum_error, changed_rounding ? 1 : 0);
}

// ---- time -----------------------------------------------------------------------------------

struct timed {
    const candidate* which;
    call run;
    double best = std::numeric_limits<double>::infinity();  ///< seconds per call
};

/// Every candidate finds the exceptions as at the start of a process: none, whatever another has raised.
void clear_exceptions() { _mm_setcsr(_mm_getcsr() & ~0x3fU); }

/// The least time per call of each, in rounds over all of them, so that a change of the clock or a
/// neighbour on the machine hits all alike.
void time_all(std::vector<timed>& all, int rounds, double seconds_per_sample) {
    std::vector<int> calls(all.size(), 1);
    for (std::size_t k = 0; seconds_per_sample > 0 && k < all.size(); ++k) {
        timed& t = all[k];
        t.run();  // fetches pages, code and tables
        const double start = seconds();
        t.run();
        const double once = std::max(seconds() - start, 1e-9);
        calls[k] = std::clamp(static_cast<int>(seconds_per_sample / once), 1, 100000);
    }
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t k = 0; k < all.size(); ++k) {
            timed& t = all[k];
            clear_exceptions();
            if (calls[k] > 1) t.run();
            const double start = seconds();
            for (int i = 0; i < calls[k]; ++i) t.run();
            t.best = std::min(t.best, (seconds() - start) / calls[k]);
        }
    }
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
    return parts;
}

/// One core for the whole measurement.
void stay_on_this_core() {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(sched_getcpu()), &set);
    sched_setaffinity(0, sizeof(set), &set);
}

int run(int argc, char** argv) {
    std::vector<std::string> rows;
    std::vector<std::string> sizes = {"L1", "L2", "DRAM"};
    int repeats = 3;
    const std::string directory = argc > 1 ? argv[1] : ".";
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string option = argv[i];
        if (option == "--rows") rows = split(argv[i + 1]);
        else if (option == "--sizes") sizes = split(argv[i + 1]);
        else if (option == "--repeats") repeats = std::atoi(argv[i + 1]);
        else {
            std::fprintf(
                stderr,
                "usage: run_time DIRECTORY [--rows A,B] [--sizes L1,L2,DRAM] [--repeats N]\n");
            return 2;
        }
    }
    auto is_listed = [](const std::vector<std::string>& list, const char* name) {
        return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
    };
    stay_on_this_core();

    const double begin = seconds();
    std::vector<traffic> table = all_traffic();
    std::erase_if(table, [&](const traffic& t) { return !is_listed(rows, t.row); });
    auto candidates_of = [](const traffic& t) {
        std::vector<const candidate*> r;
        for (const candidate& c : candidates()) {
            if (c.row == t.row && c.what == t.what) r.push_back(&c);
        }
        return r;
    };
    auto is_stream = [](const candidate* c) { return c->peer.starts_with("stream"); };

    {
        std::FILE* file = std::fopen((directory + "/accuracy.csv").c_str(), "w");
        if (!file) return 2;
        std::fprintf(file,
                     "row;mode;peer;ulp_near;ulp_far;flushed;lost;wrong;subnormal;sum_error;"
                     "changed_control\n");
        array_set arrays(128 << 10);
        fill_accuracy_inputs(const_cast<float*>(arrays.a.x), const_cast<float*>(arrays.a.second),
                             const_cast<float*>(arrays.a.grad_out), arrays.a.size);
        std::map<std::string, exact_results> exact;
        for (const traffic& t : table) {
            set_row(arrays, t);
            if (!exact.contains(t.row)) {
                exact.clear();
                exact[t.row] = exact_of(t, arrays.a);
            }
            for (const candidate* c : candidates_of(t)) {
                if (!is_stream(c)) measure_accuracy(file, *c, t, arrays.a, exact[t.row]);
            }
        }
        std::fclose(file);
        std::printf("accuracy: %.0f s\n", seconds() - begin);
    }

    std::FILE* file = std::fopen((directory + "/times.csv").c_str(), "w");
    if (!file) return 2;
    std::fprintf(file, "row;mode;size;peer;repeat;ns_per_element\n");
    // ns per element in the second-level cache: who is worth a look in memory.
    std::map<std::pair<std::string, mode>, std::vector<std::pair<double, const candidate*>>>
        ranking;
    for (const size_class& size : size_classes) {
        if (!is_listed(sizes, size.name)) continue;
        const bool is_dram = size.elements > (1u << 20);
        array_set arrays(size.elements);
        for (int repeat = 0; repeat < repeats; ++repeat) {
            const double start = seconds();
            for (const traffic& t : table) {
                set_row(arrays, t);
                std::vector<timed> all;
                std::vector<const candidate*> chosen = candidates_of(t);
                auto& ranked = ranking[{t.row, t.what}];
                if (is_dram) {
                    // Only the fastest peer: the others would take minutes.
                    std::sort(ranked.begin(), ranked.end());
                    const candidate* fastest = nullptr;
                    for (const auto& [ns, c] : ranked) {
                        if (!fastest && !is_stream(c) && c->peer != "chainrule") fastest = c;
                    }
                    std::erase_if(chosen, [&](const candidate* c) {
                        return !is_stream(c) && c->peer != "chainrule" && c != fastest;
                    });
                } else {
                    std::erase_if(chosen, [](const candidate* c) {
                        return c->peer == "stream, non-temporal";
                    });
                }
                for (const candidate* c : chosen) all.push_back({c, c->ready(arrays.a)});
                const unsigned control = _mm_getcsr();
                if (is_dram) time_all(all, 1, 0);  // a pass is long enough
                else time_all(all, 4, 0.0006);
                _mm_setcsr(control);
                for (const timed& m : all) {
                    const double ns = m.best / static_cast<double>(size.elements) * 1e9;
                    std::fprintf(file, "%s;%s;%s;%s;%d;%.5f\n", t.row, mode_name(t.what), size.name,
                                 m.which->peer.c_str(), repeat, ns);
                    if (size.name == std::string_view("L2")) ranked.emplace_back(ns, m.which);
                }
            }
            std::printf("%s, %d of %d: %.0f s\n", size.name, repeat + 1, repeats,
                        seconds() - start);
            std::fflush(stdout);
        }
    }
    std::fclose(file);
    std::printf("in all: %.0f s\n", seconds() - begin);
    return 0;
}

}  // namespace
}  // namespace benchmark

int main(int argc, char** argv) {
    // One thread, whatever the libraries would like; they read these when they start.
    setenv("OMP_NUM_THREADS", "1", 1);
    setenv("OMP_PROC_BIND", "false", 1);
    return benchmark::run(argc, argv);
}
