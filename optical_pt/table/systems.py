"""The rows of a CLIR table, each a pipeline from shared parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.evaluation import System
from optical_pt.evaluation.system import Family
from optical_pt.fusion import rrf
from optical_pt.table.resources import LanguageModels, Resources
from optical_pt.translation import LexicalTranslator

NUM_RESULTS = 1000
RERANK_DEPTH = 100
BM25, TOKENS = ("bm25",), ("token_index",)
WITH_LEXICON = ("lexicon", "student")
WITH_NMT = ("translator", "student")
# They make English words, or vectors of English.
_ENGLISH_MODELS = {"lexicon", "student"}


@dataclass(frozen=True)
class Row:
    """A system of the table.

    Attributes:
        key: what ``--systems`` calls it.
        name: what the table calls it.
        family: see :data:`optical_pt.evaluation.FAMILIES`.
        indexes: attributes of :class:`Resources` that it searches.
        needs: attributes of :class:`LanguageModels` without which it is left out.
        build: makes the pipeline.
        english: whether it answers the human English versions of the queries.
    """

    key: str
    name: str
    family: Family
    indexes: tuple[str, ...]
    needs: tuple[str, ...]
    build: Callable[[Resources, LanguageModels], pt.Transformer]
    english: bool = False

    def missing(
        self, models: LanguageModels, english: pd.DataFrame | None, document_language: str
    ) -> str | None:
        """What a language lacks for this row, or None.

        Lexical tables and students lead into English, and English queries are a ceiling: none of
        them is any help with documents in another language.
        """
        into_english = self.english or not _ENGLISH_MODELS.isdisjoint(self.needs)
        if into_english and document_language != "en":
            return "English documents"
        for need in self.needs:
            if getattr(models, need) is None:
                return need
        return "human English queries" if self.english and english is None else None


def _bm25(shared: Resources, models: LanguageModels) -> pt.Transformer:
    return shared.bm25.retriever(NUM_RESULTS)


def _lexical(shared: Resources, models: LanguageModels) -> pt.Transformer:
    return LexicalTranslator(models.lexicon) >> _bm25(shared, models)


def _psq(shared: Resources, models: LanguageModels) -> pt.Transformer:
    return LexicalTranslator(models.lexicon, mode="psq") >> _bm25(shared, models)


def _nmt_bm25(shared: Resources, models: LanguageModels) -> pt.Transformer:
    return models.translator.queries() >> _bm25(shared, models)


def _teacher(shared: Resources, models: LanguageModels) -> pt.Transformer:
    return shared.teacher.query_encoder() >> _search(shared)


def _nmt_teacher(shared: Resources, models: LanguageModels) -> pt.Transformer:
    return models.translator.queries() >> _teacher(shared, models)


def _optical(shared: Resources, models: LanguageModels) -> pt.Transformer:
    return models.student.query_encoder() >> _search(shared)


def _search(shared: Resources) -> pt.Transformer:
    return shared.token_index.retriever(NUM_RESULTS, device=shared.device)


def _rerank(
    translated: pt.Transformer, shared: Resources, models: LanguageModels
) -> pt.Transformer:
    """Candidates by the translated query, scores by the student from the original one."""
    candidates = translated >> shared.bm25.retriever(RERANK_DEPTH)
    student = models.student.query_encoder()
    return candidates >> pt.rewrite.reset() >> student >> shared.token_index.scorer()


def _psq_rerank(shared: Resources, models: LanguageModels) -> pt.Transformer:
    return _rerank(LexicalTranslator(models.lexicon, mode="psq"), shared, models)


def _nmt_rerank(shared: Resources, models: LanguageModels) -> pt.Transformer:
    return _rerank(models.translator.queries(), shared, models)


def _psq_fusion(shared: Resources, models: LanguageModels) -> pt.Transformer:
    return rrf(_optical(shared, models), _psq(shared, models), num_results=NUM_RESULTS)


def _nmt_fusion(shared: Resources, models: LanguageModels) -> pt.Transformer:
    return rrf(_optical(shared, models), _nmt_bm25(shared, models), num_results=NUM_RESULTS)


#: The rows that a table has by default, in its order.
SYSTEMS: tuple[Row, ...] = (
    Row("bm25", "BM25", "bm25", BM25, (), _bm25),
    Row("lexical", "lexical >> BM25", "lexical", BM25, ("lexicon",), _lexical),
    Row("psq", "lexical PSQ >> BM25", "lexical", BM25, ("lexicon",), _psq),
    Row("nmt-bm25", "NMT >> BM25", "nmt", BM25, ("translator",), _nmt_bm25),
    Row("nmt-teacher", "NMT >> teacher", "nmt", TOKENS, ("translator",), _nmt_teacher),
    Row("teacher", "teacher, untrained", "teacher", TOKENS, (), _teacher),
    Row("optical", "OPTICAL", "optical", TOKENS, ("student",), _optical),
    Row(
        *("psq-rerank", "PSQ >> BM25 >> OPTICAL", "rerank"),
        *(BM25 + TOKENS, WITH_LEXICON, _psq_rerank),
    ),
    Row("nmt-rerank", "NMT >> BM25 >> OPTICAL", "rerank", BM25 + TOKENS, WITH_NMT, _nmt_rerank),
    Row(
        *("psq-fusion", "RRF(OPTICAL, PSQ >> BM25)", "fusion"),
        *(BM25 + TOKENS, WITH_LEXICON, _psq_fusion),
    ),
    Row("nmt-fusion", "RRF(OPTICAL, NMT >> BM25)", "fusion", BM25 + TOKENS, WITH_NMT, _nmt_fusion),
    Row("english-bm25", "human English >> BM25", "ceiling", BM25, (), _bm25, english=True),
    Row(
        "english-teacher", "human English >> teacher", "ceiling", TOKENS, (), _teacher, english=True
    ),
)


def choose_rows(keys: Sequence[str] | None) -> tuple[Row, ...]:
    """Rows by key or family, in table order; None gives all.

    Raises:
        InputError: for a word that is neither.
    """
    if keys is None:
        return SYSTEMS
    if not keys:
        raise InputError(f"no systems: choose from {', '.join(row.key for row in SYSTEMS)}")
    known = {name for row in SYSTEMS for name in (row.key, row.family)}
    for key in keys:
        if key not in known:
            raise InputError(f"system {key!r}: choose from {', '.join(r.key for r in SYSTEMS)}")
    return tuple(row for row in SYSTEMS if row.key in keys or row.family in keys)


def system_name(key_or_name: str) -> str:
    """The table's name of a system given by key or by name.

    Raises:
        InputError: for anything else.
    """
    for row in SYSTEMS:
        if key_or_name in (row.key, row.name):
            return row.name
    raise InputError(f"baseline {key_or_name!r}: choose from {', '.join(r.key for r in SYSTEMS)}")


def language_systems(
    shared: Resources,
    language: str,
    english: pd.DataFrame | None,
    rows: Sequence[Row] = SYSTEMS,
) -> list[System]:
    """Build the systems of one query language.

    Args:
        shared: indexes and models.
        language: of the queries.
        english: human English versions of the queries, for the ceilings; None leaves them out.
        rows: what to build; a row whose models the language lacks is left out.
    """
    models = shared.models(language)
    documents = shared.collection.documents_fingerprint()
    searched = {"bm25": shared.bm25_engine, "token_index": ""}
    if any("token_index" in row.indexes for row in rows):
        searched["token_index"] = shared.teacher_identity
    systems = []
    for row in rows:
        if row.missing(models, english, shared.collection.document_language) is not None:
            continue
        parts = {index: searched[index] for index in row.indexes}
        parts |= {need: models.identities[need] for need in row.needs}
        systems.append(
            System(
                row.name,
                row.family,
                row.build(shared, models),
                topics=english if row.english else None,
                identity=f"{row.key} {documents} {parts}",
            )
        )
    return systems
