"""What the regularisation's strength does to retrieval, and to plans."""

from __future__ import annotations

import pandas as pd

from optical_pt.studies.findings import finding
from optical_pt.studies.regularization_strength import plans
from optical_pt.studies.result import StudyResult
from optical_pt.studies.scope import mean_rows
from optical_pt.studies.tables import ALPHA, column_title

MEASURE = "nDCG@10"


def answers(result: StudyResult, method: str, start: str) -> list[str]:
    """Sentences about each retrieval task, and about the plans.

    Args:
        result: Of levels of ``method`` against one of them.
        method: The distillation.
        start: The method without training.
    """
    sentences = []
    for task in dict.fromkeys(task for task, _ in result.measured if task != plans.TASK):
        sentences += [
            finding(result, task, MEASURE),
            *_levels(result, task, method),
            _optima(result, task, method),
            _gain(result, task, method, start),
        ]
    return [*sentences, *_about_plans(result, method)]


def _levels(result: StudyResult, task: str, method: str) -> list[str]:
    """How the tests came out, where there were any, and unless the best is the baseline itself."""
    rows = _by_level(result, task, MEASURE, method)
    highest = mean_rows(result.rows(task, MEASURE))["value"].max()
    if (rows["value"][rows["level"] == result.baseline_level] == highest).all():
        return []
    tested = rows[rows["p_corrected"].notna()]
    differs = tested["p_corrected"] < ALPHA
    parts = {
        "significantly above": tested[differs & (tested["delta"] > 0)],
        "significantly below": tested[differs & (tested["delta"] < 0)],
        "no significant difference": tested[~differs],
    }
    told = [f"{words}: {_levels_of(part)}" for words, part in parts.items() if len(part)]
    against = f"{task} against eps {result.baseline_level:g}, {_where(rows)}"
    return [f"{against}: {'; '.join(told)}."] if told else []


def _optima(result: StudyResult, task: str, method: str) -> str:
    rows = result.rows(task, MEASURE)
    rows = rows[(rows["method"] == method) & (rows["language"] != "mean")]
    # Of equal levels, the one that the others are tested against.
    rows = rows.sort_values(
        "level", key=lambda levels: levels != result.baseline_level, kind="stable"
    )
    best = rows.loc[rows.groupby("language", sort=False)["value"].idxmax()]
    parts = [
        f"{row['language']} at {row['level']:g} ({row['delta']:+.3f})" for _, row in best.iterrows()
    ]
    proven = best["language"][(best["p_corrected"] < ALPHA) & (best["delta"] > 0)]
    return (
        f"{task}, highest {MEASURE} by language, and how far above eps {result.baseline_level:g}: "
        f"{', '.join(parts)}; significant in {', '.join(proven) or 'none'}."
    )


def _gain(result: StudyResult, task: str, method: str, start: str) -> str:
    rows = _by_level(result, task, MEASURE, method)
    trained = rows[rows["level"] == result.baseline_level].iloc[0]
    untrained = _by_level(result, task, MEASURE, start).iloc[0]
    return (
        f"{task}, {_where(rows)}: {MEASURE} {untrained['value']:.3f} before training, from "
        f"{rows['value'].min():.3f} to {rows['value'].max():.3f} after it, by eps "
        f"({trained['value']:.3f} at {result.baseline_level:g}; not tested)."
    )


def _about_plans(result: StudyResult, method: str) -> list[str]:
    rows = _by_level(result, plans.TASK, plans.ENTROPY, method)
    entropies = [f"{row['value']:.2f} at {row['level']:g}" for _, row in rows.iterrows()]
    shares = _by_level(result, plans.TASK, plans.UNSOLVED, method)
    unsolved = shares[shares["value"] > 0]
    sentences = [
        "Normalised entropy of the plans of held-out pairs (0: an alignment, 1: independence), "
        f"{_where(rows)}: {', '.join(entropies)}."
    ]
    if len(unsolved):
        parts = [f"{row['value']:.0%} at {row['level']:g}" for _, row in unsolved.iterrows()]
        sentences.append(
            f"Plans that miss their marginals by more than {plans.TOLERANCE:g} of the mass: "
            f"{', '.join(parts)}; give more --iterations."
        )
    return sentences


def _by_level(result: StudyResult, task: str, measure: str, method: str) -> pd.DataFrame:
    rows = result.rows(task, measure)
    return mean_rows(rows[rows["method"] == method]).sort_values("level")


def _where(rows: pd.DataFrame) -> str:
    return column_title(rows["language"].iloc[0], rows["group"].iloc[0])


def _levels_of(rows: pd.DataFrame) -> str:
    return ", ".join(f"{level:g}" for level in rows["level"])
