// SPDX-License-Identifier: BSL-1.0
#include "module_source.hpp"

#include "compiled_formula.hpp"
#include "plain_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace chainrule::report {

namespace {

/// compose("f2"_f, "f1"_f)(beta = 1.5): the expression the library is given.
std::string expression(const formula& f) {
    std::string composed;
    for (auto stage = f.stages().rbegin(); stage != f.stages().rend(); ++stage) {
        std::string text = *stage;
        std::ranges::replace(text, '\n', ' ');
        std::ranges::replace(text, '\t', ' ');
        composed += fmt::format("{}\"{}\"_f", composed.empty() ? "" : ", ", text);
    }
    std::string values;
    for (const parameter_value& p : f.parameters()) {
        if (!std::isfinite(p.value.value)) continue;
        values += fmt::format("{}chainrule::parameter<\"{}\">{{}} = ", values.empty() ? "" : ", ",
                              p.name);
        values += p.value.residual == 0
            ? fmt::format("chainrule::constant<{:a}>", p.value.value)
            : fmt::format("chainrule::exact_constant<chainrule::extended_real({:a}L + {:a}L)>",
                          p.value.value, p.value.residual);
    }
    const std::string whole = fmt::format("chainrule::compose({})", composed);
    return values.empty() ? whole : fmt::format("{}({})", whole, values);
}

constexpr const char* computed = R"(
namespace formula_{0} {{
constexpr auto f = {1};
template<class T>
void both(const T* in, T* value, T* slope, std::size_t n) {{
    chainrule::value_and_derivative(f, std::span(in, n), std::span(value, n), std::span(slope, n));
}}
void value_float(const float* in, float* value, std::size_t n) {{
    chainrule::forward(f, std::span(in, n), std::span(value, n));
}}
void backward_float(const float* in, const float* grad_out, float* grad_in, std::size_t n) {{
    chainrule::backward(f, std::span(in, n), std::span(grad_out, n), std::span(grad_in, n));
}}
)";

std::string plain_loop(const char* name, const char* others, const std::string& body) {
    return fmt::format("CHAINRULE_PLAIN_LOOP void {}(const float* in, {}, std::size_t n) {{\n"
                       "    for (std::size_t i = 0; i < n; ++i) {{\n"
                       "        const float x = in[i];\n{}    }}\n}}\n",
                       name, others, body);
}

}  // namespace

std::string write_module_source(const std::vector<std::shared_ptr<const formula>>& formulas,
                                bool pairs) {
    std::string source = "#include <chainrule/chainrule.hpp>\n"
                         "#include <algorithm>\n#include <cmath>\n#include <cstddef>\n"
                         "#include <limits>\n#include <span>\n"
                         "#ifdef __clang__\n#define CHAINRULE_PLAIN_LOOP\n#else\n"
                         "#define CHAINRULE_PLAIN_LOOP [[gnu::optimize(\"O3\")]]\n#endif\n";
    source += fmt::format("{}\nnamespace {{\nusing namespace chainrule::literals;\n",
                          compiled_formula_text);
    std::string table;
    for (std::size_t i = 0; i < formulas.size(); ++i) {
        source += fmt::format(computed, i, expression(*formulas[i]));
        const plain_code plain = write_plain_code(*formulas[i]);
        if (!plain.value.empty()) {
            source += plain_loop("plain_value", "float* value", plain.value);
            source += plain_loop("plain_backward", "const float* grad_out, float* grad_in",
                                 plain.backward);
        }
        source += "}\n";
        auto plain_name = [&](const char* name) {
            return plain.value.empty() ? "nullptr" : fmt::format("formula_{}::{}", i, name);
        };
        auto pair_name = [&](const char* type) {
            return pairs ? fmt::format("formula_{}::both<{}>", i, type) : "nullptr";
        };
        table += fmt::format("    {{formula_{0}::value_float, {1}, formula_{0}::backward_float,"
                             " {2}, {3}, {4}}},\n",
                             i, plain_name("plain_value"), pair_name("double"), pair_name("float"),
                             plain_name("plain_backward"));
    }
    source +=
        fmt::format("}}\nextern \"C\" [[gnu::visibility(\"default\")]] const "
                    "chainrule::report::compiled_formula chainrule_formulas[];\n"
                    "const chainrule::report::compiled_formula chainrule_formulas[] = {{\n{}}};\n",
                    table);
    return source;
}

}  // namespace chainrule::report
