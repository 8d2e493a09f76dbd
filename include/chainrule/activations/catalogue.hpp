// SPDX-License-Identifier: BSL-1.0
/// The catalogue: every activation with its formula, parameters, kinks and source. A new activation is
/// one line in the header of its family and one row here.
#pragma once

#include <chainrule/activations/clipped.hpp>
#include <chainrule/activations/entry.hpp>
#include <chainrule/activations/exponential_linear.hpp>
#include <chainrule/activations/gaussian.hpp>
#include <chainrule/activations/linear.hpp>
#include <chainrule/activations/periodic.hpp>
#include <chainrule/activations/plus.hpp>
#include <chainrule/activations/power.hpp>
#include <chainrule/activations/rectifiers.hpp>
#include <chainrule/activations/sigmoidal.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/activations/thresholds.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/op/op.hpp>

namespace chainrule::activations {

/// Every activation, as a Hana tuple of activation_entry: name, aliases, expression, parameters (name
/// and default), kinks, source.
inline constexpr auto all = [] {
    using detail::at;
    using detail::entry;
    constexpr auto zero = constant<0>;
    constexpr auto one = constant<1>;
    constexpr parameter<"alpha"> alpha;
    constexpr parameter<"beta"> beta;
    constexpr parameter<"cap"> cap;
    constexpr parameter<"low"> low;
    constexpr parameter<"high"> high;
    constexpr parameter<"t"> t;
    constexpr parameter<"lambda"> lambda;
    constexpr parameter<"epsilon"> epsilon;
    constexpr parameter<"k"> k;

    return boost::hana::make_tuple(
        // linear
        entry<"identity", "linear">(identity, at(), "the identity"),
        entry<"affine">(affine, at(), "oneDNN, eltwise_linear"),
        // rectifiers
        entry<"relu", "rectifier">(relu, at(zero), "Fukushima 1969; Nair, Hinton 2010"),
        entry<"leaky_relu">(leaky_relu, at(zero), "Maas, Hannun, Ng 2013"),
        entry<"prelu">(prelu, at(zero), "He, Zhang, Ren, Sun 2015, arXiv:1502.01852"),
        entry<"relu6">(relu6, at(zero, cap), "Krizhevsky 2010"),
        entry<"leaky_relu6">(leaky_relu6, at(zero, constant<6>), "leaky_relu, cut off as relu6"),
        entry<"relu_general">(relu_general, at(t, cap), "Keras, keras.activations.relu"),
        // clipped
        entry<"clip">(clip, at(low, high), "ONNX, Clip"),
        entry<"hard_tanh", "hardtanh">(hard_tanh, at(low, high), "Collobert 2004"),
        entry<"hard_sigmoid", "hardsigmoid">(hard_sigmoid, at(-beta / alpha, (one - beta) / alpha),
                                             "Courbariaux, Bengio, David 2015, arXiv:1511.00363"),
        entry<"hard_swish", "hardswish", "hard_silu">(hard_swish,
                                                      at(-beta / alpha, (one - beta) / alpha),
                                                      "Howard et al. 2019, arXiv:1905.02244"),
        entry<"sparse_sigmoid">(sparse_sigmoid, at(-one, one), "JAX, jax.nn.sparse_sigmoid"),
        // thresholds
        entry<"threshold">(threshold, at(t), "PyTorch, torch.nn.Threshold"),
        entry<"thresholded_relu">(thresholded_relu, at(alpha),
                                  "Konda, Memisevic, Krueger 2014, arXiv:1402.3337"),
        entry<"hard_shrink", "hardshrink">(hard_shrink, at(-lambda, lambda),
                                           "Donoho, Johnstone 1994"),
        entry<"soft_shrink", "softshrink">(soft_shrink, at(-lambda, lambda), "Donoho 1995"),
        entry<"shrink">(shrink, at(-lambda, lambda), "ONNX, Shrink"),
        // exponential and linear
        entry<"elu">(elu, at(zero), "Clevert, Unterthiner, Hochreiter 2015, arXiv:1511.07289"),
        entry<"selu">(selu, at(zero),
                      "Klambauer, Unterthiner, Mayr, Hochreiter 2017, arXiv:1706.02515"),
        entry<"celu">(celu, at(zero), "Barron 2017, arXiv:1704.07483"),
        entry<"elish">(elish, at(zero), "Basirat, Roth 2018, arXiv:1808.00783"),
        entry<"xielu">(xielu, at(zero, epsilon), "Huang, Schlag 2024, arXiv:2411.13010"),
        // x times a step
        entry<"silu">(silu, at(), "Elfwing, Uchibe, Doya 2017, arXiv:1702.03118"),
        entry<"swish", "swish_beta">(swish, at(), "Ramachandran, Zoph, Le 2017, arXiv:1710.05941"),
        entry<"gelu", "gelu_erf">(gelu, at(), "Hendrycks, Gimpel 2016, arXiv:1606.08415"),
        entry<"gelu_tanh", "gelu_new">(gelu_tanh, at(), "Hendrycks, Gimpel 2016, arXiv:1606.08415"),
        entry<"gelu_quick", "quick_gelu">(gelu_quick, at(),
                                          "Hendrycks, Gimpel 2016, arXiv:1606.08415"),
        entry<"mish">(mish, at(), "Misra 2019, arXiv:1908.08681"),
        entry<"tanhexp">(tanhexp, at(), "Liu, Di 2020, arXiv:2003.09855"),
        entry<"lisht">(lisht, at(), "Roy, Manna, Dubey, Chaudhuri 2019, arXiv:1901.05894"),
        // smooth rectifiers
        entry<"softplus">(softplus(x), at(), "Dugas, Bengio, Belisle, Nadeau, Garcia 2000"),
        entry<"softplus_beta">(softplus_beta, at(), "Dugas, Bengio, Belisle, Nadeau, Garcia 2000"),
        entry<"squareplus">(squareplus, at(), "Barron 2021, arXiv:2112.11687"),
        entry<"sparse_plus">(sparse_plus, at(-one, one), "JAX, jax.nn.sparse_plus"),
        entry<"isrlu">(isrlu, at(zero),
                       "Carlile, Delamarter, Kinney, Marti, Whitney 2017, arXiv:1710.09967"),
        // steps
        entry<"sigmoid", "logistic">(sigmoid(x), at(), "Verhulst 1845"),
        entry<"log_sigmoid", "logsigmoid">(log_sigmoid(x), at(), "PyTorch, torch.nn.LogSigmoid"),
        entry<"tanh">(tanh(x), at(), "LeCun, Bottou, Orr, Mueller 1998"),
        entry<"tanh_shrink", "tanhshrink">(tanh_shrink, at(), "PyTorch, torch.nn.Tanhshrink"),
        entry<"tanh_p1m2">(tanh_p1m2, at(), "tiny-dnn"),
        entry<"softsign">(softsign, at(zero), "Turian, Bergstra, Bengio 2009"),
        entry<"isru">(isru, at(),
                      "Carlile, Delamarter, Kinney, Marti, Whitney 2017, arXiv:1710.09967"),
        entry<"sqnl">(sqnl, at(constant<-2>, zero, constant<2>), "Wuraola, Patel 2018"),
        entry<"erf">(erf(x), at(), "PyTorch, torch.erf"),
        entry<"step", "heaviside">(step(x), at(zero), "McCulloch, Pitts 1943"),
        entry<"sign", "sgn">(sign(x), at(zero), "PyTorch, torch.sign"),
        entry<"round">(round(x), at(k + constant<0.5>), "ONNX, Round"),
        // other
        entry<"exponential">(exp(x), at(), "Keras, keras.activations.exponential"),
        entry<"abs">(abs(x), at(zero), "ONNX, Abs"),
        entry<"square">(square(x), at(), "oneDNN, eltwise_square"),
        entry<"sqrt">(sqrt(x), at(zero), "ONNX, Sqrt"), entry<"log">(log(x), at(zero), "ONNX, Log"),
        entry<"power", "pow">(power, at(zero), "oneDNN, eltwise_pow"),
        entry<"log1mexp">(log1mexp(x), at(zero), "Maechler 2012"),
        entry<"asinh">(asinh(x), at(), "ONNX, Asinh"),
        entry<"snake">(snake, at(), "Liu, Hartwig, Ueda 2020, arXiv:2006.08195"),
        entry<"gcu">(gcu, at(), "Noel, Arunkumar, Trivedi, Dutta 2021, arXiv:2108.12943"));
}();

}  // namespace chainrule::activations

