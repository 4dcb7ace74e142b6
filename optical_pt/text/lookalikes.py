"""Letters typed for others that look like them: Greek epsilon for the open e of Twi and Ewe.

Keyboards lack the letters of African alphabets, so that texts have Greek and phonetic ones in their
place: 44% of the open e's and o's in Twi queries of AfriQA (train part).
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers.normalizers import Normalizer

#: Letters that no living alphabet has, and the ones that are meant.
LOOKALIKES = {
    "\N{LATIN LETTER SMALL CAPITAL OPEN O}": "ɔ",
    "\N{GREEK SMALL REVERSED LUNATE SIGMA SYMBOL}": "ɔ",
    "\N{GREEK CAPITAL REVERSED LUNATE SIGMA SYMBOL}": "Ɔ",
    "\N{LATIN SMALL LETTER EZH REVERSED}": "ɛ",
    "\N{LATIN CAPITAL LETTER EZH REVERSED}": "Ɛ",
}
_EPSILON = "\N{GREEK SMALL LETTER EPSILON}"


def fold_lookalikes(text: str) -> str:
    """Replace look-alikes by the letters that are meant; Greek words stay as they are.

    Args:
        text: in NFC or NFKC, and so is what is returned.

    >>> fold_lookalikes("sεn na wᴐfrέ no, και ένα")
    'sɛn na wɔfrɛ́ no, και ένα'
    """
    letters = unicodedata.normalize("NFD", text)
    if _EPSILON not in letters and LOOKALIKES.keys().isdisjoint(letters):
        return text
    return _normalizer().normalize_str(text)


def lookalike_steps() -> list[dict]:
    """The same as steps of a tokenizer's normalizer, in JSON."""
    # An epsilon is Latin in a word with a Latin letter, next to it but for epsilons and accents.
    between = f"[\\p{{M}}{_EPSILON}]"
    # Lookbehinds are of fixed lengths.
    before = "|".join(f"\\p{{Latin}}{between}{{{length}}}" for length in range(5))
    epsilon = f"{_EPSILON}(?={between}*\\p{{Latin}})|(?<={before}){_EPSILON}"
    replaced = [({"String": found}, meant) for found, meant in LOOKALIKES.items()]
    replaced.append(({"Regex": epsilon}, "ɛ"))
    steps = [{"type": "Replace", "pattern": p, "content": content} for p, content in replaced]
    return [{"type": "NFD"}, *steps, {"type": "NFC"}]


@cache
def _normalizer() -> Normalizer:
    from tokenizers import Regex, normalizers

    steps: list[Normalizer] = []
    for step in lookalike_steps():
        if step["type"] != "Replace":
            steps.append(getattr(normalizers, step["type"])())
            continue
        ((kind, pattern),) = step["pattern"].items()
        found = Regex(pattern) if kind == "Regex" else pattern
        steps.append(normalizers.Replace(found, step["content"]))
    return normalizers.Sequence(steps)
