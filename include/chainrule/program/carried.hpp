// SPDX-License-Identifier: BSL-1.0
/// Steps with what their rounding lost: hi + lo, where a rounded argument would cost e^u its digits.
#pragma once

#include <chainrule/program/step_writer.hpp>

namespace chainrule::detail {

class carried_writer : public step_writer {
protected:
    /// A step and, where its rounding matters, the step that has what was lost.
    struct carried {
        int hi = -1;
        int lo = -1;
    };
    constexpr carried multiply(const carried& a, const carried& b) {
        if (a.hi < 0) return b;
        carried p{step<op::multiply_primitive>(a.hi, b.hi)};
        p.lo = step<op::product_error_primitive>(a.hi, b.hi, p.hi);
        if (b.lo >= 0) p.lo = step<op::multiply_add_primitive>(a.hi, b.lo, p.lo);
        if (a.lo >= 0) p.lo = step<op::multiply_add_primitive>(a.lo, b.hi, p.lo);
        return p;
    }
    constexpr carried add(const carried& a, const carried& b) {
        if (a.hi < 0) return b;
        carried s{step<op::add_primitive>(a.hi, b.hi)};
        s.lo = step<op::sum_error_primitive>(a.hi, b.hi, s.hi);
        if (a.lo >= 0) s.lo = step<op::add_primitive>(s.lo, a.lo);
        if (b.lo >= 0) s.lo = step<op::add_primitive>(s.lo, b.lo);
        return s;
    }
    constexpr carried scaled(const carried& a, double factor) {
        if (factor == 1) return a;
        auto times_factor = [&](int s) {
            if (s < 0) return s;
            return factor == -1 ? step<op::negate_primitive>(s)
                                : step<op::multiply_primitive>(number(factor), s);
        };
        double size = factor < 0 ? -factor : factor;
        while (size > 1 && size < 1e9) size /= 2;
        while (size < 1 && size > 1e-9) size *= 2;
        if (size == 1) return {times_factor(a.hi), times_factor(a.lo)};
        return multiply({number(factor)}, a);
    }
    constexpr carried carry_number(const program_constant& c) {
        carried result{number(c)};
        const bool is_exact =
            c.for_float == static_cast<long double>(elementary::narrow<float>(c.for_float)) &&
            c.for_double == static_cast<long double>(elementary::narrow<double>(c.for_double));
        program_constant rest = c;
        rest.wanted = program_constant::part::rest;
        if (!is_exact) result.lo = number(rest);
        return result;
    }
};

}  // namespace chainrule::detail
