"""The languages of the study, what they are tested on and what they learn from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from optical_pt.collections import LOW_RESOURCE, Collection
from optical_pt.collections.published import xnli
from optical_pt.errors import InputError
from optical_pt.studies.bitext import bitext_file, read_pairs
from optical_pt.studies.pair_classification import PairClassification
from optical_pt.studies.published import published_folder
from optical_pt.training.bitext import SentencePair
from optical_pt.training.bitext_sources import drop_overlap, read_source

#: Query sets of ``passages`` that have a name of their own.
TASKS = {"mlqa": "MLQA", "afriqa-dev": "AfriQA", "xquad": "XQuAD"}
QUICK = ("sw", "hi")
FULL = ("sw", "ur", "ha", "ig", "zu", "ar", "de", "hi", "zh")
#: Urdu is added, as XNLI's paper names it and Swahili as its low-resource languages.
LOW = LOW_RESOURCE | {"ur"}
#: Source of pairs where the data have no other: the part of XNLI that is not tested on.
LAST_RESORT = "xnli/test"


def choose_languages(
    given: Sequence[str] | None, full: bool, collection: Collection, sets: Sequence[str]
) -> list[str]:
    """The languages of a run.

    Raises:
        InputError: on a language that neither XNLI nor the query sets have.
    """
    known = {*xnli.LANGUAGES, *collection.languages(sets)} - {"en"}
    chosen = list(dict.fromkeys(given or (FULL if full else QUICK)))
    for language in chosen:
        if language not in known:
            raise InputError(
                f"--languages {language}: neither XNLI nor {', '.join(sets)} tests it; choose "
                f"from {', '.join(sorted(known))}"
            )
    return chosen


def with_xnli(languages: Sequence[str]) -> list[str]:
    """Those that XNLI has."""
    return [code for code in languages if code in xnli.LANGUAGES]


def pair_source(data: Path, language: str) -> str:
    """``bitext/en-XX.tsv.gz``, or the test part of XNLI for a language that has no such file."""
    try:
        return f"bitext/{bitext_file(data, language).name}"
    except InputError:
        if language not in xnli.LANGUAGES:
            raise
        return LAST_RESORT


def training_pairs(
    data: Path,
    language: str,
    collection: Collection,
    sets: Sequence[str],
    classification: PairClassification,
    *,
    verify: bool = True,
) -> list[SentencePair]:
    """Pairs to learn from: none is of XNLI's dev part, and none is a query.

    Raises:
        InputError: if there are none.
    """
    if (source := pair_source(data, language)) == LAST_RESORT:
        pairs = read_source(source, language, folder=published_folder(data, "xnli"), verify=verify)
    else:
        # Its pairs of XNLI come from the tested part, too.
        pairs = [pair for pair in read_pairs(data, language) if pair.tag != "xnli"]
    kept = drop_overlap(pairs, _tested(language, collection, sets, classification))
    if not kept:
        raise InputError(f"{data / source}: no {language} pair but those tested on; add others")
    return kept


def _tested(
    language: str, collection: Collection, sets: Sequence[str], classification: PairClassification
) -> set[str]:
    texts: set[str] = set()
    if language in classification.pairs:
        for code in (language, "en"):
            texts.update(*(classification.pairs[code][c] for c in ("premise", "hypothesis")))
    for name in sets:
        if language in collection.set_languages(name):
            texts.update(collection.topics(language, [name])["query"])
            english = collection.english_topics(language, [name])
            texts.update(() if english is None else english["query"])
    return texts
