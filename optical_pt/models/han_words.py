"""Words of Chinese characters, between which there are no spaces.

BERT reads each Chinese character as a word. That suits layers that learnt Chinese; a student's
layers are an English teacher's, to which 北 and 京 do not add up to Beijing. So a student has words
of several characters, too, and a text is cut into the longest of them from left to right (forward
maximum matching). Unlike WordPiece, this has one entry for a word wherever it stands, and a
character that is unknown makes nothing else unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHARACTER = re.compile(f"[{HAN}]")
_WORD = re.compile(f"[{HAN}]{{2,}}")


def han_runs(words: Iterable[str]) -> Iterator[str]:
    """The longest runs of Chinese characters in a sentence.

    Args:
        words: Of the sentence as BERT sees them, each Chinese character a word.

    >>> list(han_runs(["我", "去", "北", "京", ",", "2026", "年"]))
    ['我去北京', '年']
    """
    for is_han, run in groupby(words, key=lambda word: bool(_CHARACTER.fullmatch(word))):
        if is_han:
            yield "".join(run)


def learn_han_words(runs: Mapping[str, int], size: int, *, min_frequency: int = 2) -> list[str]:
    """Choose words of several Chinese characters: what is written together most often.

    These are the merges of byte-pair encoding (Sennrich, Haddow and Birch, ACL 2016) in the runs.

    Args:
        runs: How often each run of Chinese characters occurs.
        size: At most this many.
        min_frequency: Of a word.

    >>> learn_han_words({"我去北京": 3, "北京大": 2, "他去": 1}, 1)
    ['北京']
    """
    from tokenizers import Tokenizer
    from tokenizers.models import BPE
    from tokenizers.trainers import BpeTrainer

    if not runs:
        return []
    characters = sorted({character for run in runs for character in run})
    trainer = BpeTrainer(
        vocab_size=len(characters) + size,
        min_frequency=min_frequency,
        # Given, as the trainer numbers those that it finds in an order that changes from run to
        # run, and breaks ties between merges by number.
        special_tokens=characters,
        show_progress=False,
    )
    learner = Tokenizer(BPE())
    learner.train_from_iterator((run for run, count in runs.items() for _ in range(count)), trainer)
    learnt = sorted(learner.get_vocab().items(), key=lambda item: item[1])
    return [word for word, _ in learnt if _WORD.fullmatch(word)]


def read_han_words(state: dict[str, Any]) -> None:
    """Let a WordPiece tokenizer read the words of Chinese characters in its vocabulary.

    Args:
        state: JSON of the tokenizer; changed, unless there are no such words.
    """
    words = [entry for entry in state["model"]["vocab"] if _WORD.fullmatch(entry)]
    if not words:
        return
    _join_characters(state["normalizer"])
    before = state["pre_tokenizer"]
    steps = before["pretokenizers"] if (before or {}).get("type") == "Sequence" else [before]
    cut = {"type": "Split", "pattern": {"Regex": _longest(words)}, "behavior": "Isolated"}
    others = [step for step in steps if step is not None and not _is_cut(step)]
    state["pre_tokenizer"] = {
        "type": "Sequence",
        "pretokenizers": [*others, {**cut, "invert": False}],
    }


def _join_characters(normalizer: dict[str, Any] | None) -> None:
    """Put no spaces around Chinese characters any more."""
    if normalizer is None:
        return
    if normalizer["type"] == "BertNormalizer":
        normalizer["handle_chinese_chars"] = False
    for step in normalizer.get("normalizers", ()):
        _join_characters(step)


def _longest(words: Iterable[str]) -> str:
    """A regular expression of the longest word, or else one character."""
    rests: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        rests.setdefault(word[0], []).append(word[1:])
    # By first character, or each word would be tried at each place.
    tried = [f"{first}(?:{'|'.join(rest)})" for first, rest in sorted(rests.items())]
    return "|".join([*tried, f"[{HAN}]"])


def _is_cut(step: Mapping[str, Any]) -> bool:
    return step["type"] == "Split" and step["pattern"].get("Regex", "").endswith(f"|[{HAN}]")
