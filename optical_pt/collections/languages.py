"""Which languages a CLIR table counts as low-resource."""

from __future__ import annotations

from collections.abc import Collection as Group

from optical_pt.language_codes import iso_code

_CODES = (
    "ak am bem bm ee ff fil fon ha ig ki km ku lg ln lo luo mg mi mos my ne ny om ps qu rn rw sd "
    "si sn so ss st sw tg ti tk tl tn ts tw ug ve wo xh yo zu"
)
LOW_RESOURCE: frozenset[str] = frozenset(_CODES.split())
"""ISO 639 codes that are low-resource unless a collection or its user says otherwise.

A convention, not a measurement: the African languages of AfriQA and CIRAL and those that the
literature on low-resource translation and retrieval usually names beside them. Hindi, Tamil and
other languages with large monolingual corpora are not here; a collection may declare its own list
(``optical:mini``, where no language has much bitext, counts Hindi as low-resource).
"""


def language_group(language: str, low_resource: Group[str] = LOW_RESOURCE) -> str:
    """Group of a language in a table: ``"low"`` or ``"other"``.

    A code with a script or region (``ha-Latn``) is looked up as it is and then without them, one of
    three letters also as its shorter one.

    >>> language_group("sw"), language_group("ha-Latn"), language_group("hau"), language_group("hi")
    ('low', 'low', 'low', 'other')
    >>> language_group("hi", low_resource={"hi"})
    'low'
    """
    plain = language.partition("-")[0]
    return "low" if {language, plain, iso_code(plain)} & set(low_resource) else "other"
