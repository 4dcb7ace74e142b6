"""Word translation probabilities learnt from sentence pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from optical_pt.training.bitext import SentencePair
from optical_pt.translation.lexical_file import TARGET
from optical_pt.translation.words import is_latin, words


def learn_translations(
    pairs: Iterable[SentencePair],
    cut: Callable[[str], list[str]],
    *,
    iterations: int = 5,
    top_k: int = 10,
    min_probability: float = 0.01,
    min_count: int = 2,
) -> dict[str, dict[str, float]]:
    """IBM model 1, pruned; see :meth:`optical_pt.translation.LexicalTable.learn`.

    Args:
        pairs: English and foreign sentences, at least one.
        cut: gives the words of a foreign sentence.
        iterations: of expectation maximisation.
        top_k: keep so many translations of a word at most.
        min_probability: and only those that are at least so probable.
        min_count: leave out foreign words in Latin script that occur less often.

    Returns:
        by foreign word, its English words with their probabilities, the most probable first.
    """
    from optical_pt.alignment.ibm1 import ibm1

    foreign_ids: dict[str, int] = {}
    english_ids: dict[str, int] = {}
    foreign, english, counts = [], [], Counter()
    for pair in pairs:
        foreign_words = cut(pair.foreign)
        counts.update(foreign_words)
        foreign.append([foreign_ids.setdefault(w, len(foreign_ids)) for w in foreign_words])
        english.append(
            [english_ids.setdefault(w, len(english_ids)) for w in words(pair.english, TARGET)]
        )
    learnt = ibm1(
        foreign,
        english,
        n_source=len(foreign_ids),
        n_target=len(english_ids),
        iterations=iterations,
        min_probability=min_probability,
    )
    english_words = list(english_ids)
    translations = {}
    for word, row in foreign_ids.items():
        if word.isdecimal() or (counts[word] < min_count and is_latin(word)):
            continue
        cells = slice(learnt.indptr[row], learnt.indptr[row + 1])
        candidates = zip(learnt.indices[cells], learnt.data[cells].tolist(), strict=True)
        best = _best({english_words[column]: p for column, p in candidates}, top_k)
        if best and word not in best:
            translations[word] = best
    return translations


def ranked(translations: Mapping[str, float]) -> dict[str, float]:
    """The most probable first; ties in alphabetical order."""
    return dict(sorted(translations.items(), key=lambda item: (-item[1], item[0])))


def _best(translations: Mapping[str, float], top_k: int) -> dict[str, float]:
    """The most probable ones, with the four significant digits that a saved table keeps."""
    return {word: float(f"{p:.4g}") for word, p in list(ranked(translations).items())[:top_k]}
