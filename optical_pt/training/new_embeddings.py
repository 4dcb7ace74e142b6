"""Where the embeddings of new vocabulary entries start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optical_pt.alignment import ibm1
from optical_pt.errors import InputError
from optical_pt.models.fingerprint import query_modules
from optical_pt.training.start_settings import NEW_EMBEDDINGS

if TYPE_CHECKING:
    import torch
    from sentence_transformers import MultiVectorEncoder
    from transformers import PreTrainedTokenizerBase

    from optical_pt.training.bitext import SentencePair


def new_embeddings(
    kind: str,
    teacher: MultiVectorEncoder,
    tokenizer: PreTrainedTokenizerBase,
    pairs: Sequence[SentencePair],
    *,
    first: int,
    seed: int = 0,
) -> torch.Tensor:
    """Start the embeddings of a student's new vocabulary entries.

    Args:
        kind: ``"ibm1"``, the average of the embeddings of the teacher's tokens, weighted by
            t(English token | entry) of IBM model 1, where an entry that aligns with nothing gets
            the mean of those that do; ``"random"``, normal with the mean and the standard
            deviation of the teacher's embeddings in each dimension; ``"mean"``, their mean.
        teacher: whose word embeddings are averaged.
        tokenizer: of the student.
        pairs: the bitext to align.
        first: entries of ``tokenizer`` from this one on are new.
        seed: of ``"random"``.

    Returns:
        ``(new entries, hidden size)`` float32, on the CPU.

    Raises:
        InputError: if the kind is unknown.
    """
    import torch

    transformer = query_modules(teacher)[0]
    english = transformer.auto_model.get_input_embeddings().weight.detach().float().cpu()
    english = english[: len(transformer.tokenizer)]  # some models have more rows than tokens
    size = len(tokenizer) - first
    if kind == "ibm1":
        return _aligned(english, transformer.tokenizer, tokenizer, pairs, first)
    if kind == "mean":
        return english.mean(dim=0).repeat(size, 1)
    if kind == "random":
        noise = torch.randn(size, english.shape[1], generator=torch.Generator().manual_seed(seed))
        return english.mean(dim=0) + english.std(dim=0) * noise
    raise InputError(f"new_embeddings {kind!r}: choose one of {', '.join(NEW_EMBEDDINGS)}")


def _aligned(
    english: torch.Tensor,
    english_tokenizer: PreTrainedTokenizerBase,
    tokenizer: PreTrainedTokenizerBase,
    pairs: Sequence[SentencePair],
    first: int,
) -> torch.Tensor:
    import torch

    translation = ibm1(
        _token_ids(tokenizer, [pair.foreign for pair in pairs]),
        _token_ids(english_tokenizer, [pair.english for pair in pairs]),
        n_source=len(tokenizer),
        n_target=len(english_tokenizer),
        iterations=8,
    )[first:]
    embeddings = torch.from_numpy(translation @ english.numpy()).float()
    aligned = torch.from_numpy(translation.sum(axis=1) > 0)
    embeddings[~aligned] = (embeddings[aligned] if aligned.any() else english).mean(dim=0)
    return embeddings


def _token_ids(tokenizer: PreTrainedTokenizerBase, sentences: Sequence[str]) -> list[list[int]]:
    found: list[list[int]] = []
    # In parts, as the tokenizer keeps more than the ids of a text.
    for start in range(0, len(sentences), 10_000):
        texts = list(sentences[start : start + 10_000])
        # Not verbose: it warns of texts too long for a model, through which none of these goes.
        encoded = tokenizer(texts, add_special_tokens=False, truncation=False, verbose=False)
        found += encoded["input_ids"]
    return found
