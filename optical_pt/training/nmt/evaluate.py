"""chrF of a translation model on held-out pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optical_pt.training.bitext import SentencePair

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def translate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    sentences: Sequence[str],
    batch_size: int = 32,
) -> list[str]:
    """English translations, in the order of the sentences, with the model's own beam size."""
    import torch

    by_length = sorted(range(len(sentences)), key=lambda i: len(sentences[i]))
    translations = [""] * len(sentences)
    for start in range(0, len(by_length), batch_size):
        indices = by_length[start : start + batch_size]
        inputs = tokenizer(
            [sentences[i] for i in indices], return_tensors="pt", padding=True, truncation=True
        ).to(model.device)
        with torch.inference_mode():
            outputs = model.generate(**inputs)
        texts = tokenizer.batch_decode(outputs, skip_special_tokens=True)
        for i, text in zip(indices, texts, strict=True):
            translations[i] = text
    return translations


def chrf_by_language(dev: Sequence[SentencePair], translations: Sequence[str]) -> dict[str, float]:
    """Corpus chrF (0-100, sacrebleu's default chrF2) of each language's translations.

    >>> pairs = [SentencePair("Good day", "Guten Tag", "de"), SentencePair("Yes", "Evet", "tr")]
    >>> chrf_by_language(pairs, ["Good day", "Yes"])
    {'de': 100.0, 'tr': 100.0}
    """
    from sacrebleu.metrics import CHRF

    scores = {}
    for language in dict.fromkeys(pair.language for pair in dev):
        rows = [
            (text, pair.english)
            for pair, text in zip(dev, translations, strict=True)
            if pair.language == language
        ]
        hypotheses, references = zip(*rows, strict=True)
        scores[language] = round(CHRF().corpus_score(hypotheses, [references]).score, 1)
    return scores
