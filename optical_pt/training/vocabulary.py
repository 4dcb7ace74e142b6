"""New vocabulary entries for a student, started from word alignment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optical_pt.alignment import ibm1
from optical_pt.models.fingerprint import query_modules
from optical_pt.models.tokenizer_extension import extend_tokenizer, learn_pieces, unknown_share

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


def new_vocabulary(
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
    *,
    size: int,
    fragments: int | None = None,
) -> tuple[list[str], torch.Tensor]:
    """Choose the entries that a teacher's tokenizer lacks for a language, and their embeddings.

    A new entry starts as the average of the embeddings of the teacher's tokens, weighted by
    t(English token | entry) of IBM model 1; one that aligns with nothing starts as the mean of
    those that do.

    Args:
        teacher: a model with a WordPiece tokenizer.
        pairs: the bitext to learn from.
        size: at most this many words of each language, see
            :func:`~optical_pt.models.tokenizer_extension.learn_pieces`.
        fragments: parts of words to learn for each language; by default 3,000 where more than a
            tenth of its running words are unknown
            (:func:`~optical_pt.models.tokenizer_extension.unknown_share`), else none.

    Returns:
        the entries, and their ``(entries, hidden size)`` float32 embeddings.
    """
    import torch

    transformer = query_modules(teacher)[0]
    tokenizer = transformer.tokenizer
    foreign = [pair.foreign for pair in pairs]
    pieces = _pieces_by_language(tokenizer, pairs, size, fragments)
    extended = extend_tokenizer(tokenizer, pieces)
    translation = ibm1(
        _token_ids(extended, foreign),
        _token_ids(tokenizer, [pair.english for pair in pairs]),
        n_source=len(extended),
        n_target=len(tokenizer),
        iterations=8,
    )[len(tokenizer) :]
    english = transformer.auto_model.get_input_embeddings().weight.detach().float().cpu()
    english = english[: len(tokenizer)]  # some models have more rows than tokens
    embeddings = torch.from_numpy(translation @ english.numpy()).float()
    aligned = torch.from_numpy(translation.sum(axis=1) > 0)
    embeddings[~aligned] = (embeddings[aligned] if aligned.any() else english).mean(dim=0)
    return pieces, embeddings


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
        pieces += learn_pieces(tokenizer, sentences, size=size, fragments=wanted)
    return list(dict.fromkeys(pieces))


def _token_ids(tokenizer: PreTrainedTokenizerBase, sentences: Sequence[str]) -> list[list[int]]:
    encoded = tokenizer(list(sentences), add_special_tokens=False, truncation=False)
    return encoded["input_ids"]
