"""How each family of translation models is told the two languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optical_pt.errors import InputError
from optical_pt.language_codes import find_code, is_known, iso_code

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_FLORES = re.compile(r"([a-z]{3}_[A-Z][a-z]{3})")
_REGION = re.compile(r"([a-z]{2}_[A-Z]{2})")
_MARIAN = re.compile(r">>(.+)<<")
_MADLAD = re.compile(r"<2(.+)>")


@dataclass(frozen=True)
class LanguageTokens:
    """What the languages add to the input and the output of a model.

    Attributes:
        prefix: text before each input.
        encoder_language: the tokenizer's ``src_lang``, if it has one.
        first_token: the token that every output must begin with (``forced_bos_token_id``), if any.
    """

    prefix: str = ""
    encoder_language: str | None = None
    first_token: str | None = None


def language_tokens(
    tokenizer: PreTrainedTokenizerBase, *, source: str, target: str, model: str, small100: bool
) -> LanguageTokens:
    """The language tokens of a translation direction for the family that a tokenizer belongs to.

    - NLLB and mBART-50: source code on the input, target code as the first output token;
    - M2M100: the same with ``__xx__`` tokens; SMaLL-100, which shares its tokenizer: the TARGET
      language on the input and nothing on the output (Mohammadshahi et al., EMNLP 2022);
    - Marian with several target languages: ``>>xxx<<`` before the text; other Marian models: none;
    - MADLAD-400 (T5): ``<2xx>`` before the text;
    - any other: none (a model of one direction).

    Args:
        tokenizer: of the model.
        source: ISO 639 code, or a code of the model itself.
        target: the same.
        model: its name in error messages.
        small100: whether the model is a SMaLL-100.

    Raises:
        InputError: if the model does not know one of the languages.
    """
    family = type(tokenizer).__name__
    if family.startswith("M2M100"):
        codes = list(tokenizer.lang_code_to_id)
        target_token = tokenizer.get_lang_token(_find(target, codes, model))
        if small100:
            return LanguageTokens(encoder_language=_find(target, codes, model))
        return LanguageTokens("", _find(source, codes, model), target_token)
    if family.startswith(("Nllb", "MBart")):
        codes = _codes(tokenizer, _FLORES if family.startswith("Nllb") else _REGION)
        return LanguageTokens("", _find(source, codes, model), _find(target, codes, model))
    if family.startswith("Marian"):
        _check_declared(tokenizer, source, target, model)
        codes = _codes(tokenizer, _MARIAN)
        return LanguageTokens(f">>{_find(target, codes, model)}<< " if codes else "")
    codes = _codes(tokenizer, _MADLAD)
    return LanguageTokens(f"<2{_find(target, codes, model)}> " if codes else "")


def _codes(tokenizer: PreTrainedTokenizerBase, pattern: re.Pattern[str]) -> list[str]:
    matches = map(pattern.fullmatch, tokenizer.get_vocab())
    return sorted(match[1] for match in matches if match)


def _find(language: str, codes: list[str], model: str) -> str:
    code = find_code(language, codes)
    if code is None:
        raise InputError(
            f"{model}: does not know language {language!r}; give another model or one of its own "
            f"codes: {' '.join(sorted(codes))}"
        )
    return code


def _check_declared(
    tokenizer: PreTrainedTokenizerBase, source: str, target: str, model: str
) -> None:
    """Marian models of one direction know no language codes, but most declare their languages."""
    for side, wanted in (("source_lang", source), ("target_lang", target)):
        declared = getattr(tokenizer, side, None)
        # Groups such as 'mul' or 'ROMANCE' are declared here too: they say nothing.
        if declared and is_known(declared) and iso_code(declared) != iso_code(wanted):
            raise InputError(
                f"{model}: its tokenizer declares {side}={declared!r}, not {wanted!r}; give a "
                f"model for {wanted!r}, or {declared!r} as the language if that is meant"
            )
