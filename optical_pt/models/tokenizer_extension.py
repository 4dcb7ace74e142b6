"""A teacher's WordPiece tokenizer with pieces of another language added."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from optical_pt.errors import InputError
from optical_pt.models.han_words import read_han_words
from optical_pt.text.lookalikes import lookalike_steps
from optical_pt.text.name_prefixes import name_pattern

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# A sentence without spaces (Thai) is one "word" to WordPiece, [UNK] if it is longer.
MAX_CHARACTERS_PER_WORD = 1000


def with_name_prefixes(
    tokenizer: PreTrainedTokenizerBase, prefixes: Sequence[str]
) -> PreTrainedTokenizerBase:
    """A copy of a tokenizer that reads prefixes of names as words of their own.

    It keeps them as an option (:func:`name_prefixes_of`), and so do tokenizers that are made of it.

    Args:
        tokenizer: a fast WordPiece tokenizer.
        prefixes: see :mod:`optical_pt.text.name_prefixes`; without any, nothing changes.

    Raises:
        InputError: if the tokenizer is not WordPiece.
    """
    if not prefixes:
        return tokenizer
    state = student_state(tokenizer)
    # While there are capitals.
    cut = {"type": "Replace", "pattern": {"Regex": name_pattern(prefixes)}, "content": " "}
    others = [] if state["normalizer"] is None else [state["normalizer"]]
    state["normalizer"] = {"type": "Sequence", "normalizers": [{"type": "NFKC"}, cut, *others]}
    return student_tokenizer(tokenizer, state, prefixes)


def extend_tokenizer(
    tokenizer: PreTrainedTokenizerBase, pieces: Sequence[str]
) -> PreTrainedTokenizerBase:
    """Append WordPiece entries to a copy of a BERT tokenizer.

    Words that the tokenizer has whole keep their token, so names and numbers stay as the teacher
    knows them. Accents of Latin, Greek and Cyrillic letters are dropped as BERT drops them; vowel
    signs of Indic scripts, which BERT would drop too, are kept. Among Chinese characters, each of
    which BERT takes for a word, the longest words that are entries are read.

    Args:
        tokenizer: a fast WordPiece tokenizer.
        pieces: new entries in their order; ``##x`` continues a word. Without any, nothing changes.

    Returns:
        a tokenizer with ``len(tokenizer) + len(pieces)`` entries.

    Raises:
        InputError: if the tokenizer is not WordPiece, or a piece is in its vocabulary already.
    """
    if not pieces:
        return tokenizer
    state = student_state(tokenizer)
    vocabulary = state["model"]["vocab"]
    for added in state["added_tokens"]:
        # Tokens added to the teacher's own, such as ColBERT's [Q], would else give way to pieces.
        vocabulary.setdefault(added["content"], added["id"])
    for position, piece in enumerate(pieces, start=len(tokenizer)):
        if piece in vocabulary:
            raise InputError(f"piece {piece!r} is in the tokenizer already; leave it out")
        vocabulary[piece] = position
    read_han_words(state)
    state["model"]["max_input_chars_per_word"] = MAX_CHARACTERS_PER_WORD
    return student_tokenizer(tokenizer, state, name_prefixes_of(tokenizer))


def student_tokenizer(
    original: PreTrainedTokenizerBase, state: dict, name_prefixes: Sequence[str]
) -> PreTrainedTokenizerBase:
    """A tokenizer of this JSON state, with the other options of the original."""
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    # Not the tokenizer's own class: BertTokenizer puts BERT's normalizer back when it is loaded.
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(state)),
        model_max_length=original.model_max_length,
        **({"name_prefixes": list(name_prefixes)} if name_prefixes else {}),
        **original.special_tokens_map,
    )


def name_prefixes_of(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The prefixes of names that a student's tokenizer was given."""
    return tokenizer.init_kwargs.get("name_prefixes", [])


def word_splitter(tokenizer: PreTrainedTokenizerBase) -> Callable[[str], list[str]]:
    """A function from a sentence to its normalised words, as the extended tokenizer sees them."""
    from tokenizers import Tokenizer

    whole = Tokenizer.from_str(json.dumps(student_state(tokenizer)))

    def split(sentence: str) -> list[str]:
        normalized = whole.normalizer.normalize_str(sentence)
        return [word for word, _ in whole.pre_tokenizer.pre_tokenize_str(normalized)]

    return split


def student_state(tokenizer: PreTrainedTokenizerBase) -> dict:
    """The JSON state of a WordPiece tokenizer, with a normalizer for other languages.

    It normalises as the teacher, but spares the marks of Indic scripts, and replaces letters that
    look like others, see :mod:`optical_pt.text.lookalikes`. A student's tokenizer stays as it is.

    Raises:
        InputError: if the tokenizer is not WordPiece.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    state = json.loads(backend.to_str()) if backend is not None else {}
    if state.get("model", {}).get("type") != "WordPiece":
        raise InputError(
            "the teacher's tokenizer is not WordPiece, so its vocabulary cannot be extended; "
            "set the vocabulary to 0 to keep it"
        )
    state["truncation"] = state["padding"] = None
    state["normalizer"] = _script_safe(state["normalizer"])
    return state


def _script_safe(bert: dict | None) -> dict | None:
    """Replace a BERT normalizer that strips every combining mark by one that spares Indic ones."""
    if bert is None or bert.get("type") != "BertNormalizer":
        return bert
    lowercase = bert["lowercase"]
    strips = bert["strip_accents"] if bert["strip_accents"] is not None else lowercase
    steps: list[dict] = [{**bert, "lowercase": False, "strip_accents": False}, {"type": "NFKC"}]
    steps += lookalike_steps()
    if lowercase:
        steps.append({"type": "Lowercase"})
    if strips:
        combining_diacritics = {"Regex": "[\u0300-\u036f]"}
        steps += [
            {"type": "NFD"},
            {"type": "Replace", "pattern": combining_diacritics, "content": ""},
            {"type": "NFC"},
        ]
    return {"type": "Sequence", "normalizers": steps}
