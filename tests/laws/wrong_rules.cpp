// SPDX-License-Identifier: BSL-1.0
/// Rules that are wrong on purpose, each rejected by the law it breaks: the checker itself is checked.
#include <chainrule/graph/simplify.hpp>

#include "support/catch.hpp"
#include "support/rule_laws.hpp"

using namespace laws;

namespace {

struct wrong_rule {
    rewrite_rule rule;
    law breaks;
};

const wrong_rule wrong_rules[] = {
    // wrong sign
    {{"1 - sigmoid(u)", "sigmoid(u)"}, law::true_on_samples},
    {{"1 - cosh(u)^2", "sinh(u)^2"}, law::true_on_samples},
    {{"log(reciprocal(u))", "log(u)"}, law::true_on_samples},
    // wrong constant
    {{"exp(u) + exp(-u)", "cosh(u)"}, law::true_on_samples},
    {{"1 - cos(u)", "2*sin(u)^2"}, law::true_on_samples},
    {{"1/2*erfc(u)", "normal_cdf(-1.41421356237309*u)"}, law::true_on_samples},
    // true in double, not in truth: 1 - 1e-17 is 1
    {{"tanh(u + 30) + 1", "2"}, law::true_on_samples},
    // true for u > 0 only
    {{"sqrt(u^2)", "u"}, law::true_on_samples},
    {{"abs(tanh(u))", "tanh(u)"}, law::true_on_samples},
    {{"log(u^2)", "2*log(u)"}, law::true_on_samples},
    // true for u <= 0 only, and marked positive
    {{"max(u, 0)", "0", validity::positive_u, "a wrong reason"}, law::true_on_samples},
    // at infinity or 0 the left side is NaN, and nothing says so
    {{"u*0", "0"}, law::true_on_samples},
    {{"u - u", "0"}, law::true_on_samples},
    {{"tanh(u)/tanh(u)", "1"}, law::true_on_samples},
    // one coincidence is enough
    {{"max(u, v)", "u + v - min(u, v)*1.0000001"}, law::true_on_samples},
    {{"u < v ? u : v", "max(u, v)"}, law::true_on_samples},
    // never has a value
    {{"log(-exp(u))", "u", validity::finite, "a reason"}, law::true_on_samples},
    // marked, without a reason
    {{"erf(u)*0", "0", validity::finite}, law::reason},
    {{"exp(log(u))", "u", validity::positive_u}, law::reason},
    // growing, or going to and fro
    {{"sech(u)^2", "1 - tanh(u)^2"}, law::shrinking},
    {{"expm1(u)", "exp(u) - 1"}, law::shrinking},
    {{"tanh(u)", "tanh(u) + 0*u", validity::finite, "a reason"}, law::shrinking},
    {{"sin(2*u)", "2*sin(u)*cos(u)"}, law::shrinking},
    {{"max(u, v)", "max(v, u)"}, law::shrinking},
    {{"(u + v)^2", "u^2 + 2*u*v + v^2", validity::finite, "a reason"}, law::shrinking},
    // another rule is there before
    {{"exp(u) - 1", "expm1(u)"}, law::shadowed},
    {{"log(1 + exp(u))", "softplus(u)"}, law::shadowed},
    {{"1/sqrt(u^2 + 1)", "1/root_sum_square(u, 1)", validity::finite, "a reason"}, law::shadowed},
    // the canonical form has already another form of it
    {{"tanh(-u) + 0*v", "-tanh(u)", validity::finite, "a reason"}, law::shrinking},
};

}  // namespace

TEST_CASE("wrong rules are rejected, each for what is wrong with it") {
    for (const wrong_rule& wrong : wrong_rules) {
        // Last in the library's own tables, where a new rule would stand.
        std::vector<rewrite_rule> extended(std::begin(simplify_rules), std::end(simplify_rules));
        extended.push_back(wrong.rule);
        const fault f = check_rule({stabilise_rules, extended}, 1, extended.size() - 1);
        INFO(wrong.rule.before << " -> " << wrong.rule.after << ": " << f.what);
        CHECK(name_of(f.broken) == name_of(wrong.breaks));
    }
}

TEST_CASE("a right rule is accepted") {
    const rewrite_rule right[] = {
        {"sin(u)/cos(u)", "tan(u)"},
        {"log(exp(u)*exp(v))", "u + v", validity::finite, "inf*0 has no value"},
        {"tan(atan(u))", "u", validity::finite, "pi/2 is no double"}};
    for (const rewrite_rule& rule : right) {
        std::vector<rewrite_rule> extended(std::begin(simplify_rules), std::end(simplify_rules));
        extended.push_back(rule);
        const fault f = check_rule({stabilise_rules, extended}, 1, extended.size() - 1);
        INFO(rule.before << " -> " << rule.after << ": " << name_of(f.broken) << ": " << f.what);
        CHECK((f.broken == law::none) == (rule.after.find('+') == rule.after.npos));
    }
}

TEST_CASE("comparison rules that lead back to where they began are found") {
    std::vector<rewrite_rule> circle(std::begin(compare_rules), std::end(compare_rules));
    REQUIRE(check_circle(circle).broken == law::none);
    circle.push_back({"tanh(u)", "2*sigmoid(2*u) - 1"});
    CHECK(check_circle(circle).broken == law::circle);
    circle.back() = {"exp(u)", "1/exp(-u)"};
    CHECK(check_circle(circle).broken == law::circle);
    circle.back() = {"exp(u)", "exp(u/2)^2"};
    CHECK(check_circle(circle).broken == law::circle);
    circle.back() = {"tanh(u)", "(exp(2*u) - 1)/(exp(2*u) + 1)"};
    CHECK(check_circle(circle).broken == law::none);
    circle.push_back({"exp(u)", "cosh(u) + sinh(u)"});
    CHECK(check_circle(circle).broken == law::circle);
}

TEST_CASE("wrong comparison rules are rejected") {
    const wrong_rule wrong[] = {
        {{"sinh(u)", "tanh(u)*sech(u)"}, law::true_on_samples},
        {{"abs(u)^3", "u^3"}, law::true_on_samples},
        {{"log1p(u)", "log(1 - u)"}, law::true_on_samples},
        {{"asinh(u)", "log(u + sqrt(u^2 + 1))", validity::finite}, law::reason},
        {{"sigmoid(u)", "1/(1 + exp(-u))"}, law::shadowed},
    };
    for (const wrong_rule& w : wrong) {
        std::vector<rewrite_rule> extended(std::begin(compare_rules), std::end(compare_rules));
        extended.push_back(w.rule);
        const fault f = check_comparison_rule(extended, extended.size() - 1);
        INFO(w.rule.before << " -> " << w.rule.after << ": " << f.what);
        CHECK(name_of(f.broken) == name_of(w.breaks));
    }
}