namespace chainrule::detail {

class graph;
struct environment;
struct named_formula;
struct named_formulas;
template<class E>
constexpr int lower_in(graph& g, const environment& symbols);

/// The rows of the catalogue that a formula text can name. The row type belongs to the graph layer,
/// which this layer does not see; it is complete where a formula is lowered.
template<class Catalogue>
struct catalogue_names;
template<class... Entry>
struct catalogue_names<boost::hana::tuple<Entry...>> {
    template<class Row>
    struct row_list {
        Row rows[(1 + ... + Entry::aliases.size()) + sizeof...(Entry)]{};
        int size = 0;
    };

    /// Only what `text` mentions is lowered (everything for an empty text): one formula in a text
    /// should not cost the compilation of the whole catalogue.
    template<class Row, fixed_string Text>
    static constexpr row_list<Row> rows() {
        row_list<Row> list;
        (add<Row, Entry, is_mentioned<Entry>(Text.view())>(list), ...);
        return list;
    }

private:
    template<class E>
    static constexpr bool is_mentioned(std::string_view text) {
        if (text.empty() || mentions(text, E::name)) return true;
        for (std::string_view alias : E::aliases) {
            if (mentions(text, alias)) return true;
        }
        return false;
    }
    /// What string_view::find says; in constant expressions g++ 12 refuses that under -fsanitize=null.
    static constexpr bool mentions(std::string_view text, std::string_view word) {
        for (std::size_t i = 0; i + word.size() <= text.size(); ++i) {
            std::size_t same = 0;
            while (same < word.size() && text[i + same] == word[same]) ++same;
            if (same == word.size()) return true;
        }
        return false;
    }

    template<class Row, class E, bool Mentioned>
    static constexpr void add(row_list<Row>& list) {
        if constexpr (Mentioned) {
            list.rows[list.size++] = {E::name, &lower_in<typename E::formula_type>};
            for (std::string_view alias : E::aliases) {
                list.rows[list.size++] = {alias, &lower_in<typename E::formula_type>};
            }
        }
    }
};

using known_names = catalogue_names<std::remove_const_t<decltype(activations::all)>>;

template<class Scope, class Row>
inline constexpr auto rows_for = known_names::template rows<Row, fixed_string<0>{}>();
template<fixed_string Text, class Row>
inline constexpr auto rows_for<formula_text<Text>, Row> = known_names::template rows<Row, Text>();

/// Found by graph/lower.hpp: makes the names of the catalogue known to formula text.
template<class Scope, class Row = std::conditional_t<sizeof(Scope) != 0, named_formula, Scope>,
         class Rows = std::conditional_t<sizeof(Scope) != 0, named_formulas, Scope>>
constexpr Rows announced_formulas(rank<1>, Scope) {
    constexpr const auto& list = rows_for<Scope, Row>;
    return {list.rows, list.size};
}

}  // namespace chainrule::detail
