"""The order of a table, its means and intervals, and its corrected tests."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from tiny_experiments import (
    CEILING,
    NMT,
    OPTICAL,
    experiment,
    results,
    scores,
)

from optical_pt import InputError
from optical_pt.evaluation import System, clir_experiment, correct_p_values, paired_p_value


def test_order_of_languages_and_systems():
    result = experiment(
        {"de": [CEILING, NMT], "ha": [CEILING, OPTICAL, NMT], "es": [NMT], "sw": [OPTICAL]},
        groups={"de": "other", "ha": "low", "es": "other", "sw": "low"},
    )
    assert result.languages == ("ha", "sw", "de", "es")
    assert result.systems == ("NMT >> BM25", "OPTICAL", "human")
    assert result.summary[["language", "system"]].values.tolist() == [
        ["ha", "NMT >> BM25"],
        ["ha", "OPTICAL"],
        ["ha", "human"],
        ["sw", "OPTICAL"],
        ["de", "NMT >> BM25"],
        ["de", "human"],
        ["es", "NMT >> BM25"],
    ]


def noisy_systems(language, seed, names):
    """Systems that put the relevant document of each of 30 queries at a random rank."""
    rng = np.random.default_rng([seed, sum(map(ord, language))])
    topics = pd.DataFrame({"qid": [f"{language}{n}" for n in range(30)], "query": "x"})
    qrels = topics[["qid"]].assign(docno="good", label=1)
    systems = []
    for number, (name, family) in enumerate(names):
        ranks = rng.integers(0, 6 - number, size=30)
        systems.append(
            System(
                name,
                family,
                results(
                    *(
                        " ".join([qid, *(f"bad{n}" for n in range(rank)), "good"])
                        for qid, rank in zip(topics["qid"], ranks, strict=True)
                    )
                ),
            )
        )
    return systems, topics, qrels


def test_correction_is_over_systems_and_languages_together():
    names = [("base", "bm25"), ("lex", "lexical"), ("opt", "optical"), ("human", "ceiling")]
    given_ = {language: noisy_systems(language, 1, names) for language in ("ha", "sw", "de")}
    del given_["de"][0][0]  # no baseline in German
    result = clir_experiment(
        {language: value[0] for language, value in given_.items()},
        {language: value[1] for language, value in given_.items()},
        {language: value[2] for language, value in given_.items()},
        ["AP", "RR@3"],
        groups={"ha": "low", "sw": "low", "de": "other"},
        baseline="base",
    )
    assert result.n_tests == 4  # lex and opt in ha and sw
    summary = result.summary.set_index(["measure", "language", "system"])
    for measure in result.measures:
        p_values = [
            paired_p_value(
                np.array(list(scores(result, system, language, measure).values())),
                np.array(list(scores(result, "base", language, measure).values())),
            )
            for language in ("ha", "sw")
            for system in ("lex", "opt")
        ]
        tested = summary.loc[measure].loc[
            [(language, system) for language in ("ha", "sw") for system in ("lex", "opt")]
        ]
        assert tested["p_value"].tolist() == p_values
        assert tested["p_corrected"].tolist() == correct_p_values(np.array(p_values)).tolist()
    untested = summary[summary["p_value"].isna()]
    assert untested["p_corrected"].isna().all()
    assert set(untested.index.droplevel("measure")) == {
        ("ha", "base"),
        ("sw", "base"),
        ("ha", "human"),
        ("sw", "human"),
        ("de", "lex"),
        ("de", "opt"),
        ("de", "human"),
    }
    assert summary.loc[("MAP", "ha", "human"), "delta"] > 0  # ceilings have a delta but no test
    assert summary.loc["MAP"].loc["de", "delta"].isna().all()
    assert set(result.significant(1.0)["system"]) == {"lex", "opt"}
    assert result.significant(0.0).empty


def test_group_means_need_all_languages():
    result = experiment(
        {"ha": [NMT, OPTICAL], "sw": [NMT], "de": [NMT, OPTICAL]},
        groups={"ha": "low", "sw": "low", "de": "other"},
    )
    means = result.means().set_index(["system", "group"])["value"]
    nmt = (1 + 1 + 0.5) / 3
    assert means["NMT >> BM25"].to_dict() == pytest.approx({"low": nmt, "other": nmt, "all": nmt})
    assert math.isnan(means["OPTICAL", "low"])
    assert math.isnan(means["OPTICAL", "all"])
    assert means["OPTICAL", "other"] == pytest.approx((5 / 6 + 0 + 1) / 3)
    assert set(experiment({"ha": [NMT]}).means()["group"]) == {"low", "all"}


def test_confidence_intervals():
    names = [("base", "bm25"), ("opt", "optical")]
    systems, topics, qrels = noisy_systems("ha", 2, names)
    systems.append(System("same", "fusion", systems[1].pipeline))
    result = experiment(
        {"ha": systems, "sw": systems[:1]},
        topics={"ha": topics, "sw": topics},
        qrels={"ha": qrels, "sw": qrels},
        baseline="base",
    )
    values = np.array(list(scores(result, "opt", "ha", "MAP").values()))
    low, high = result.confidence_interval("opt", "ha", "MAP")
    # The normal approximation of the same interval.
    half = 1.96 * values.std() / math.sqrt(len(values))
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)
    assert (low, high) == result.confidence_interval("opt", "ha", "MAP")
    assert result.confidence_interval("opt", "ha", "MAP", seed=1) != (low, high)
    delta = values.mean() - result.values("MAP").loc["base", "ha"]
    low, high = result.confidence_interval("opt", "ha", "MAP", of="delta")
    assert low < delta < high
    assert result.confidence_interval("base", "ha", "MAP", of="delta") == (0.0, 0.0)
    for of in ("value", "delta"):
        assert np.isnan(result.confidence_interval("opt", "sw", "MAP", of=of)).all()
    with pytest.raises(InputError, match="level 95: give a share between 0 and 1"):
        result.confidence_interval("opt", "ha", "MAP", level=95)
    seeded = dataclasses.replace(result, seed=1)
    ends = result.confidence_interval("opt", "ha", "MAP", seed=1)
    assert seeded.confidence_interval("opt", "ha", "MAP") == ends
    with pytest.raises(InputError, match="unknown system 'x': use one of base, opt, same"):
        result.confidence_interval("x", "ha", "MAP")
