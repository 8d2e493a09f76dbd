// SPDX-License-Identifier: BSL-1.0
#include "run_time_kernel.hpp"

#include <chainrule/kernel/call.hpp>
#include <chainrule/kernel/step_table.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace chainrule::report {

namespace {

using batch = detail::native_batch<double>;
using value_function = detail::value_function<long double>;
constexpr int group = 4;
constexpr std::size_t lanes = static_cast<std::size_t>(batch::lane_count);
constexpr std::size_t block = lanes * group;
using table_step = void (*)(batch*, const detail::program_step&);

template<class Operation>
constexpr table_step step_of() {
    if constexpr (Operation::arity > 0 && requires { Operation::template value<batch>; }) {
        return &detail::run_table_step<Operation, group, batch>;
    } else {
        return nullptr;
    }
}

template<class... Operation>
constexpr std::array<table_step, sizeof...(Operation)> steps_of(detail::type_list<Operation...>) {
    return {step_of<Operation>()...};
}

constexpr auto table = steps_of(detail::all_primitives{});

const std::vector<value_function>& scalar_functions() {
    static const std::vector<value_function> all = [] {
        std::vector<value_function> list;
        for (const detail::primitive_info& p : detail::primitives) list.push_back(p.long_value);
        return list;
    }();
    return all;
}

/// Too small for all its digits, infinite or NaN.
bool is_doubtful(double v) { return !(std::fabs(v) > 0x1p-960 && std::isfinite(v)); }

}  // namespace

run_time_kernel::run_time_kernel(const formula& subject) {
    rooted_graph f = subject.for_computing();
    std::vector<int> roots{f.root};
    roots.push_back(detail::derive_with_policy(f.graph, roots[0], "x", detail::kink_rule::usual));
    f.graph = detail::simplified(f.graph, roots, detail::for_programs);
    code = detail::scheduler(f.graph, {"x"}).run(roots);
}

void run_time_kernel::operator()(const double* in, double* value, double* slope,
                                 std::size_t count) const {
    const std::size_t constants = code.constants.size();
    std::vector<batch> places(group * (constants + static_cast<std::size_t>(code.registers) + 1));
    batch* const registers = places.data() + group * constants;
    auto at = [&](int place) { return registers + group * place; };
    for (std::size_t k = 0; k < constants; ++k) {
        const auto constant = detail::constant_value<double, double, true>(code.constants[k]);
        std::fill_n(at(-1 - static_cast<int>(k)), group, batch(constant));
    }
    double x[block], results[2][block];
    for (std::size_t done = 0; done < count; done += block) {
        const std::size_t here = std::min(block, count - done);
        std::fill(std::copy_n(in + done, here, x), x + block, 0.0);
        for (std::size_t g = 0; g < group; ++g) at(0)[g] = detail::simd::load<batch>(x + g * lanes);
        for (const detail::program_step& step : code.steps)
            table[static_cast<std::size_t>(step.operation)](registers, step);
        for (std::size_t k = 0; k < 2; ++k) {
            for (std::size_t g = 0; g < group; ++g)
                detail::simd::store(results[k] + g * lanes, at(code.outputs[k])[g]);
        }
        for (std::size_t i = 0; i < here; ++i) {
            double both[] = {results[0][i], results[1][i]};
            if ((is_doubtful(both[0]) || is_doubtful(both[1])) && !std::isnan(x[i]))
                work_out_again(x[i], both);
            value[done + i] = both[0];
            slope[done + i] = both[1];
        }
    }
}

void run_time_kernel::work_out_again(double x, double* results) const {
    std::vector<long double> registers(static_cast<std::size_t>(code.registers) + 1);
    const detail::scalar_code<double, long double> scalar{code.steps.data(),
                                                          static_cast<int>(code.steps.size()),
                                                          code.constants.data(),
                                                          code.outputs.data(),
                                                          1,
                                                          2,
                                                          scalar_functions().data(),
                                                          registers.data()};
    detail::run_code(scalar, scalar, &x, results);
}

}  // namespace chainrule::report
