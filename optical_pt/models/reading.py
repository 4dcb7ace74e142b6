"""How a student's tokenizer reads a text before it looks for words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from optical_pt.errors import InputError
from optical_pt.text.lookalikes import lookalike_steps
from optical_pt.text.name_prefixes import name_pattern

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_DIACRITICS = "".join(map(chr, range(0x300, 0x370)))


class Reading(NamedTuple):
    """What a student's tokenizer does with a text, beside what every student's does.

    Attributes:
        name_prefixes: Read as words of their own, see :mod:`optical_pt.text.name_prefixes`.
        diacritics: Combining marks (of U+0300 to U+036F) that words keep, where BERT drops all, see
            :mod:`optical_pt.text.diacritics`.
    """

    name_prefixes: tuple[str, ...] = ()
    diacritics: str = ""

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Reading:
        """The reading that a file describes; what it does not name is the default."""
        marks = "".join(chr(int(code, 16)) for code in facts.get("diacritics", ()))
        return cls(tuple(facts.get("name_prefixes", ())), marks)

    def facts(self) -> dict[str, Any]:
        """The reading as JSON values, marks by their code points."""
        codes = [f"{ord(mark):04X}" for mark in self.diacritics]
        return {"name_prefixes": list(self.name_prefixes), "diacritics": codes}


def reading_of(tokenizer: PreTrainedTokenizerBase) -> Reading:
    """How a student's tokenizer reads; a teacher's has the default."""
    return Reading.from_facts(tokenizer.init_kwargs)


def read_as(tokenizer: PreTrainedTokenizerBase, reading: Reading) -> PreTrainedTokenizerBase:
    """A copy of a teacher's tokenizer that reads like this.

    It keeps the reading as an option (:func:`reading_of`), and so do tokenizers that are made of
    it. The default reading changes nothing.

    Args:
        tokenizer: a fast WordPiece tokenizer.
        reading: what it shall do.

    Raises:
        InputError: if the tokenizer is not WordPiece, or diacritics are to be kept and it does not
            normalise as BERT.
    """
    if reading == Reading():
        return tokenizer
    state = student_state(tokenizer, diacritics=reading.diacritics)
    if reading.name_prefixes:
        # While there are capitals.
        pattern = {"Regex": name_pattern(reading.name_prefixes)}
        cut = {"type": "Replace", "pattern": pattern, "content": " "}
        others = [] if state["normalizer"] is None else [state["normalizer"]]
        steps = [{"type": "NFKC"}, cut, *others]
        state["normalizer"] = {"type": "Sequence", "normalizers": steps}
    return student_tokenizer(tokenizer, state, reading)


def student_tokenizer(
    original: PreTrainedTokenizerBase, state: dict, reading: Reading
) -> PreTrainedTokenizerBase:
    """A tokenizer of this JSON state, which reads so, with the other options of the original."""
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    # Not the tokenizer's own class: BertTokenizer puts BERT's normalizer back when it is loaded.
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(state)),
        model_max_length=original.model_max_length,
        **{name: value for name, value in reading.facts().items() if value},
        **original.special_tokens_map,
    )


def student_state(tokenizer: PreTrainedTokenizerBase, *, diacritics: str = "") -> dict:
    """The JSON state of a WordPiece tokenizer, with a normalizer for other languages.

    It normalises as the teacher, but spares the marks of Indic scripts and those in ``diacritics``,
    and replaces letters that look like others, see :mod:`optical_pt.text.lookalikes`. A student's
    tokenizer stays as it is.

    Raises:
        InputError: if the tokenizer is not WordPiece, or diacritics are to be kept and it does not
            normalise as BERT.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    state = json.loads(backend.to_str()) if backend is not None else {}
    if state.get("model", {}).get("type") != "WordPiece":
        raise InputError(
            "the teacher's tokenizer is not WordPiece, so its vocabulary cannot be extended; "
            "set the vocabulary to 0 to keep it"
        )
    state["truncation"] = state["padding"] = None
    normalizer = state["normalizer"]
    if diacritics and (normalizer or {}).get("type") != "BertNormalizer":
        raise InputError(
            "the teacher's tokenizer does not normalise as BERT, so that a student cannot keep "
            "diacritics; set diacritics to False (--no-diacritics)"
        )
    state["normalizer"] = _script_safe(normalizer, diacritics)
    return state


def _script_safe(bert: dict | None, diacritics: str) -> dict | None:
    """Replace a BERT normalizer that strips every combining mark by one that spares Indic ones."""
    if bert is None or bert.get("type") != "BertNormalizer":
        return bert
    lowercase = bert["lowercase"]
    strips = bert["strip_accents"] if bert["strip_accents"] is not None else lowercase
    steps: list[dict] = [{**bert, "lowercase": False, "strip_accents": False}, {"type": "NFKC"}]
    steps += lookalike_steps()
    if lowercase:
        steps.append({"type": "Lowercase"})
    if strips:
        dropped = "".join(mark for mark in _DIACRITICS if mark not in diacritics)
        pattern = {"Regex": f"[{dropped}]" if diacritics else "[\u0300-\u036f]"}
        steps += [
            {"type": "NFD"},
            {"type": "Replace", "pattern": pattern, "content": ""},
            {"type": "NFC"},
        ]
    return {"type": "Sequence", "normalizers": steps}
