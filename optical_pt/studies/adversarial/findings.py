"""What noise costs each method, whether adversaries harm clean queries, and what the probe says."""

from __future__ import annotations

import pandas as pd

from optical_pt.studies.adversarial.tasks import (
    BALANCE,
    LAREQA,
    MEAN,
    NOISES,
    PROBE,
    PROBED,
    clean_tasks,
    noises_of,
    noisy_name,
)
from optical_pt.studies.findings import finding
from optical_pt.studies.result import StudyResult
from optical_pt.studies.scope import mean_rows
from optical_pt.studies.tables import ALPHA, column_title

CHANGE = "change"


def add_means(scores: pd.DataFrame) -> pd.DataFrame:
    """Add each query's mean over the noises of its task, and how far that is from the clean score.

    The latter is negative where noise costs something, so that higher is better in both. Tasks come
    out in the order in which a reader asks for them.
    """
    frames = []
    keys = ["method", "language", "seed", "measure", "qid"]
    for name, measure in clean_tasks(scores).items():
        noises = noises_of(scores, name)
        frames += [scores[scores["task"] == task] for task in (name, *noises)]
        own = scores[scores["measure"] == measure].set_index(keys)
        noisy = own[own["task"].isin(noises)]["value"]
        means = noisy.groupby(level=keys, sort=False).mean()
        change = means - own[own["task"] == name]["value"].reindex(means.index)
        added = [means.reset_index(), change.reset_index().assign(measure=f"{measure} {CHANGE}")]
        frames += [
            frame.assign(task=noisy_name(name, MEAN), level=float("nan"))
            for frame in added
            if len(frame)
        ]
    frames.append(scores[scores["task"] == PROBE])
    return pd.concat(frames, ignore_index=True)[list(scores.columns)]


def by_method(result: StudyResult, task: str, measure: str) -> pd.DataFrame:
    """Values of languages (rows) by methods (columns)."""
    rows = result.rows(task, measure)
    rows = rows[rows["language"] != "mean"]
    return rows.pivot(index="language", columns="method", values="value")


def claims(result: StudyResult) -> list[str]:
    """Sentences on robustness, on harm, and on the probe."""
    sentences = []
    for name, measure in clean_tasks(result.per_query).items():
        noises = noises_of(result.per_query, name)
        if noises:
            sentences += _robustness(result, name, measure)
            sentences.append(_single_noises(result, name, measure, noises))
        sentences += [_harm(result, name, measure, group) for group in ("other", "low")]
        if name == LAREQA:
            sentences.append(_bias(result))
    return [*filter(None, sentences), *_left_out(result), *_probe(result)]


def _robustness(result: StudyResult, name: str, measure: str) -> list[str]:
    task = noisy_name(name, MEAN)
    noisy = by_method(result, task, measure)
    clean = by_method(result, name, measure).loc[noisy.index].mean()
    costs = clean - noisy.mean()
    each = ", ".join(
        f"{method} {costs[method]:.3f} of {clean[method]:.3f}" for method in result.methods
    )
    return [
        f"Noise takes from {name} {measure} (mean of languages and of noises): {each}.",
        finding(result, task, f"{measure} {CHANGE}"),
        finding(result, task, measure),
    ]


def _single_noises(result: StudyResult, name: str, measure: str, noises: list[str]) -> str:
    """What each noise costs the baseline, and which methods tests tell from it there."""
    clean = by_method(result, name, measure)[result.baseline]
    costs, differences = [], []
    for task in noises:
        noise = task.removeprefix(f"{name}, ")
        noisy = by_method(result, task, measure)[result.baseline]
        of = clean[noisy.index].mean()
        costs.append(f"{noise} {of - noisy.mean():.3f} of {of:.3f} ({', '.join(noisy.index)})")
        rows = result.rows(task, measure)
        for row in rows[rows["p_corrected"] < ALPHA].to_dict("records"):
            where = column_title(row["language"], row["group"])
            differences.append(f"{row['method']} {row['delta']:+.3f} ({noise}, {where})")
    return (
        f"Of {result.baseline}'s {name} {measure}, single noises take: {'; '.join(costs)}. "
        f"Significant differences from {result.baseline} under them: "
        f"{', '.join(differences) or 'none'}."
    )


def _harm(result: StudyResult, name: str, measure: str, group: str) -> str | None:
    """How methods compare on the clean queries of a group, or of its only language."""
    rows = mean_rows(result.rows(name, measure), group)
    if rows.empty:
        return None
    parts = [
        f"{row['method']} {row['delta']:+.3f} "
        f"({'' if row['p_corrected'] < ALPHA else 'not '}significant, Holm-corrected p = "
        f"{row['p_corrected']:.3g})"
        for row in rows[rows["method"] != result.baseline].to_dict("records")
    ]
    value = rows[rows["method"] == result.baseline]["value"].iloc[0]
    where = column_title(rows["language"].iloc[0], group)
    return (
        f"Clean {name} {measure}, {where}, against {result.baseline}'s {value:.3f}: "
        f"{', '.join(parts)}."
    )


def _bias(result: StudyResult) -> str:
    """How far rankings of the pool prefer languages."""
    bias = 1 - by_method(result, LAREQA, BALANCE).mean()
    each = ", ".join(f"{method} {bias[method]:.3f}" for method in result.methods)
    return (
        f"Language bias in the {LAREQA} (0: the top has as much of each language as is relevant; "
        f"mean of languages): {each}. {finding(result, LAREQA, BALANCE)}"
    )


def _left_out(result: StudyResult) -> list[str]:
    parts = []
    for name, measure in clean_tasks(result.per_query).items():
        if name == LAREQA:  # is not asked under noise
            continue
        tested = by_method(result, name, measure).index
        measured = noises_of(result.per_query, name)
        for task in (noisy_name(name, noise) for noise in NOISES):
            applied = by_method(result, task, measure).index if task in measured else []
            rest = tested.difference(applied)
            parts += [f"{task} ({', '.join(rest)})"] if len(rest) else []
    if not parts:
        return []
    return [f"Left out, as students would read (almost) the same: {'; '.join(parts)}."]


def _probe(result: StudyResult) -> list[str]:
    accuracy = 1 - by_method(result, PROBE, PROBED).mean()
    each = ", ".join(
        f"{method} {accuracy[method]:.3f}" for method in result.methods if method in accuracy
    )
    return [
        "Accuracy (1 - error) of a linear probe that tells students' sentences from their English "
        f"translations (0.5: language-neutral), mean of languages: {each}.",
        finding(result, PROBE, PROBED),
    ]
