"""A teacher's WordPiece tokenizer with pieces of another language added."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from optical_pt.errors import InputError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerBase

CONTINUATION = "##"
# A sentence without spaces (Thai, Chinese) is one "word" to WordPiece, [UNK] if it is longer.
MAX_CHARACTERS_PER_WORD = 1000


def extend_tokenizer(
    tokenizer: PreTrainedTokenizerBase, pieces: Sequence[str]
) -> PreTrainedTokenizerBase:
    """Append WordPiece entries to a copy of a BERT tokenizer.

    Words that the tokenizer has whole keep their token, so names and numbers stay as the teacher
    knows them. Accents of Latin, Greek and Cyrillic letters are dropped as BERT drops them; vowel
    signs of Indic scripts, which BERT would drop too, are kept.

    Args:
        tokenizer: a fast WordPiece tokenizer.
        pieces: new entries in their order; ``##x`` continues a word.

    Returns:
        a tokenizer with ``len(tokenizer) + len(pieces)`` entries.

    Raises:
        InputError: if the tokenizer is not WordPiece, or a piece is in its vocabulary already.
    """
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    state = _state(tokenizer)
    vocabulary = state["model"]["vocab"]
    for piece in pieces:
        if piece in vocabulary:
            raise InputError(f"piece {piece!r} is in the tokenizer already; leave it out")
        vocabulary[piece] = len(vocabulary)
    state["model"]["max_input_chars_per_word"] = MAX_CHARACTERS_PER_WORD
    state["normalizer"] = _script_safe_normalizer(state)
    # Not the tokenizer's own class: BertTokenizer puts BERT's normalizer back when it is loaded.
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(state)),
        model_max_length=tokenizer.model_max_length,
        **tokenizer.special_tokens_map,
    )


def learn_pieces(
    tokenizer: PreTrainedTokenizerBase,
    sentences: Iterable[str],
    *,
    size: int,
    min_frequency: int = 2,
) -> list[str]:
    """Learn the WordPiece entries that a language's sentences need and a tokenizer lacks.

    Args:
        tokenizer: the teacher's fast WordPiece tokenizer.
        sentences: of the language.
        size: of the vocabulary that is learnt; what the tokenizer has already is left out.
        min_frequency: of a merge.

    Returns:
        new entries, in the order in which they were learnt (the alphabet sorted).
    """
    from tokenizers.trainers import WordPieceTrainer

    learner = _untrained(tokenizer)
    learner.train_from_iterator(
        sentences,
        WordPieceTrainer(
            vocab_size=size,
            min_frequency=min_frequency,
            continuing_subword_prefix=CONTINUATION,
            show_progress=False,
        ),
    )
    known = tokenizer.get_vocab()
    learnt = sorted(learner.get_vocab().items(), key=lambda entry: entry[1])
    return [piece for piece, _ in learnt if piece not in known]


def _state(tokenizer: PreTrainedTokenizerBase) -> dict:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    state = json.loads(backend.to_str()) if backend is not None else {}
    if state.get("model", {}).get("type") != "WordPiece":
        raise InputError(
            "the teacher's tokenizer is not WordPiece; its vocabulary cannot be extended, "
            "use the vocabulary 'copy'"
        )
    state["truncation"] = state["padding"] = None
    return state


def _untrained(tokenizer: PreTrainedTokenizerBase) -> Tokenizer:
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece

    state = _state(tokenizer)
    state["normalizer"] = _script_safe_normalizer(state)
    learner = Tokenizer(WordPiece(unk_token="[UNK]"))
    whole = Tokenizer.from_str(json.dumps(state))
    learner.normalizer, learner.pre_tokenizer = whole.normalizer, whole.pre_tokenizer
    return learner


def _script_safe_normalizer(state: dict) -> dict | None:
    """Replace a BERT normalizer that strips every combining mark by one that spares Indic ones."""
    bert = state["normalizer"]
    if bert is None or bert.get("type") != "BertNormalizer":
        return bert
    lowercase = bert["lowercase"]
    strips = bert["strip_accents"] if bert["strip_accents"] is not None else lowercase
    steps: list[dict] = [{**bert, "lowercase": False, "strip_accents": False}, {"type": "NFKC"}]
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
