"""New vocabulary entries for a student."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from optical_pt.models.fingerprint import query_modules
from optical_pt.models.tokenizer_extension import extend_tokenizer, learn_pieces, unknown_share
from optical_pt.text import learn_name_prefixes
from optical_pt.training.new_embeddings import new_embeddings

if TYPE_CHECKING:
    import torch
    from sentence_transformers import MultiVectorEncoder
    from transformers import PreTrainedTokenizerBase

    from optical_pt.training.bitext import SentencePair

# Fragments helped Zulu (share 0.27; MAP of untrained students on afriqa-train .364 to .447) and
# Kinyarwanda (0.12; .406 to .425), and cost Hausa (0.03; .436 to .419) and Igbo (0.05; .459 to
# .447) some.
MANY_UNKNOWN = 0.1
FRAGMENTS = 3000


class NewVocabulary(NamedTuple):
    """What a tokenizer lacks for the languages of a bitext.

    Attributes:
        pieces: New entries.
        embeddings: Theirs, ``(pieces, hidden size)`` float32.
        name_prefixes: Are cut off names of all the languages, see
            :mod:`optical_pt.text.name_prefixes`.
    """

    pieces: list[str]
    embeddings: torch.Tensor
    name_prefixes: tuple[str, ...]


def new_vocabulary(
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
    *,
    size: int,
    fragments: int | None = None,
    embeddings: str = "ibm1",
    seed: int = 0,
) -> NewVocabulary:
    """Choose the entries that a teacher's tokenizer lacks for a language, and their embeddings.

    Args:
        teacher: a model with a WordPiece tokenizer.
        pairs: the bitext to learn from.
        size: at most this many words of each language, see
            :func:`~optical_pt.models.tokenizer_extension.learn_pieces`.
        fragments: parts of words to learn for each language; by default 3,000 where more than a
            tenth of its running words are unknown
            (:func:`~optical_pt.models.tokenizer_extension.unknown_share`), else none.
        embeddings: where those of new entries start, see
            :func:`~optical_pt.training.new_embeddings.new_embeddings`.
        seed: of random embeddings.
    """
    tokenizer = query_modules(teacher)[0].tokenizer
    prefixes = learn_name_prefixes(pairs)
    pieces = _pieces_by_language(tokenizer, pairs, size, fragments, prefixes)
    extended = extend_tokenizer(tokenizer, pieces, name_prefixes=prefixes)
    rows = new_embeddings(embeddings, teacher, extended, pairs, first=len(tokenizer), seed=seed)
    return NewVocabulary(pieces, rows, prefixes)


def _pieces_by_language(
    tokenizer: PreTrainedTokenizerBase,
    pairs: Sequence[SentencePair],
    size: int,
    fragments: int | None,
    name_prefixes: Sequence[str],
) -> list[str]:
    pieces: list[str] = []
    for language in dict.fromkeys(pair.language for pair in pairs):
        sentences = [pair.foreign for pair in pairs if pair.language == language]
        wanted = fragments
        if wanted is None:
            share = unknown_share(tokenizer, sentences, name_prefixes=name_prefixes)
            wanted = FRAGMENTS if share > MANY_UNKNOWN else 0
        pieces += learn_pieces(
            tokenizer, sentences, size=size, fragments=wanted, name_prefixes=name_prefixes
        )
    return list(dict.fromkeys(pieces))
