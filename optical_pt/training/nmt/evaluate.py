"""Scores of a translation model on held-out pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from optical_pt.training.bitext import SentencePair

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def translate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    sentences: Sequence[str],
    batch_size: int = 32,
    **generation: Any,
) -> list[str]:
    """English translations, in the order of the sentences.

    Args:
        model: in evaluation mode.
        tokenizer: of the model.
        sentences: to translate.
        batch_size: how many at a time.
        **generation: options of ``generate`` that differ from the model's own, such as
            ``num_beams=1``.
    """
    import torch

    by_length = sorted(range(len(sentences)), key=lambda i: len(sentences[i]))
    translations = [""] * len(sentences)
    for start in range(0, len(by_length), batch_size):
        indices = by_length[start : start + batch_size]
        inputs = tokenizer(
            [sentences[i] for i in indices], return_tensors="pt", padding=True, truncation=True
        ).to(model.device)
        with torch.inference_mode():
            outputs = model.generate(**inputs, **generation)
        texts = tokenizer.batch_decode(outputs, skip_special_tokens=True)
        for i, text in zip(indices, texts, strict=True):
            translations[i] = text
    return translations


def scores_by_language(
    dev: Sequence[SentencePair], translations: Sequence[str], metric: str = "chrf"
) -> dict[str, float]:
    """Corpus score of each language's translations, by sacrebleu with its defaults.

    Args:
        dev: the pairs.
        translations: of their foreign sides, in the same order.
        metric: ``"chrf"`` (chrF2) or ``"bleu"``.

    Returns:
        from 0 to 100.

    >>> pairs = [SentencePair("Good day", "Guten Tag", "de"), SentencePair("Yes", "Evet", "tr")]
    >>> scores_by_language(pairs, ["Good day", "No"])
    {'de': 100.0, 'tr': 0.0}
    """
    from sacrebleu.metrics import BLEU, CHRF

    metrics = {"chrf": CHRF, "bleu": BLEU}
    scores = {}
    for language in dict.fromkeys(pair.language for pair in dev):
        rows = [
            (text, pair.english)
            for pair, text in zip(dev, translations, strict=True)
            if pair.language == language
        ]
        hypotheses, references = zip(*rows, strict=True)
        scores[language] = metrics[metric]().corpus_score(hypotheses, [references]).score
    return scores
