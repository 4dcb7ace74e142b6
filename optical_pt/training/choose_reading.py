"""How a student is to read the languages of its bitext."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optical_pt.models.reading import Reading
from optical_pt.text import learn_name_prefixes
from optical_pt.text.diacritics import learn_diacritics

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair


def choose_reading(
    pairs: Sequence[SentencePair], *, whole_names: bool, diacritics: bool
) -> Reading:
    """What the bitext says of names and of diacritics.

    Args:
        pairs: the bitext.
        whole_names: whether names keep the prefixes that the languages write onto them, and Arabic
            words their article.
        diacritics: whether words keep the diacritics of the languages.

    >>> from optical_pt.training.bitext import SentencePair
    >>> pairs = [SentencePair("a word", "ọ̀rọ̀ kan", "yo")]
    >>> choose_reading(pairs, whole_names=False, diacritics=True).facts()
    {'name_prefixes': [], 'diacritics': ['0300', '0323']}
    """
    return Reading(
        () if whole_names else learn_name_prefixes(pairs),
        learn_diacritics(pair.foreign for pair in pairs) if diacritics else "",
    )
