"""The model card of a student."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair

METHODS = {
    "ot": "optimal transport between tokens (OPTICAL: Huang, Yu and Allan, WSDM 2023)",
    "mse": "squared distance of pooled vectors (Reimers and Gurevych, EMNLP 2020)",
    "greedy": "greedy token alignment (DR.DECR: Li et al., NAACL 2022)",
    "scores": "distillation of MaxSim scores over the batch (Li et al., NAACL 2022)",
    "contrastive": "in-batch InfoNCE by MaxSim (van den Oord et al., 2018)",
    "perturbed": "transport under adversarial word embeddings (Miyato et al., ICLR 2017)",
    "language": "a language discriminator, gradient reversed (Ganin and Lempitsky, ICML 2015)",
    "anchor": "a pull of word embeddings to their start (Li et al., ICML 2018)",
}


def student_card(record: dict[str, Any], pairs: Sequence[SentencePair]) -> str:
    """Write a model card in Markdown from the record of a training.

    Args:
        record: what :func:`optical_pt.training.distil.distil` writes to ``training.json``.
        pairs: those trained on.
    """
    languages = ", ".join(record["languages"])
    front = "".join(f"- {language}\n" for language in record["languages"])
    settings = {f"start: {name}": value for name, value in record["start"].items()}
    settings |= {**record["settings"], "processes": record["processes"]}
    # sentence-transformers cannot open what holds nothing but word embeddings.
    whole = record.get("release") != "vocabulary"
    return f"""---
language:
{front}library_name: {"sentence-transformers" if whole else "optical-pt"}
tags: [multi-vector, late-interaction, cross-lingual, optical]
license: other
---

# OPTICAL student: {languages} queries on English documents

A query encoder distilled from the English late-interaction teacher `{record["teacher"]}`
(fingerprint `{record["teacher_fingerprint"]}`). It searches any index that this teacher's document
encoder made.

```python
from optical_pt import LateInteraction

student = LateInteraction("THIS DIRECTORY")
search = student.query_encoder() >> index.retriever()
```

## Data

{table(("language", "source tag", "pairs"), _data(pairs))}

Licence of the data by tag: {record.get("data_licences", "see the sources")}.

{table(("file", "SHA-256"), sorted(record.get("data_sha256", {}).items()))}

## Training

{_what_happened(record)}

{_losses(record)}

Command: `{record.get("command", "optical_pt.training.distil(...)")}`

{table(("setting", "value"), settings.items())}

{table(("package", "version"), record.get("versions", {}).items())}

## Scores

{_held_out(record)}{record.get("scores", "See `experiments/results/` of optical-pt.")}
"""


def _what_happened(record: Mapping[str, Any]) -> str:
    losses = record["losses"]
    if not losses:
        return f"It was not trained; it is as it started: {_start(record['start'])}."
    first, last = losses[0], losses[-1]
    prefixes = record.get("name_prefixes")
    cut = f" Prefixes that are cut off names: {', '.join(prefixes)}." if prefixes else ""
    if record.get("diacritics"):
        cut += " It reads words with and without their diacritics."
    return (
        f"It started as {_start(record['start'])}.{cut} The loss was {first['loss']:.3f} at step "
        f"{first['step']} and {last['loss']:.3f} at step {last['step']}; the weights are those of "
        f"step {record['released']}."
    )


def _start(start: Mapping[str, Any]) -> str:
    embeddings = f"embeddings of new words: {start['new_embeddings']}"
    layers = f"its lowest {start['encoder_layers']} layers" if start["encoder_layers"] else "whole"
    return {
        "copy": "a copy of the teacher",
        "extended": f"the teacher with words added to its vocabulary ({embeddings})",
        "new-vocabulary": f"the teacher's layers with a vocabulary of its own ({embeddings})",
        "multilingual": f"the encoder `{start['encoder']}` ({layers}) and a linear projection",
    }[start["kind"]]


def _losses(record: Mapping[str, Any]) -> str:
    """Each loss with its weight, and its value at both ends."""
    settings, losses = record["settings"], record["losses"]
    weights = {**settings["loss"], "anchor": settings["anchor"]}
    rows = []
    for name in filter(weights.get, weights):
        known = [entry[name] for entry in losses if name in entry]
        values = (f"{known[0]:.4f}", f"{known[-1]:.4f}") if known else ("", "")
        rows.append((f"`{name}`: {METHODS[name]}", f"{weights[name]:g}", *values))
    return table(("loss", "weight", "first", "last"), rows)


def _held_out(record: Mapping[str, Any]) -> str:
    """Scores of the selection, a line for the best."""
    evaluations = record["evaluations"]
    if not evaluations:
        return ""
    name, settings = record["measure"], record["settings"]
    best = max(evaluations, key=lambda entry: entry[name])
    tested = (
        f"{name} of the queries {settings['select_queries'] or ''} of `{settings['select_on']}`"
        if settings["select_on"]
        else f"MRR of {settings['hold_out']} held-out sentences a language finding their "
        "translations"
    )
    return (
        f"{tested}: {evaluations[0][name]:.3f} before training, {best[name]:.3f} at step "
        f"{best['step']}, {evaluations[-1][name]:.3f} at the end (step "
        f"{evaluations[-1]['step']}). The best was released.\n\n"
    )


def _data(pairs: Sequence[SentencePair]) -> list[tuple[Any, ...]]:
    counts = Counter((pair.language, pair.tag or "(untagged)") for pair in pairs)
    return [(*key, n) for key, n in sorted(counts.items())]


def table(head: Sequence[str], rows: Any) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={weight:g}" for name, weight in value.items())
    return str(value)
