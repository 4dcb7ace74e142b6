"""Gaps to the ceiling and between groups, with their bootstrap intervals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.errors import InputError
from optical_pt.evaluation import System, clir_experiment
from optical_pt.measures import ceiling_gap, group_gap

NAMES = {"system": "OPTICAL", "ceiling": "human", "measure": "MAP"}
GROUPS = {"ha": "low", "zu": "low", "de": "other"}


def scores(qids=None, **by_language):
    """Per-query scores from ``ha=([system's], [ceiling's])``."""
    rows = [
        (system, language, qids[n] if qids else f"{language}{n}", "MAP", value)
        for language, both in by_language.items()
        for system, values in zip(("OPTICAL", "human"), both, strict=True)
        for n, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["system", "language", "qid", "measure", "value"])


SCORES = scores(ha=([0.2, 0.4], [0.5, 0.7]), zu=([0.3, 0.3], [1.0, 0.2]), de=([0.6], [0.8]))


def test_gaps_by_hand():
    assert ceiling_gap(SCORES, **NAMES, languages=["ha"]).value == pytest.approx(1 - 0.3 / 0.6)
    everywhere = ceiling_gap(SCORES, **NAMES)
    assert everywhere.value == pytest.approx((0.5 + 0.5 + 0.25) / 3)
    assert everywhere.languages == ("ha", "zu", "de")
    assert everywhere.level == 0.95
    relative = group_gap(SCORES, **NAMES, groups=GROUPS)
    assert relative.value == pytest.approx(0.5 - 0.25)
    plain = group_gap(SCORES, system="OPTICAL", measure="MAP", groups=GROUPS)
    assert plain.value == pytest.approx(0.6 - 0.3)
    assert str(ceiling_gap(SCORES, **NAMES, languages=["de"])) == "0.250 [0.250, 0.250]"
    above = scores(ha=([0.9], [0.6]))
    assert ceiling_gap(above, **NAMES).value == pytest.approx(-0.5)


def test_the_gaps_of_two_systems_are_compared_on_the_same_draws():
    rng = np.random.default_rng(0)
    own, ceiling = rng.uniform(0.1, 0.5, 60), np.ones(60)
    table = scores(ha=(own, ceiling), de=(own + 0.25, ceiling))
    rival = table[table["system"] == "OPTICAL"].assign(system="NMT")
    rival["value"] -= 0.2 * (rival["language"] == "ha")
    both = pd.concat([table, rival])
    gap = group_gap(both, **{**NAMES, "system": "NMT"}, groups=GROUPS, against="OPTICAL")
    assert (gap.value, gap.low, gap.high) == pytest.approx((0.2, 0.2, 0.2))
    alone = [group_gap(both, **{**NAMES, "system": s}, groups=GROUPS) for s in ("NMT", "OPTICAL")]
    assert gap.value == pytest.approx(alone[0].value - alone[1].value)
    with pytest.raises(InputError, match="'ha' has no scores of 'BM25'"):
        group_gap(both, **NAMES, groups=GROUPS, against="BM25")


def test_draws_are_paired_over_systems():
    rng = np.random.default_rng(0)
    ceiling = rng.uniform(0.1, 1, 60)
    # The system always gets half of the ceiling: on any queries the gap is the same.
    gap = ceiling_gap(scores(ha=(ceiling / 2, ceiling)), **NAMES)
    assert (gap.value, gap.low, gap.high) == pytest.approx((0.5, 0.5, 0.5))


def test_languages_of_the_same_queries_draw_together():
    rng = np.random.default_rng(0)
    low, ceiling = rng.uniform(0.1, 0.5, 60), np.ones(60)
    qids = [f"q{n}" for n in range(60)]
    both = {"ha": (low, ceiling), "de": (low + 0.25, ceiling)}
    options = {**NAMES, "groups": {"ha": "low", "de": "other"}}
    together = group_gap(scores(qids, **both), **options)
    assert (together.low, together.high) == pytest.approx((0.25, 0.25))
    apart = group_gap(scores(**both), **options)
    assert apart.value == pytest.approx(0.25)
    assert apart.low < 0.24 < 0.26 < apart.high


def test_the_interval_is_that_of_a_ratio():
    rng = np.random.default_rng(1)
    ceiling = rng.uniform(0.4, 1, 400)
    system = ceiling * rng.uniform(0.2, 0.9, 400)
    table = scores(ha=(system, ceiling))
    gap = ceiling_gap(table, **NAMES)
    # The delta method's standard error of a ratio of paired means.
    ratio = system.mean() / ceiling.mean()
    half = 1.96 * (system - ratio * ceiling).std() / ceiling.mean() / math.sqrt(400)
    assert (gap.low, gap.high) == pytest.approx((1 - ratio - half, 1 - ratio + half), abs=0.005)
    assert gap == ceiling_gap(table, **NAMES)
    assert gap != ceiling_gap(table, **NAMES, seed=1)
    narrow = ceiling_gap(table, **NAMES, level=0.5)
    assert gap.low < narrow.low < gap.value < narrow.high < gap.high


SCORE = st.floats(0, 1)


@given(st.lists(st.tuples(SCORE, SCORE), min_size=1, max_size=8), st.integers(0, 5))
def test_bounds(pairs, seed):
    system = [min(pair) for pair in pairs]
    ceiling = [max(pair) for pair in pairs]
    ceiling[0] = 1.0
    gap = ceiling_gap(scores(ha=(system, ceiling)), **NAMES, resamples=50, seed=seed)
    assert -1e-9 <= gap.low <= gap.high <= 1 + 1e-9
    assert -1e-9 <= gap.value <= 1


def test_draws_without_a_ceiling_are_left_out():
    gap = ceiling_gap(scores(ha=([0.5, 0.0], [1.0, 0.0])), **NAMES)
    assert (gap.value, gap.low, gap.high) == (0.5, 0.5, 0.5)


def test_on_the_result_of_an_experiment():
    import pyterrier as pt

    topics = pd.DataFrame({"qid": ["1", "2"], "query": ["ruwa", "wuta"]})
    qrels = pd.DataFrame({"qid": ["1", "2"], "docno": ["a", "b"], "label": 1})
    good = pd.DataFrame({"qid": ["1", "2"], "docno": ["a", "b"], "score": 1.0})
    systems = [
        System("OPTICAL", "optical", pt.Transformer.from_df(good[:1])),
        System("human", "ceiling", pt.Transformer.from_df(good)),
    ]
    result = clir_experiment(
        {"ha": systems, "de": systems[::-1]},
        {"ha": topics, "de": topics},
        {"ha": qrels, "de": qrels},
        ["AP"],
        groups={"ha": "low", "de": "other"},
    )
    gap = ceiling_gap(result.per_query, **NAMES)
    assert (gap.value, gap.low, gap.high) == (0.5, 0.0, 1.0)
    assert group_gap(result.per_query, **NAMES, groups=result.groups).value == 0.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"system": "NMT"}, "no language has scores of 'NMT'"),
        ({"measure": "RR"}, "no score of measure 'RR': use one of MAP"),
        ({"ceiling": "x"}, "language 'ha' has no scores of 'x'"),
        ({"languages": ["sw"]}, "language 'sw' has no scores of 'OPTICAL'"),
        ({"languages": []}, "no language has scores of 'OPTICAL'"),
        ({"level": 95}, "level 95: it must be between 0 and 1"),
        ({"per_query": SCORES[1:]}, "'OPTICAL' in language 'ha' has no score of qid 'ha0'"),
        (
            {"per_query": pd.concat([SCORES, SCORES])},
            "'OPTICAL' in language 'ha' has several scores of qid 'ha0'",
        ),
        ({"per_query": scores(ha=([0.5], [0.0]))}, "ceiling 'human' is 0 in language 'ha'"),
        ({"groups": {"ha": "low", "zu": "low"}}, "language 'de' has no group: use one of low"),
        ({"groups": dict.fromkeys(GROUPS, "low")}, "all languages of 'OPTICAL' are in one group"),
    ],
)
def test_bad_input_is_one_line(changes, message):
    options = {"per_query": SCORES, **NAMES, **changes}
    function = group_gap if "groups" in changes else ceiling_gap
    with pytest.raises(InputError, match=message) as caught:
        function(**options)
    assert "\n" not in str(caught.value)
