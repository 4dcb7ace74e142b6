"""New vocabulary entries for a student."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from optical_pt.models.fingerprint import query_modules
from optical_pt.models.piece_learning import learn_pieces, unknown_share
from optical_pt.models.reading import read_as, reading_of
from optical_pt.models.tokenizer_extension import extend_tokenizer
from optical_pt.training.choose_reading import choose_reading
from optical_pt.training.new_embeddings import new_embeddings
from optical_pt.training.spellings import by_spelling, in_all_spellings

if TYPE_CHECKING:
    import torch
    from sentence_transformers import MultiVectorEncoder
    from transformers import PreTrainedTokenizerBase

    from optical_pt.training.bitext import SentencePair

# Between languages that keep making new words (Zulu, Kinyarwanda), where fragments helped untrained
# students on AfriQA's training questions, and those that do not (Hausa, Igbo), where they hurt.
MANY_UNKNOWN = 0.1
FRAGMENTS = 3000


class NewVocabulary(NamedTuple):
    """A teacher's vocabulary with what it lacks for the languages of a bitext.

    Attributes:
        tokenizer: The teacher's with new entries; it cuts prefixes off names of all the languages,
            see :mod:`optical_pt.text.name_prefixes`, and keeps diacritics where asked to.
        embeddings: Of the new entries, ``(entries, hidden size)`` float32.
    """

    tokenizer: PreTrainedTokenizerBase
    embeddings: torch.Tensor


def new_vocabulary(
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
    *,
    size: int,
    fragments: int | None = None,
    embeddings: str = "ibm1",
    whole_names: bool = False,
    diacritics: bool = False,
    seed: int = 0,
) -> NewVocabulary:
    """Choose the entries that a teacher's tokenizer lacks for a language, and their embeddings.

    Args:
        teacher: a model with a WordPiece tokenizer.
        pairs: the bitext to learn from.
        size: at most this many words of each language, see
            :func:`~optical_pt.models.piece_learning.learn_pieces`.
        fragments: parts of words to learn for each language; by default 3,000 where more than a
            tenth of its running words are unknown
            (:func:`~optical_pt.models.piece_learning.unknown_share`), else none.
        embeddings: where those of new entries start, see
            :func:`~optical_pt.training.new_embeddings.new_embeddings`.
        whole_names: whether names keep the prefixes that the languages write onto them.
        diacritics: whether words keep the diacritics of the languages
            (:func:`~optical_pt.text.diacritics.learn_diacritics`) and are learnt with and without
            them (:func:`~optical_pt.text.diacritics.spellings`); ``size`` and ``fragments`` are
            then of each spelling.
        seed: of random embeddings.
    """
    reading = choose_reading(pairs, whole_names=whole_names, diacritics=diacritics)
    tokenizer = read_as(query_modules(teacher)[0].tokenizer, reading)
    extended = extend_tokenizer(tokenizer, _pieces_by_language(tokenizer, pairs, size, fragments))
    if diacritics:
        pairs = in_all_spellings(pairs)
    rows = new_embeddings(embeddings, teacher, extended, pairs, first=len(tokenizer), seed=seed)
    return NewVocabulary(extended, rows)


def _pieces_by_language(
    tokenizer: PreTrainedTokenizerBase,
    pairs: Sequence[SentencePair],
    size: int,
    fragments: int | None,
) -> list[str]:
    pieces: list[str] = []
    for language in dict.fromkeys(pair.language for pair in pairs):
        sentences = [pair.foreign for pair in pairs if pair.language == language]
        wanted = fragments
        if wanted is None:
            many = unknown_share(tokenizer, sentences) > MANY_UNKNOWN
            wanted = FRAGMENTS if many else 0
        kept = reading_of(tokenizer).diacritics
        for written in by_spelling(sentences, language) if kept else [sentences]:
            pieces += learn_pieces(tokenizer, written, size=size, fragments=wanted)
    return list(dict.fromkeys(pieces))
