"""From the choices of a user to the input of an experiment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from optical_pt.collections import open_collection
from optical_pt.errors import InputError
from optical_pt.evaluation import System
from optical_pt.models import LateInteraction
from optical_pt.models.loading import require_device
from optical_pt.table.resources import Resources
from optical_pt.table.students import find_lexicons, find_students
from optical_pt.table.systems import Row, choose_rows, language_systems, system_name


@dataclass(frozen=True)
class TablePlan:
    """What to compare, on what.

    Attributes:
        collection: see :func:`optical_pt.collections.open_collection`.
        index_folder: for indexes and the translation cache.
        query_sets: of the collection, ``SET`` or ``SET:LANG,LANG`` for some of its languages; None
            takes the collection's default ones. Those of one language are pooled.
        languages: of the queries; None takes all of the sets but the documents' own.
        low_resource: languages to group as low-resource; None asks the collection.
        teacher: see :class:`~optical_pt.models.LateInteraction`.
        students: a folder of students, or one; None for none.
        nmt: a seq2seq model for every language; None for none.
        systems: keys or families of :data:`optical_pt.table.SYSTEMS`; None takes all for which
            the models are there.
        baseline: key or name of the system that the others are tested against.
        bm25_engine: ``"pisa"`` or ``"terrier"``.
        device: for models.
        respell: whether words of queries that neither the language's lexical table nor the
            documents have are respelt, for all systems alike, see
            :class:`~optical_pt.respelling.Respeller`; it needs a student with a lexical table.
    """

    collection: str
    index_folder: Path
    query_sets: Sequence[str] | None = None
    languages: Sequence[str] | None = None
    low_resource: Sequence[str] | None = None
    teacher: str = "minilm"
    students: str | Path | None = None
    nmt: str | None = None
    systems: Sequence[str] | None = None
    baseline: str | None = "nmt-bm25"
    bm25_engine: str = "pisa"
    device: str | None = None
    respell: bool = False


class ClirTable:
    """The systems, topics, qrels and groups of each language, ready for ``clir_experiment``.

    Everything that can be wrong with the input is found here, before any retrieval.

    Args:
        plan: the choices.
        say: called with a line on what is being done or left out.

    Attributes:
        systems, topics, qrels, groups: by language.
        respelt: by language, how many queries were respelt; empty where that was not asked for.
        baseline: name of the baseline, or None where no language has it.

    Raises:
        InputError: for any input that cannot be used.
    """

    def __init__(self, plan: TablePlan, say: Callable[[str], None] = lambda line: None):
        self.plan, self._say = plan, say
        rows = choose_rows(plan.systems)
        baseline = None if plan.baseline is None else system_name(plan.baseline)
        if plan.device is not None:
            require_device(plan.device)
        self.collection = open_collection(plan.collection, low_resource=plan.low_resource)
        self._sets = self._sets_by_language()
        self.languages = list(self._sets)
        judged = {
            language: self.collection.judged_topics(language, self._sets[language])
            for language in self.languages
        }
        needed = {need for row in rows for need in row.needs}
        if plan.respell:
            needed.add("lexicon")
        wants_students = plan.students and needed & {"student", "lexicon"}
        students = find_students(plan.students) if wants_students else {}
        self._indexes = {index for row in rows for index in row.indexes}
        self.shared = Resources(
            collection=self.collection,
            teacher=LateInteraction(plan.teacher, device=plan.device),
            folder=plan.index_folder,
            bm25_engine=plan.bm25_engine,
            students=students if "student" in needed else {},
            lexicons=find_lexicons(students) if "lexicon" in needed else {},
            nmt=plan.nmt if "translator" in needed else None,
            device=plan.device,
            qrels=pd.concat([topics.qrels for topics in judged.values()]),
        )
        self._tell_collection()
        # Models are opened first: a wrong one should not be found after hours of indexing.
        for language, topics in judged.items():
            if topics.unjudged:
                say(f"{language}: {len(topics.unjudged)} queries without judgments are left out")
            self._tell_missing(language, topics.english, rows)
            if plan.respell and self.shared.models(language).lexicon is None:
                raise InputError(
                    f"{language}: no lexical table to respell queries by; give --students that "
                    "have one, or leave --respell out"
                )
        self._build_indexes()
        self.topics = {language: topics.topics for language, topics in judged.items()}
        self.respelt = self._respell() if plan.respell else {}
        self.qrels = {language: topics.qrels for language, topics in judged.items()}
        self.groups = {language: self.collection.group(language) for language in judged}
        self.systems: dict[str, list[System]] = {
            language: language_systems(self.shared, language, topics.english, rows)
            for language, topics in judged.items()
        }
        self.baseline = self._available(baseline)

    def provenance(self) -> dict[str, Any]:
        """Names and hashes of data and models, for a manifest."""
        models = {language: self.shared.models(language).identities for language in self.languages}
        teacher = self.shared.teacher_identity if "token_index" in self._indexes else None
        return {
            "collection": self.collection.name,
            "query_sets": self._sets,
            "queries_sha256": {
                language: self.collection.fingerprint([language], sets)
                for language, sets in self._sets.items()
            },
            "documents_sha256": self.collection.documents_fingerprint(),
            "teacher": teacher,
            "bm25_engine": self.plan.bm25_engine,
            "models": models,
            "respelt": self.respelt,
        }

    def _sets_by_language(self) -> dict[str, list[str]]:
        """The chosen query sets of each chosen language, in the order of the languages."""
        foreign = set(self.collection.foreign_languages())
        sets: dict[str, list[str]] = {}
        for choice in self.plan.query_sets or self.collection.default_sets:
            name, wanted = self._split(choice)
            has = self.collection.languages([name])
            for language in wanted or has:
                if language not in has:
                    raise InputError(f"queries {choice!r}: {name} has {', '.join(has)}")
                sets.setdefault(language, []).append(name)
        if self.plan.languages is None:
            chosen = [language for language in sorted(sets) if language in foreign]
        else:
            chosen = list(dict.fromkeys(self.plan.languages))
        if not chosen:
            has = ", ".join(sorted(sets))
            raise InputError(f"no language: the queries of {self.collection.name} are in {has}")
        for language in chosen:
            if language not in sets:
                has = ", ".join(sorted(sets))
                raise InputError(
                    f"language {language!r}: the queries of {self.collection.name} are in {has}"
                )
        return {language: sets[language] for language in chosen}

    def _split(self, choice: str) -> tuple[str, list[str]]:
        """A query set, whose own name may have colons, and the languages that are named with it."""
        name, _, languages = choice.rpartition(":")
        if not name or choice in self.collection.query_sets:
            return choice, []
        return name, languages.split(",")

    def _tell_collection(self) -> None:
        count = self.collection.n_documents
        size = "documents" if count is None else f"{count:,} documents"
        self._say(f"{self.collection.name}: {size}, queries in {', '.join(self.languages)}")
        self.shared.remember_documents()

    def _build_indexes(self) -> None:
        if "bm25" in self._indexes:
            self._say(f"BM25 index ({self.plan.bm25_engine})")
            _ = self.shared.bm25
        if "token_index" in self._indexes:
            self._say(f"token index ({self.plan.teacher})")
            _ = self.shared.token_index

    def _respell(self) -> dict[str, int]:
        self._say("words of the documents")
        counts = {}
        for language, spelt in self.topics.items():
            respell = self.shared.respeller(self.shared.models(language).lexicon)
            self.topics[language] = respell(spelt)[["qid", "query"]]
            changed = self.topics[language]["query"] != spelt["query"]
            counts[language] = int(changed.sum())
        return counts

    def _tell_missing(
        self, language: str, english: pd.DataFrame | None, rows: Sequence[Row]
    ) -> None:
        lacks: dict[str, list[str]] = {}
        spoken = self.collection.document_language
        for row in rows:
            if lack := row.missing(self.shared.models(language), english, spoken):
                lacks.setdefault(lack, []).append(row.key)
        for lack, keys in lacks.items():
            finding = f"{language}: no {lack} for {', '.join(keys)}"
            if self.plan.systems is not None:
                raise InputError(
                    f"{finding}; give --students, --nmt or a collection that has it, or leave "
                    "these systems out"
                )
            self._say(f"{finding}; left out")

    def _available(self, baseline: str | None) -> str | None:
        names = {system.name for systems in self.systems.values() for system in systems}
        if baseline is None or baseline in names:
            return baseline
        self._say(f"no language has the baseline {baseline!r}: nothing is tested")
        return None
