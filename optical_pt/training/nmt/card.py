"""The model card: what the model is, from what it was made, how well it does."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

# Licences of the sources whose tags the bitext files carry.
LICENCES = {
    "tico19": "CC0",
    "mlqe-pe": "CC0",
    "tatoeba-test": "CC BY 2.0 FR",
    "manythings": "CC BY 2.0 FR",
    "xcopa": "CC BY 4.0",
    "flores-dev": "CC BY-SA 4.0",
    "joshua-wiki": "CC BY-SA 3.0",
    "pawsx": "free use",
    "xnli": "CC BY-NC 4.0",
    "lafand-train": "CC BY-NC 4.0",
    "lafand-dev": "CC BY-NC 4.0",
    "lafand-test": "CC BY-NC 4.0",
    "iwslt15": "CC BY-NC-ND",
    "multi30k": "non-commercial research",
}


_SELECTED = {"chrf": "chrF", "bleu": "BLEU", "loss": "loss"}


def licence(tag: str) -> str:
    """Licence of a source tag.

    >>> licence("tico19"), licence("wmt-newstest2014"), licence("mine")
    ('CC0', 'research use', 'unknown')
    """
    return "research use" if tag.startswith("wmt-") else LICENCES.get(tag, "unknown")


def write_card(directory: Path, facts: dict) -> None:
    """Write `nmt.json` (the facts) and `README.md` (the same for a reader)."""
    facts["licences"] = {tag: licence(tag) for tag in facts["tags"]}
    facts["versions"] = {
        name: version(name) for name in ("optical-pt", "torch", "transformers", "sentencepiece")
    }
    (directory / "nmt.json").write_text(
        json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    (directory / "README.md").write_text(_readme(facts), encoding="utf-8")


def _readme(facts: dict) -> str:
    settings = facts["settings"]
    scores = "\n".join(
        f"| {language} | {facts['pairs'][language]} | {facts['training_pairs'][language]} "
        f"| {chrf} | {facts['dev_bleu'][language]} |"
        for language, chrf in facts["dev_chrf"].items()
    )
    sources = "\n".join(f"| {tag} | {name} |" for tag, name in facts["licences"].items())
    hashes = "\n".join(f"- `{name}`: `{digest}`" for name, digest in facts["data_sha256"].items())
    return f"""---
library_name: transformers
pipeline_tag: translation
language: [{", ".join(facts["languages"])}, en]
---

# A small translation model: {", ".join(facts["languages"])} to English

One Transformer for all these languages, of the type of Marian (`MarianMTModel`),
{facts["parameters"] / 1e6:.1f}M parameters: {settings["encoder_layers"]} encoder and
{settings["decoder_layers"]} decoder layers of width {settings["d_model"]}, one SentencePiece
vocabulary and one embedding matrix for both sides. Trained from nothing on the pairs below, it is
the baseline that students distilled from the same pairs are compared with: not a translator to
rely on. Weights are stored in fp16.

| language | pairs | of them trained on | dev chrF | dev BLEU |
|---|---|---|---|---|
{scores}

The development set ({settings["dev_pairs"]} pairs a language, drawn by seed {settings["seed"]})
is in no training pair; the weights with the best {_SELECTED[settings["select"]]} on it were kept.

| source tag | licence |
|---|---|
{sources}

Command:

```
{facts["command"]}
```

Versions: {", ".join(f"{name} {number}" for name, number in facts["versions"].items())}.
SHA-256 of the data:

{hashes}
"""
