"""A made-up language that a tiny translation model learns in seconds."""

from __future__ import annotations

import itertools

from optical_pt.training.bitext import SentencePair
from optical_pt.training.nmt.settings import NmtSettings

SUBJECTS = {
    "the cat": "die Katze",
    "the dog": "der Hund",
    "Anna": "Anna",
    "my friend": "mein Freund",
}
VERBS = {"sees": "sieht", "finds": "findet", "loves": "liebt", "paints": "malt"}
OBJECTS = {"a house": "ein Haus", "a tree": "einen Baum", "Tokyo": "Tokyo", "water": "Wasser"}

TINY = NmtSettings(
    vocab_size=52,
    d_model=64,
    ffn=128,
    heads=2,
    encoder_layers=1,
    decoder_layers=1,
    dropout=0.0,
    label_smoothing=0.05,
    epochs=20,
    batch_tokens=100,
    learning_rate=3e-3,
    warmup_steps=20,
    evaluate_steps=40,
    dev_pairs=6,
    copy_share=0.0,
)


def grammar(language: str = "de") -> list[SentencePair]:
    """All 64 sentences of subject, verb and object."""
    return [
        SentencePair(f"{s} {v} {o}", f"{SUBJECTS[s]} {VERBS[v]} {OBJECTS[o]}", language, "made-up")
        for s, v, o in itertools.product(SUBJECTS, VERBS, OBJECTS)
    ]
