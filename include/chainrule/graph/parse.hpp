// SPDX-License-Identifier: BSL-1.0
/// Formula text to graph: the same function at compile time ("..."_f) and at run time (the report).
///
///   formula    = sum [ ("<" | "<=" | ">" | ">=") sum "?" formula ":" formula ]
///   sum        = product { ("+" | "-") product }
///   product    = signed { ("*" | "/") signed }
///   signed     = ("-" | "+") signed | power
///   power      = atom [ "^" signed ]                      right associative, binds tighter than unary minus
///   atom       = number | name | name "(" argument { "," argument } ")" | "(" formula ")"
///   argument   = [ name "=" ] formula
///
/// A name that is called is a primitive or a catalogue entry; any other name is a symbol; pi is π.
/// A call of a catalogue entry may give its parameters values: leaky_relu(x, alpha = 0.2).
#pragma once

#include <chainrule/core/decimal.hpp>
#include <chainrule/graph/handle.hpp>
#include <chainrule/graph/registry.hpp>

namespace chainrule::detail {

/// Values of symbols while a formula is lowered into a graph.
struct environment {
    struct entry {
        std::string_view name;
        int node;
    };
    const environment* outer = nullptr;
    growing_list<entry> entries;

    [[nodiscard]] constexpr int find(std::string_view name) const {
        for (const environment* e = this; e != nullptr; e = e->outer) {
            for (const entry& known : e->entries) {
                if (known.name == name) return known.node;
            }
        }
        return -1;
    }
};

/// Formulas that text can call by name: the catalogue, handed in by whoever sees it.
struct named_formula {
    std::string_view name;
    int (*lower)(graph&, const environment&) = nullptr;
};
struct named_formulas {
    const named_formula* rows = nullptr;
    int size = 0;

    /// The row's number, or −1.
    [[nodiscard]] constexpr int find(std::string_view name) const {
        for (int i = 0; i < size; ++i) {
            if (rows[i].name == name) return i;
        }
        return -1;
    }
};

enum class character : char { other, space, digit, letter };
struct character_kinds {
    character of[256]{};
    constexpr character_kinds() {
        for (int c : {' ', '\t', '\n'}) of[c] = character::space;
        for (int c = '0'; c <= '9'; ++c) of[c] = character::digit;
        for (int c = 'a'; c <= 'z'; ++c) of[c] = of[c - 'a' + 'A'] = character::letter;
        of[int{'_'}] = character::letter;
    }
};
inline constexpr character_kinds kinds_of_characters{};

class parser {
public:
    constexpr parser(graph& g, const environment& symbols, named_formulas known,
                     std::string_view formula)
        : out(g), scope(symbols), catalogue(known), text(formula), characters(formula.data()),
          end(formula.size()) {
        skip_spaces();
    }

    /// The node of the whole text. On an error `out.problem` says where and what, and the node is 0.
    constexpr int parse() {
        const handle result = formula();
        if (position < end) fail("an operator or the end of the formula");
        return failed() ? out.constant(0) : result.node;
    }

private:
    graph& out;
    const environment& scope;
    named_formulas catalogue;
    std::string_view text;
    const char* characters;  // of `text`: an index through it costs no call in constant evaluation
    std::size_t end;
    std::size_t position = 0;  // of `current`, never at a space
    char current = '\0';       // '\0' behind the end
    int depth = 0;
    static constexpr int deepest = 256;

    [[nodiscard]] constexpr bool failed() const { return out.problem.kind != failure_kind::none; }

    constexpr handle fail(std::string_view expected, std::string_view name = {},
                          std::string_view after = {}) {
        if (!failed()) {
            out.problem.kind = failure_kind::syntax;
            out.problem.position = position + 1;
            out.problem.text = text;
            out.problem.say(expected);
            out.problem.say(name);
            out.problem.say(after);
        }
        position = end;
        current = '\0';
        return number(0);
    }

    constexpr handle number(double value) { return {out, out.constant(value)}; }

    [[nodiscard]] constexpr character current_kind() const {
        return kinds_of_characters.of[static_cast<unsigned char>(current)];
    }

    constexpr void skip_spaces() {
        while (position < end &&
               kinds_of_characters.of[static_cast<unsigned char>(characters[position])] ==
                   character::space) {
            ++position;
        }
        current = position < end ? characters[position] : '\0';
    }
    constexpr void advance(std::size_t count = 1) {
        position += count;
        skip_spaces();
    }
    constexpr bool take(char c) {
        if (current != c) return false;
        advance();
        return true;
    }
    /// After < or >: whether = follows directly.
    constexpr bool take_or_equal() {
        ++position;
        const bool or_equal = position < end && characters[position] == '=';
        if (or_equal) ++position;
        skip_spaces();
        return or_equal;
    }

    constexpr handle formula() {
        if (++depth > deepest) return fail("a formula nested at most 256 deep");
        const handle left = sum();
        handle result = left;
        const char comparison = current;
        if (comparison == '<' || comparison == '>') {
            const bool or_equal = take_or_equal();
            const handle right = sum();
            result = chosen(comparison == '<' ? left : right, comparison == '<' ? right : left,
                            or_equal, false);
        } else if (comparison == '=' || comparison == '!') {
            result = fail("<, <=, > or >= (formulas have no other comparison)");
        }
        --depth;
        return result;
    }

