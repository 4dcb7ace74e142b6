"""The model card of a student."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair


def student_card(record: dict[str, Any], pairs: Sequence[SentencePair]) -> str:
    """Write a model card in Markdown from the record of a training."""
    languages = ", ".join(record["languages"])
    front = "".join(f"- {language}\n" for language in record["languages"])
    losses = record["losses"]
    trained = (
        f"The loss went from {losses[0]['loss']:.3f} to {losses[-1]['loss']:.3f} in "
        f"{losses[-1]['step']} steps."
        if losses
        else "It was not trained after its vocabulary was started from word alignments."
    )
    settings = "\n".join(
        f"| {name} | {_cell(value)} |" for name, value in record["settings"].items()
    )
    return f"""---
language:
{front}library_name: sentence-transformers
tags: [multi-vector, late-interaction, cross-lingual, optical]
license: {record.get("licence", "other")}
---

# OPTICAL student: {languages} queries on English documents

A query encoder distilled by optimal transport (Huang, Yu and Allan, WSDM 2023) from the English
late-interaction teacher `{record["teacher"]}` (fingerprint `{record["teacher_fingerprint"]}`).
It searches any index that this teacher's document encoder made. {trained}

```python
from optical_pt import LateInteraction

student = LateInteraction("THIS DIRECTORY")
search = student.query_encoder() >> index.retriever()
```

## Data

{_data_table(pairs)}

Licence of the data by tag: {record.get("data_licences", "see the sources")}.

## Training

Command: `{record.get("command", "optical_pt.training.distil(...)")}`

| setting | value |
|---|---|
| words added, at most | {record["vocabulary_size"]} |
{settings}

## Scores

{record.get("scores", "See `experiments/results/` of optical-pt.")}
"""


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={weight:g}" for name, weight in value.items())
    return str(value)


def _data_table(pairs: Sequence[SentencePair]) -> str:
    counts = Counter((pair.language, pair.tag or "(untagged)") for pair in pairs)
    rows = "\n".join(f"| {lang} | {tag} | {n} |" for (lang, tag), n in sorted(counts.items()))
    return f"| language | source tag | pairs |\n|---|---|---|\n{rows}"
