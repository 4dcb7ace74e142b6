"""The input of an experiment, checked as a whole before the first pipeline runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from optical_pt.errors import InputError
from optical_pt.evaluation.system import FAMILIES, GROUPS, Family, Group, System
from optical_pt.files import file_stem


@dataclass(frozen=True, eq=False)
class LanguageTask:
    """A column of the table: its systems, and its topics that have judgments."""

    language: str
    group: Group
    systems: tuple[System, ...]
    topics: pd.DataFrame
    qrels: pd.DataFrame

    def topics_of(self, system: System) -> pd.DataFrame:
        """The topics for one system, which for a ceiling are human English versions.

        Raises:
            InputError: if the system has topics of its own and lacks one of the qids.
        """
        if system.topics is None:
            return self.topics
        where = f"topics of system {system.name!r} in language {self.language!r}"
        own = _check_topics(system.topics, where)
        missing = set(self.topics["qid"]) - set(own["qid"])
        if missing:
            raise InputError(f"{where} lack qid {min(missing)!r}: give every judged query")
        return own[own["qid"].isin(self.topics["qid"])].reset_index(drop=True)


def check_input(
    systems: Mapping[str, Sequence[System]],
    topics: Mapping[str, pd.DataFrame],
    qrels: Mapping[str, pd.DataFrame],
    groups: Mapping[str, Group],
) -> tuple[dict[str, Family], list[LanguageTask]]:
    """Check all input, and put languages (low-resource first) and systems (by family) in order.

    Returns:
        The family of each system, and the languages with their systems.

    Raises:
        InputError: with one line on the first thing that cannot be used.
    """
    if not systems:
        raise InputError("no language given: name at least one with its systems")
    _check_file_stems("languages", systems)
    for language in systems:
        for what, given in (("topics", topics), ("qrels", qrels), ("group", groups)):
            if language not in given:
                raise InputError(f"language {language!r} has no {what}: give them, or leave it out")
        if groups[language] not in GROUPS:
            raise InputError(
                f"language {language!r} has unknown group {groups[language]!r}: "
                f"use one of {', '.join(GROUPS)}"
            )
    families = _families(systems)
    order = list(families)
    tasks = []
    for language in sorted(systems, key=lambda language: GROUPS.index(groups[language])):
        judged_topics, judgments = _judged(topics[language], qrels[language], language)
        ordered = tuple(sorted(systems[language], key=lambda system: order.index(system.name)))
        task = LanguageTask(language, groups[language], ordered, judged_topics, judgments)
        for system in ordered:
            task.topics_of(system)
        tasks.append(task)
    return families, tasks


def check_results(results: pd.DataFrame, topics: pd.DataFrame, where: str) -> pd.DataFrame:
    """Give the ``qid, docno, score`` of a pipeline's results, with ids as text.

    Raises:
        InputError: on a missing column, a document twice for a query, a score that is not a
            number, and a query that was not asked.
    """
    missing = {"qid", "docno", "score"} - set(results.columns)
    if missing:
        raise InputError(
            f"results of {where} lack column {min(missing)!r}: end the pipeline with a retriever "
            "or reranker"
        )
    run = results[["qid", "docno", "score"]].astype({"qid": str, "docno": str})
    unasked = run["qid"][~run["qid"].isin(topics["qid"])]
    if len(unasked):
        raise InputError(f"results of {where} have qid {unasked.iloc[0]!r}, which is no topic")
    for problem, bad in (
        ("twice", run.duplicated(["qid", "docno"])),
        ("with a score that is not a number", run["score"].isna()),
    ):
        if bad.any():
            first = run[bad].iloc[0]
            raise InputError(
                f"results of {where} have docno {first['docno']!r} of qid {first['qid']!r} "
                f"{problem}: correct the pipeline"
            )
    return run


def _families(systems: Mapping[str, Sequence[System]]) -> dict[str, Family]:
    """The family of each system name; the names by family, then as first given."""
    families: dict[str, Family] = {}
    for language, given in systems.items():
        if not given:
            raise InputError(f"language {language!r} has no systems: give some, or leave it out")
        seen = set()
        for system in given:
            if system.name in seen:
                raise InputError(
                    f"system {system.name!r} is there twice in language {language!r}: rename one"
                )
            seen.add(system.name)
            if families.setdefault(system.name, system.family) != system.family:
                raise InputError(
                    f"system {system.name!r} has family {families[system.name]!r} in one language "
                    f"and {system.family!r} in {language!r}: use one"
                )
    _check_file_stems("systems", families)
    ordered = sorted(families, key=lambda name: FAMILIES.index(families[name]))
    return {name: families[name] for name in ordered}


def _check_file_stems(what: str, names: Iterable[str]) -> None:
    owners: dict[str, str] = {}
    for name in names:
        owner = owners.setdefault(file_stem(name), name)
        if owner != name:
            raise InputError(
                f"{what} {owner!r} and {name!r} would share the file name {file_stem(name)!r}: "
                "rename one"
            )


def _judged(
    topics: pd.DataFrame, qrels: pd.DataFrame, language: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The topics that have judgments, and the judgments of these topics."""
    topics = _check_topics(topics, f"topics of language {language!r}")
    missing = {"qid", "docno", "label"} - set(qrels.columns)
    if missing:
        raise InputError(f"qrels of language {language!r} lack column {min(missing)!r}: add it")
    qrels = qrels[["qid", "docno", "label"]].astype({"qid": str, "docno": str})
    qrels = qrels.assign(label=_labels(qrels, language))
    repeated = qrels[qrels.duplicated(["qid", "docno"])]
    if len(repeated):
        first = repeated.iloc[0]
        raise InputError(
            f"qrels of language {language!r} judge docno {first['docno']!r} of qid "
            f"{first['qid']!r} twice: keep one judgment"
        )
    if topics.empty:
        raise InputError(f"topics of language {language!r} are empty: give queries")
    judged = topics[topics["qid"].isin(qrels["qid"])].reset_index(drop=True)
    if judged.empty:
        topic_qid = f"{topics['qid'].iloc[0]!r}"
        qrels_qid = f"{qrels['qid'].iloc[0]!r}" if len(qrels) else "none"
        raise InputError(
            f"qrels of language {language!r} match no query (first topic qid: {topic_qid}; first "
            f"judged qid: {qrels_qid}): use qrels of the same topics"
        )
    return judged, qrels[qrels["qid"].isin(judged["qid"])].reset_index(drop=True)


def _labels(qrels: pd.DataFrame, language: str) -> pd.Series:
    """Whole numbers, whatever type they come in: trec_eval takes no others."""
    labels = pd.to_numeric(qrels["label"], errors="coerce")
    unfit = ~(labels % 1 == 0).fillna(False).astype(bool)  # not a number, too
    if unfit.any():
        first = qrels[unfit].iloc[0]
        raise InputError(
            f"qrels of language {language!r} have label {first['label']} for docno "
            f"{first['docno']!r} of qid {first['qid']!r}: use whole numbers"
        )
    return labels.astype(int)


def _check_topics(topics: pd.DataFrame, where: str) -> pd.DataFrame:
    missing = {"qid", "query"} - set(topics.columns)
    if missing:
        raise InputError(f"{where} lack column {min(missing)!r}: add it")
    topics = topics.astype({"qid": str})
    repeated = topics["qid"][topics["qid"].duplicated()]
    if len(repeated):
        raise InputError(f"{where} have qid {repeated.iloc[0]!r} twice: keep one")
    return topics
