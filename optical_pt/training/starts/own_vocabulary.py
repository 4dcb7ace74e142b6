"""A student with its teacher's layers and a vocabulary of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optical_pt.models.fingerprint import query_modules
from optical_pt.models.own_vocabulary import kept_entries, learn_own_pieces, replace_vocabulary
from optical_pt.models.reading import read_as, reading_of
from optical_pt.models.student import copy_query_side
from optical_pt.training.choose_reading import choose_reading
from optical_pt.training.new_embeddings import new_embeddings
from optical_pt.training.spellings import by_spelling, in_all_spellings

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder
    from transformers import PreTrainedTokenizerBase

    from optical_pt.training.bitext import SentencePair
    from optical_pt.training.start_settings import StartSettings


def start(
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
    settings: StartSettings,
    seed: int,
) -> MultiVectorEncoder:
    """Copy the teacher's query side, and give it WordPieces learnt on the foreign sentences.

    Each language gets as many as the settings say. Special tokens, and those of the query prompt,
    stay with their embeddings.
    """
    import torch

    student = copy_query_side(teacher)
    transformer = query_modules(student)[0]
    body, old = transformer.auto_model, transformer.tokenizer
    kept = kept_entries(old, filter(None, teacher.prompts.values()))
    reading = choose_reading(
        pairs, whole_names=settings.whole_names, diacritics=bool(settings.diacritics)
    )
    reader = read_as(old, reading)
    tokenizer = replace_vocabulary(reader, kept, _learn(reader, pairs, settings.vocabulary))
    rows = body.get_input_embeddings().weight.detach()[old.convert_tokens_to_ids(kept)].clone()
    if settings.diacritics:
        pairs = in_all_spellings(pairs)
    new = new_embeddings(
        settings.new_embeddings, teacher, tokenizer, pairs, first=len(kept), seed=seed
    )
    transformer.processor = tokenizer
    body.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    body.config.pad_token_id = tokenizer.pad_token_id
    words = body.get_input_embeddings()
    words.padding_idx = tokenizer.pad_token_id
    with torch.no_grad():
        words.weight[: len(kept)] = rows
        words.weight[len(kept) :] = new
    return student


def _learn(
    tokenizer: PreTrainedTokenizerBase,
    pairs: Sequence[SentencePair],
    size: int,
) -> list[str]:
    pieces: list[str] = []
    for language in dict.fromkeys(pair.language for pair in pairs):
        sentences = [pair.foreign for pair in pairs if pair.language == language]
        kept = reading_of(tokenizer).diacritics
        for written in by_spelling(sentences, language) if kept else [sentences]:
            pieces += learn_own_pieces(tokenizer, written, size=size)
    return list(dict.fromkeys(pieces))