    /// The two arms after a comparison: "? u : v", or ", u, v" inside select().
    constexpr handle chosen(handle a, handle b, bool or_equal, bool inside_select) {
        if (!take(inside_select ? ',' : '?'))
            return fail(inside_select ? "','" : "'?' after the comparison");
        const handle u = formula();
        if (!take(inside_select ? ',' : ':'))
            return fail(inside_select ? "','" : "':' and the other case");
        const handle v = formula();
        return or_equal ? handle_call<op::selection<true>>(a, b, u, v)
                        : handle_call<op::selection<false>>(a, b, u, v);
    }

    constexpr handle sum() {
        handle result = product();
        while (current == '+' || current == '-') {
            const bool plus = current == '+';
            advance();
            const handle right = product();
            result = plus ? result + right : result - right;
        }
        return result;
    }

    constexpr handle product() {
        handle result = signed_power();
        while (current == '*' || current == '/') {
            const bool times = current == '*';
            advance();
            const handle right = signed_power();
            result = times ? result * right : result / right;
        }
        return result;
    }

    constexpr handle signed_power() {
        if (++depth > deepest) return fail("a formula nested at most 256 deep");
        const char sign = current;
        if (sign == '-' || sign == '+') advance();
        const handle magnitude = sign == '-' || sign == '+' ? signed_power() : power();
        --depth;
        return sign == '-' ? -magnitude : magnitude;
    }

    constexpr handle power() {
        const handle base = atom();
        if (current != '^') return base;
        advance();
        const handle exponent = signed_power();
        if (exponent.is_plain_constant()) return raised(base, exponent.value());
        return handle_call<op::pow_primitive>(base, exponent);
    }

    constexpr handle atom() {
        const char c = current;
        if (c == '(') {
            advance();
            const handle inside = formula();
            if (!failed() && !take(')')) return fail("')'");
            return inside;
        }
        const character kind = current_kind();
        if (kind == character::digit || c == '.') {
            const std::size_t length = decimal_length(text.substr(position));
            if (length == 0) return fail("a digit");
            const double value = parse_decimal(text.substr(position, length));
            advance(length);
            if (current_kind() == character::letter)
                return fail("an operator between number and name");
            if (!(value <= 1.7976931348623157e308))
                return fail("a number within the range of double");
            return number(value);
        }
        if (kind == character::letter) return name();
        return fail("a number, a name or '('");
    }

    constexpr std::string_view take_name() {
        const std::size_t begin = position;
        while (position < end &&
               kinds_of_characters.of[static_cast<unsigned char>(characters[position])] >=
                   character::digit) {
            ++position;
        }
        const std::string_view word(characters + begin, position - begin);
        skip_spaces();
        return word;
    }

    constexpr handle name() {
        const std::size_t begin = position;
        const std::string_view word = take_name();
        if (current == '(') {
            advance();
            if (word == "select") return select_call();
            const int primitive = find_primitive(word);
            if (primitive >= 0 && primitives[static_cast<std::size_t>(primitive)].arity > 0) {
                return primitive_call(primitives[static_cast<std::size_t>(primitive)]);
            }
            const int entry = catalogue.find(word);
            if (entry >= 0) return catalogue_call(catalogue.rows[entry]);
            position = begin;
            return fail("the name of a known function; '", word, "' is none");
        }
        if (word == "pi") return number_pi(number(0));
        const int bound = scope.find(word);
        return {out, bound >= 0 ? bound : out.symbol(word)};
    }

    constexpr handle select_call() {
        const handle left = sum();
        const char comparison = current;
        if (comparison != '<' && comparison != '>')
            return fail("<, <=, > or >= (select chooses by a comparison)");
        const bool or_equal = take_or_equal();
        const handle right = sum();
        const handle result = chosen(comparison == '<' ? left : right,
                                     comparison == '<' ? right : left, or_equal, true);
        if (!failed() && !take(')')) return fail("')'");
        return result;
    }

    constexpr handle primitive_call(const primitive_info& primitive) {
        int arguments[4]{};
        for (int i = 0; i < primitive.arity; ++i) {
            if (i > 0 && !take(',')) return fail("',' and one more argument of ", primitive.name);
            arguments[i] = formula().node;
            if (failed()) return number(0);
        }
        if (!take(')')) return fail("')' after the last argument of ", primitive.name);
        return primitive.build(out, arguments);
    }

    constexpr handle catalogue_call(const named_formula& entry) {
        environment inner{&scope, {}};
        inner.entries.push_back({"x", formula().node});
        while (!failed() && take(',')) {
            const std::string_view parameter = take_name();
            if (parameter.empty() || !take('='))
                return fail("a parameter of ", entry.name, " and its value, as in alpha = 0.1");
            inner.entries.push_back({parameter, formula().node});
        }
        if (failed()) return number(0);
        if (!take(')')) return fail("')' after the argument of ", entry.name);
        return {out, entry.lower(out, inner)};
    }
};

}  // namespace chainrule::detail
