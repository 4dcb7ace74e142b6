"""LAReQA's setting: sentences in several languages in one ranking."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pandas as pd

from optical_pt.collections import open_collection
from optical_pt.evaluation.measures import measure_run
from optical_pt.evaluation.runs import sort_run
from optical_pt.files import hash_bytes
from optical_pt.index import TokenIndex
from optical_pt.measures import DocLanguages, LanguageBias, LareqaAP
from optical_pt.models import LateInteraction
from optical_pt.studies.adversarial.tasks import BALANCE, LAREQA, LAREQA_AP
from optical_pt.studies.published import published_folder
from optical_pt.studies.retrieval import DEPTH
from optical_pt.studies.trial import SCORE_COLUMNS

#: The cutoff that XTREME-R reports.
CUTOFF = 20
#: Results for each language of the pool, among which the languages are counted.
SHARE_OF_TOP = 5


@dataclass(frozen=True, eq=False)
class MultilingualPool:
    """XQuAD-R's sentences in English and other languages, one of each answering a question.

    Roy et al. 2020 (https://arxiv.org/abs/2004.05484). English sentences are encoded by the
    teacher, those in another language by the student of that language.

    Attributes:
        sentences: Dicts of docno and text by language, English among them.
        qrels: Frame of qid, docno, label: one relevant sentence in every language.
        identity: Hash of both.
    """

    sentences: Mapping[str, Sequence[dict[str, str]]]
    qrels: pd.DataFrame
    identity: str

    @classmethod
    def open(cls, languages: Sequence[str], data: Path, *, verify: bool = True) -> MultilingualPool:
        """The sentences of English and of languages that XQuAD-R has.

        Raises:
            InputError: if a file is missing or broken.
        """
        sentences, qrels, seen = {}, [], []
        folder = published_folder(data, "xquad-r")
        for language in ("en", *languages):
            name = f"optical:xquad-r/en-{language}"
            collection = open_collection(name, folder=folder, verify=verify)
            sentences[language] = [
                {"docno": row["docno"], "text": row["text"]} for row in collection.documents()
            ]
            qrels.append(collection.judged_topics("en").qrels)
            seen.append(collection.fingerprint())
        identity = hash_bytes(" ".join(seen).encode())
        return cls(sentences, pd.concat(qrels, ignore_index=True), identity)

    @property
    def languages(self) -> list[str]:
        """Those of students, without English."""
        return [code for code in self.sentences if code != "en"]

    def write_index(
        self, teacher: LateInteraction, students: Mapping[str, LateInteraction], path: Path
    ) -> None:
        """Index all sentences, as these models encode them.

        Args:
            teacher: Encodes the English sentences.
            students: By language, for the others.
            path: Of the new index. Whatever is beside it is deleted: indexes of other students,
                which are large, and whose trials are done.
        """
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir(parents=True)
        models = {code: student.query_side(pooled=True) for code, student in students.items()}
        models["en"] = teacher
        TokenIndex(path).index(
            chain.from_iterable(
                models[code].doc_encoder().transform_iter(sentences)
                for code, sentences in self.sentences.items()
            )
        )

    def score(
        self, index: TokenIndex, student: LateInteraction, topics: pd.DataFrame
    ) -> pd.DataFrame:
        """Per-query scores of a student on the index of all sentences.

        Args:
            index: From :meth:`write_index`.
            student: Encodes the queries.
            topics: Frame of qid, query.
        """
        results = (student.query_encoder() >> index.retriever(DEPTH)).transform(topics)
        asked = self.qrels[self.qrels["qid"].isin(topics["qid"])]
        scores = measure_run(sort_run(results), topics, asked, self._measures())
        # As the part that may stay, so that higher is better, as elsewhere in the study.
        scores[BALANCE] = 1 - scores[BALANCE]
        long = scores.reset_index().melt("qid", var_name="measure", value_name="value")
        return long.assign(task=LAREQA)[list(SCORE_COLUMNS)]

    def _measures(self) -> dict:
        languages = DocLanguages(
            {row["docno"]: code for code, rows in self.sentences.items() for row in rows}
        )
        top = SHARE_OF_TOP * len(self.sentences)
        return {
            LAREQA_AP: LareqaAP(languages=languages) @ CUTOFF,
            BALANCE: LanguageBias(languages=languages) @ top,
        }
