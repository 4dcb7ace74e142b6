"""The model card of a teacher."""

from __future__ import annotations

from typing import Any

from optical_pt.training.card import table


def teacher_card(record: dict[str, Any]) -> str:
    """Write a model card in Markdown from what :func:`tune_teacher` wrote to ``training.json``."""
    settings, evaluations = record["settings"], record["evaluations"]
    worse = record["mrr_after"] < record["mrr_before"]
    width = f", projected to {settings['dim']} dimensions" if settings["dim"] else ""
    return f"""---
language:
- en
library_name: sentence-transformers
tags: [multi-vector, late-interaction, optical]
license: other
---

# English late-interaction teacher

`{record["teacher"]}` (fingerprint `{record["teacher_fingerprint"]}`){width}, tuned on
{record["questions"]} questions with passages that answer them, by in-batch negatives.

```python
from optical_pt import LateInteraction

teacher = LateInteraction("THIS DIRECTORY")
```

## Scores

MRR of {settings["hold_out"]} questions that had no part in training or selection, among their
passages: {record["mrr_before"]:.4f} before, {record["mrr_after"]:.4f} after{
        " (**it got worse**)" if worse else ""
    }.

Selected at step {record["released"]}, on as many others: {evaluations[0]["mrr"]:.4f} at the start,
{max(entry["mrr"] for entry in evaluations):.4f} at best, {evaluations[-1]["mrr"]:.4f} at the end.

## Training

Command: `{record.get("command", "optical_pt.training.teacher.tune.tune_teacher(...)")}`

{table(("source", "SHA-256"), sorted(record.get("data_sha256", {}).items()))}

Licence of the data: {record.get("data_licences", "see the sources")}.

{table(("setting", "value"), settings.items())}

{table(("package", "version"), record.get("versions", {}).items())}
"""
