"""Dictionaries of a language, in both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from optical_pt.files import hash_bytes
from optical_pt.training.bitext import SentencePair
from optical_pt.translation import WordLexicon, read_gatitos


@dataclass(frozen=True)
class Lexicons:
    """Dictionaries between a language and English.

    Attributes:
        source: ``"GATITOS"``, or ``"bitext"`` for the most probable translations of IBM model 1.
        into: By what they translate into, ``"english"`` or ``"foreign"``.
    """

    source: str
    into: Mapping[str, WordLexicon]

    @cached_property
    def identity(self) -> str:
        """Hash of both."""
        text = "\n".join(f"{into} {found.entries}" for into, found in self.into.items())
        return hash_bytes(text.encode())

    def facts(self, topics: pd.DataFrame, english: pd.DataFrame) -> dict[str, object]:
        """Where they are from, their sizes, and what share of the queries' words they have."""
        facts: dict[str, object] = {"source": self.source}
        for into, queries in (("english", topics), ("foreign", english)):
            lexicon = self.into[into]
            units = [
                unit
                for qid, query in zip(queries["qid"], queries["query"], strict=True)
                for unit in lexicon.units(qid, query)
            ]
            known = sum(bool(unit.choices) for unit in units) / max(len(units), 1)
            facts[f"into_{into}"] = {"entries": len(lexicon), "coverage": round(known, 4)}
        return facts


def open_lexicons(path: Path | None, language: str, pairs: Sequence[SentencePair]) -> Lexicons:
    """GATITOS where it has the language, else a lexicon learnt from the pairs.

    Args:
        path: Folder or zip file of GATITOS, if there is one.
        language: ISO 639 code.
        pairs: Of English and the language.

    Raises:
        InputError: if the file cannot be read, or there are no pairs.
    """
    found = read_gatitos(path, language) if path else None
    if found is not None:
        return Lexicons("GATITOS", {"english": found.reversed(), "foreign": found})
    return Lexicons(
        "bitext",
        {
            "english": WordLexicon.learn(pairs, source=language, target="en"),
            "foreign": WordLexicon.learn(pairs, source="en", target=language),
        },
    )
