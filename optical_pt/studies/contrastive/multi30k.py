"""Multi30k for a study: captions to find, and pairs of captions to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from optical_pt.collections import Collection, open_collection
from optical_pt.collections.catalogue import find_entry
from optical_pt.collections.published.multi30k import ENTRIES, SPLITS
from optical_pt.errors import InputError
from optical_pt.files import hash_bytes
from optical_pt.models import LateInteraction
from optical_pt.studies.bitext import read_pairs
from optical_pt.studies.published import published_folder
from optical_pt.studies.retrieval import RetrievalTask, open_task
from optical_pt.training.bitext import SentencePair
from optical_pt.training.bitext_sources import (
    BitextFilter,
    drop_overlap,
    filter_pairs,
    held_out_texts,
    read_source,
)

TASK = "Multi30k"
LANGUAGES = tuple(code for entry in ENTRIES for code in entry.query_languages)
TEST_SETS = tuple(split for split in SPLITS if split.startswith("test"))
TAG = "multi30k"
BITEXTS = (TAG, "general")
# Every query has one relevant caption, so recall at k is the share of queries that find it.
MEASURES = ("AP", "R@1", "R@5", "R@10")


def caption_collections(
    languages: Sequence[str], test_sets: Sequence[str], data: Path, *, verify: bool = True
) -> dict[str, dict[str, Collection]]:
    """By language and test set; a set that a language lacks is left out.

    Raises:
        InputError: on an unknown language or set, or a language with none of the sets.
    """
    for name in test_sets:
        if name not in TEST_SETS:
            raise InputError(f"--test-sets {name}: choose from {', '.join(TEST_SETS)}")
    folder = published_folder(data, TAG)
    found = {}
    for language in languages:
        if language not in LANGUAGES:
            raise InputError(
                f"--languages {language}: Multi30k has no such captions; choose from "
                f"{', '.join(LANGUAGES)}"
            )
        names = {split: f"{TAG}/{language}-en/{split}" for split in test_sets}
        found[language] = {
            split: open_collection(f"optical:{name}", folder=folder, verify=verify)
            for split, name in names.items()
            if find_entry(name) is not None
        }
        if not found[language]:
            raise InputError(
                f"--languages {language}: none of the test sets {', '.join(test_sets)} has it; "
                "choose others by --test-sets"
            )
    return found


@dataclass(frozen=True, eq=False)
class CaptionRetrieval:
    """The English caption is searched among those of its own test set, as published.

    Attributes:
        tasks: By language and test set.
    """

    tasks: Mapping[str, Mapping[str, RetrievalTask]]

    @classmethod
    def open(
        cls,
        collections: Mapping[str, Mapping[str, Collection]],
        teacher: LateInteraction,
        indexes: Path,
        *,
        device: str | None = None,
    ) -> CaptionRetrieval:
        """Open the queries; an index, which languages share, is made when it is first searched."""
        return cls(
            {
                language: {
                    split: open_task(
                        TASK, collection, [language], teacher, indexes / f"{TAG}-{split}",
                        measures=MEASURES, device=device,
                    )
                    for split, collection in sets.items()
                }
                for language, sets in collections.items()
            }
        )  # fmt: skip

    def score(self, student: LateInteraction, language: str) -> pd.DataFrame:
        """Per-query scores on all test sets; a qid is ``SET/NUMBER``, alike in all languages."""
        frames = []
        for split, task in self.tasks[language].items():
            scores = task.score_student(student, language)
            frames.append(scores.assign(qid=f"{split}/" + scores["qid"]))
        return pd.concat(frames, ignore_index=True)

    def identity(self, language: str) -> str:
        """Changes with anything that the scores of a student depend on."""
        return " ".join(f"{split} {task.identity}" for split, task in self.tasks[language].items())


def training_pairs(
    data: Path,
    language: str,
    bitext: str,
    tested: Mapping[str, Collection],
    *,
    verify: bool = True,
) -> list[SentencePair]:
    """Pairs of a bitext, cleaned; none has a caption of the test sets.

    Args:
        data: Folder of the files.
        language: Of the foreign side.
        bitext: ``"multi30k"``, its train part, or ``"general"``, the language's other bitext.
        tested: Collections whose captions are not to be learnt from.
        verify: Whether published files must have their published sizes and sums.
    """
    if bitext == TAG:
        pairs = read_source(
            f"{TAG}/train", language, folder=published_folder(data, TAG), verify=verify
        )
    else:
        pairs = [pair for pair in read_pairs(data, language) if pair.tag != TAG]
    kept, _ = filter_pairs(drop_overlap(pairs, held_out_texts(tested.values())), BitextFilter())
    if not kept:
        raise InputError(
            f"--bitext {bitext}: no {language} pair is left to learn from; use the other one"
        )
    return kept


def shuffle_pairs(pairs: Sequence[SentencePair], seed: int) -> list[SentencePair]:
    """Pairs in an order of which the first n are a sample.

    So a larger sample holds the smaller ones, and languages that translate the same captions get
    the same ones.

    >>> pairs = {xx: [SentencePair(f"{n}", f"{xx}{n}", xx) for n in range(9)] for xx in ("a", "b")}
    >>> orders = [[p.english for p in shuffle_pairs(pairs[xx], 0)] for xx in ("a", "b")]
    >>> orders[0] == orders[1] != sorted(orders[0])
    True
    """
    return sorted(pairs, key=lambda pair: hash_bytes(f"{seed}\t{pair.english}".encode()))
