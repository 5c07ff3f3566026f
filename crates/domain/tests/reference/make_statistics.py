"""Writes statistics.json: what other libraries say of cases drawn by chance, for main.rs beside this file.

    python -m venv /tmp/reference && /tmp/reference/bin/pip install scipy statsmodels scikit-learn pandas
    /tmp/reference/bin/python crates/domain/tests/reference/make_statistics.py

Last written with Python 3.11.7, NumPy 2.4.6, SciPy 1.17.1, statsmodels 0.15.0, scikit-learn 1.9.1 and pandas 3.1.1.
Each case is a list of what goes in and what comes out; the functions below say in which order.
"""

import itertools
import json
import math
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, stats
from sklearn import metrics
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

chance = np.random.default_rng(20240607)
CONFIDENCES = [0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 1 - 1e-6]


def wilson():
    """right (in half photographs), photographs, confidence; low, high."""
    for case in range(240):
        photographs = int(chance.choice([1, 2, 5, 94, 167, 600, 1000, 20000]))
        halves = [0, 2 * photographs, int(chance.integers(0, 2 * photographs + 1))][min(case % 6, 2)]
        confidence = float(chance.choice(CONFIDENCES))
        low, high = proportion_confint(halves / 2, photographs, 1 - confidence, method="wilson")
        yield [halves, photographs, confidence, float(low), float(high)]


def exact_mcnemar():
    """only the first right, only the second right; p-value."""
    for case in range(240):
        most = [3, 10, 40, 300, 3000][case % 5]
        first, second = (int(it) for it in chance.integers(0, most + 1, 2))
        if case % 7 == 0:
            second = 0
        table = [[10, first], [second, 10]]
        result = mcnemar(table, exact=True).pvalue
        other = stats.binomtest(first, first + second).pvalue if first + second else 1.0
        # SciPy's power loses some digits in far tails; both are asked so that a mistake in one is seen.
        assert math.isclose(result, other, rel_tol=1e-6), (first, second, result, other)
        yield [first, second, whole_mcnemar(first, second)]
        assert math.isclose(result, whole_mcnemar(first, second), rel_tol=1e-6)


def whole_mcnemar(first, second):
    """The same by Python's whole numbers."""
    count = first + second
    tail = sum(math.comb(count, k) for k in range(min(first, second) + 1))
    return min(1.0, 2 * tail / 2**count)


def holm():
    """p-values; adjusted ones."""
    for case in range(200):
        p_values = chance.random(int(chance.integers(1, 12))) ** chance.choice([1, 4])
        if case % 5 == 0:
            p_values = np.round(p_values, 1)
        p_values = [float(f"{it:.6g}") for it in p_values]
        yield [p_values, multipletests(p_values, method="holm")[1].tolist()]


def paired_t():
    """differences, confidence; mean, low, high, lower bound, upper bound, p-value."""
    for _ in range(220):
        count = int(chance.choice([2, 3, 5, 10, 20]))
        scale = 10.0 ** chance.integers(-6, 2)
        differences = scale * (chance.normal(size=count) + chance.choice([0, 0, 1, 30]))
        differences = np.array([float(f"{it:.5g}") for it in differences])
        confidence = float(chance.choice(CONFIDENCES))
        result = stats.ttest_rel(differences, np.zeros(count))
        low, high = result.confidence_interval(confidence)
        lower = stats.ttest_rel(differences, np.zeros(count), alternative="greater")
        upper = stats.ttest_rel(differences, np.zeros(count), alternative="less")
        yield [
            differences.tolist(), confidence, float(differences.mean()), float(low), float(high),
            float(lower.confidence_interval(confidence).low),
            float(upper.confidence_interval(confidence).high), float(result.pvalue),
        ]


def t_quantiles():
    """one-sided confidence less than 1 by tail, degrees of freedom; quantile, and the p-value of that quantile."""
    for tail in [0.4, 0.1, 0.05, 0.025, 1e-3, 2**-20, 2**-33, 2**-43]:
        confidence = 1 - tail
        for freedom in [1, 1.5, 2, 3, 4, 4.7, 9, 30, 93, 599.5, 9999, 10001, 1e5, 1e6]:
            quantile = float(stats.t.isf(1 - confidence, freedom))
            yield [confidence, freedom, quantile, float(2 * stats.t.sf(quantile, freedom))]
    for t in [1e-12, 1e-3, 30.0, 1e3, 1e8]:
        for freedom in [1, 2, 4.5, 20, 500, 20000]:
            yield [None, freedom, t, float(2 * stats.t.sf(t, freedom))]


def tango():
    """only the first right, only the second right, photographs, confidence; low, high."""
    for case in range(260):
        photographs = int(chance.choice([1, 3, 20, 94, 167, 600, 5000, 10**6]))
        halves = 2 * photographs
        first = int(chance.integers(0, halves + 1)) if case % 4 else int(chance.integers(0, halves // 20 + 1))
        second = int(chance.integers(0, halves - first + 1))
        if case % 4 == 1:
            second = second // 20
        first, second = [(first, second), (first, 0), (0, 0), (halves, 0), (0, halves)][max(0, case % 9 - 4)]
        confidence = float(chance.choice(CONFIDENCES))
        low, high = tango_interval(first / 2, second / 2, photographs, confidence)
        yield [first / 2, second / 2, photographs, confidence, low, high]


def tango_interval(first, second, photographs, confidence):
    """By maximising the likelihood under each difference numerically, not by Tango's closed form."""
    z = float(stats.norm.isf((1 - confidence) / 2))

    def only_second(difference):
        """The share most likely under p(only first) = p(only second) + difference, by the slope of the likelihood."""
        least, most = max(0.0, -difference), (1 - difference) / 2
        both = photographs - first - second

        def slope(share):
            terms = [(first, share + difference, 1), (second, share, 1), (both, 1 - 2 * share - difference, -2)]
            return sum(count * sign / max(value, 1e-300) for count, value, sign in terms if count > 0)

        width = most - least
        if width <= 0:
            return least
        if slope(least + 1e-15 * width) <= 0:
            return least
        if slope(most - 1e-15 * width) >= 0:
            return most
        return optimize.brentq(slope, least + 1e-15 * width, most - 1e-15 * width, xtol=1e-300, rtol=1e-15, maxiter=1000)

    def excess(difference):
        variance = photographs * (2 * only_second(difference) + difference * (1 - difference))
        return first - second - photographs * difference, z * math.sqrt(max(variance, 0.0))

    seen = (first - second) / photographs

    def end(edge, sign):
        """From the edge of what is possible towards what was seen."""
        if seen == edge:
            return edge
        statistic = lambda it: sign * excess(it)[0] - excess(it)[1]
        near = seen - sign * 1e-13
        if statistic(near) > 0:
            return seen
        return optimize.brentq(statistic, edge, near, xtol=1e-16, rtol=1e-15, maxiter=1000)

    return end(-1.0, 1), end(1.0, -1)


def classification():
    """classes, matrix by rows; macro F1, balanced accuracy, and of each class precision, recall, F1, support."""
    for case in range(70):
        classes = int(chance.integers(2, 8))
        used = max(1, classes - case % 3)
        truth = chance.integers(0, used, int(chance.integers(1, 60)))
        predicted = np.where(chance.random(truth.size) < 0.6, truth, chance.integers(0, used, truth.size))
        if case % 5 == 0:
            predicted[:] = case % classes
        matrix = metrics.confusion_matrix(truth, predicted, labels=range(classes))
        with warnings.catch_warnings():
            # Of classes without pictures.
            warnings.simplefilter("ignore")
            balanced = metrics.balanced_accuracy_score(truth, predicted)
        macro = metrics.f1_score(truth, predicted, average="macro", zero_division=0)
        each = metrics.precision_recall_fscore_support(truth, predicted, labels=range(classes), zero_division=np.nan)
        figures = [[None if np.isnan(it) else float(it) for it in row] for row in zip(*each)]
        yield [classes, matrix.ravel().tolist(), float(macro), float(balanced), figures]


def calibration():
    """classes, true classes, logits by rows, bins; top-1, top-2 and top-3 accuracy, calibration error."""
    for case in range(60):
        classes, rows = int(chance.integers(3, 7)), int(chance.integers(1, 25))
        # Few digits: exact in 32 bits, too, and ties in some cases.
        step = 2.0 if case % 3 == 0 else 256.0
        logits = np.round(chance.normal(size=(rows, classes)) * 2.0 * step) / step
        truth = chance.integers(0, classes, rows)
        bins = int(chance.choice([1, 5, 10, 15]))
        order = np.argsort(-logits, axis=1, kind="stable")
        top = [float(np.mean([truth[row] in order[row, :k] for row in range(rows)])) for k in (1, 2, 3)]
        if case % 3:
            # Without ties scikit-learn agrees.
            for k in (1, 2):
                assert math.isclose(metrics.top_k_accuracy_score(truth, logits, k=k, labels=range(classes)), top[k - 1])
        exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
        confidence = (exponents / exponents.sum(axis=1, keepdims=True)).max(axis=1)
        right = order[:, 0] == truth
        edges, error = np.linspace(0.0, 1.0, bins + 1), 0.0
        for low, high in zip(edges[:-1], edges[1:]):
            inside = (confidence > low) & (confidence <= high)
            if inside.any():
                error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
        yield [classes, truth.tolist(), logits.ravel().tolist(), bins, top, float(error)]


def variance_shares():
    """levels, results of each combination, values with the last factor changing first and then the seed; shares of mains
    and of pairs, rest beyond pairs, noise, variance."""
    for case in range(64):
        levels = [int(it) for it in chance.integers(2, 4, int(chance.integers(1, 5)))]
        seeds = int(chance.choice([1, 2, 3]))
        cells = list(itertools.product(*(range(it) for it in levels)))
        names = [f"f{position}" for position in range(len(levels))]
        frame = pd.DataFrame([cell for cell in cells for _ in range(seeds)], columns=names)
        value = 0.8 + chance.normal(size=len(frame)) * chance.choice([0.001, 0.05])
        for name in names:
            value += 0.05 * chance.normal() * frame[name]
        value += 0.05 * chance.normal() * frame[names[0]] * frame[names[-1]]
        frame["value"] = np.round(value, 5)
        total = float(((frame.value - frame.value.mean()) ** 2).sum())
        pairs = list(itertools.combinations(names, 2))
        if seeds == 1 and len(levels) < 3:
            pairs = []
        terms = [f"C({name})" for name in names] + [f"C({one}):C({other})" for one, other in pairs]
        with warnings.catch_warnings():
            # Of F ratios, where nothing is left to divide by.
            warnings.simplefilter("ignore")
            table = anova_lm(ols("value ~ " + " + ".join(terms), frame).fit(), typ=1)
        squares = table["sum_sq"]
        means = frame.groupby(names).value.transform("mean")
        within = float(((frame.value - means) ** 2).sum())
        shares = [float(squares[term] / total) for term in terms]
        rest = max(0.0, (float(squares["Residual"]) - within) / total) if table["df"]["Residual"] > 0 else 0.0
        yield [
            levels, seeds, frame.value.tolist(), shares[: len(names)], shares[len(names):],
            rest, within / total, total / len(frame),
        ]


def clopper_pearson():
    """right, tries, one-sided confidence; lower bound."""
    for case in range(240):
        count = int(chance.choice([1, 2, 5, 20, 94, 149, 600, 1000, 5000, 20000]))
        # All, none, one, all but a few, nearly all, and any number.
        few, some = int(chance.integers(0, 6)), int(chance.integers(0, count + 1))
        right = [count, 0, 1, max(0, count - few), round(count * 0.98), some][case % 6]
        confidence = float(chance.choice(CONFIDENCES))
        low = float(stats.beta.ppf(1 - confidence, right, count - right + 1)) if right else 0.0
        # SciPy's own interval is a root that is searched to 2e-12, so of the two it has fewer digits.
        test = stats.binomtest(right, count, alternative="greater")
        assert math.isclose(low, test.proportion_ci(confidence, "exact").low, abs_tol=1e-10), (right, count, confidence)
        yield [right, count, confidence, low]


def main():
    made = [
        wilson, exact_mcnemar, holm, paired_t, t_quantiles, tango, classification, calibration, variance_shares,
        clopper_pearson,
    ]
    lines = []
    for make in made:
        cases = (json.dumps(case, separators=(",", ":")) for case in make())
        lines.append(f'"{make.__name__}": [\n' + ",\n".join(cases) + "\n]")
    Path(__file__).with_name("statistics.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
