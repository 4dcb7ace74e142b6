"""What a student starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from optical_pt.errors import InputError
from optical_pt.language_codes import iso_code
from optical_pt.text.diacritics import ALWAYS_WRITTEN, SPELLINGS_REVISION
from optical_pt.training.setting_checks import require_at_least, require_one_of

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair

KINDS = ("copy", "extended", "new-vocabulary", "multilingual")
NEW_EMBEDDINGS = ("ibm1", "random", "mean")
#: Starts that keep the teacher's tokens, so that a student can be kept as what it adds to them.
KEEPING_TOKENS = ("copy", "extended")
LEAST = {"vocabulary": 0, "fragments": 0, "encoder_layers": 1}


@dataclass(frozen=True)
class StartSettings:
    """What a student starts from; all of it decides the weights that come out.

    Attributes:
        kind: ``"copy"`` of the teacher; ``"extended"``, a copy with words of the language added
            to its vocabulary; ``"new-vocabulary"``, a copy of its layers with a vocabulary learnt
            on the foreign sentences alone; ``"multilingual"``, another encoder with its own
            tokenizer and a linear projection to the teacher's width. None is ``"extended"``, or
            ``"copy"`` where ``vocabulary`` is 0.
        vocabulary: at most so many words are added for a language, or so many entries learnt.
        fragments: parts of words to add for each language, in ``"extended"``; None adds some where
            many of its words are unknown, see
            :func:`~optical_pt.training.vocabulary.new_vocabulary`.
        new_embeddings: where embeddings of new entries start: ``"ibm1"``, ``"random"`` or
            ``"mean"``, see :func:`~optical_pt.training.new_embeddings.new_embeddings`.
        whole_names: names keep the prefixes that a language writes onto them, and Arabic words
            their article, which are cut off otherwise, see :mod:`optical_pt.text.name_prefixes`.
        diacritics: words keep the diacritics of the languages
            (:func:`~optical_pt.text.diacritics.learn_diacritics`), and the student learns to read
            them with and without: each pair is trained on in all its spellings
            (:func:`~optical_pt.text.diacritics.spellings`), so that an epoch has two or three
            times the steps, a language of more spellings a greater share among several, and
            ``vocabulary`` and ``fragments`` are of each spelling. Else they
            are dropped, as BERT drops them. None keeps them in languages in which everyone writes
            them and many words differ by them alone
            (:data:`~optical_pt.text.diacritics.ALWAYS_WRITTEN`).
        encoder: directory or hub name of the multilingual encoder, such as
            ``"google-bert/bert-base-multilingual-cased"`` or ``"FacebookAI/xlm-roberta-base"``.
        encoder_layers: keep this many of its layers, from the bottom; None keeps all.

    Raises:
        InputError: if a value is out of range, or options do not go together.

    >>> StartSettings().kind, StartSettings(vocabulary=0).kind
    ('extended', 'copy')
    """

    kind: str | None = None
    vocabulary: int = 8000
    fragments: int | None = None
    new_embeddings: str = "ibm1"
    whole_names: bool = False
    diacritics: bool | None = None
    encoder: str | None = None
    encoder_layers: int | None = None

    def __post_init__(self) -> None:
        require_at_least(self, LEAST)
        if self.kind is None:
            object.__setattr__(self, "kind", "extended" if self.vocabulary else "copy")
        require_one_of("start", self.kind, KINDS)
        require_one_of("new_embeddings", self.new_embeddings, NEW_EMBEDDINGS)
        self._check_together()

    def _check_together(self) -> None:
        if self.kind in ("extended", "new-vocabulary") and not self.vocabulary:
            raise InputError(f"start {self.kind!r}: it needs words; set the vocabulary above 0")
        if self.fragments is not None and self.kind != "extended":
            raise InputError(f"fragments {self.fragments}: they are for the start 'extended' only")
        if self.new_embeddings != "ibm1" and self.kind not in ("extended", "new-vocabulary"):
            raise InputError(
                f"new_embeddings {self.new_embeddings!r}: the start {self.kind!r} has no new words"
            )
        if self.whole_names and self.kind not in ("extended", "new-vocabulary"):
            raise InputError(f"whole_names: the start {self.kind!r} cuts no names; leave it out")
        if self.diacritics and self.kind not in ("extended", "new-vocabulary"):
            raise InputError(
                f"diacritics: the start {self.kind!r} has no new words; leave them out"
            )
        if self.kind == "multilingual" and not self.encoder:
            raise InputError("start 'multilingual': it needs an encoder; give its name or folder")
        if self.kind != "multilingual" and (self.encoder or self.encoder_layers):
            raise InputError(
                f"encoder {self.encoder or self.encoder_layers}: it is for the start "
                "'multilingual' only"
            )

    def for_pairs(self, pairs: Sequence[SentencePair]) -> StartSettings:
        """These settings with what the languages of the bitext decide: if diacritics are kept."""
        if self.diacritics is not None or self.kind not in ("extended", "new-vocabulary"):
            return self
        languages = {iso_code(language) for language in {pair.language for pair in pairs}}
        return replace(self, diacritics=not languages.isdisjoint(ALWAYS_WRITTEN))

    def facts(self) -> dict[str, Any]:
        """What decides the start, as JSON values; ``start`` is None where all is default."""
        default = asdict(StartSettings(vocabulary=self.vocabulary, diacritics=False))
        undecided = {} if self.diacritics is not None else {"diacritics": False}
        decided = {"diacritics": f"kept {SPELLINGS_REVISION}"} if self.diacritics else undecided
        mine = {**asdict(self), **decided}
        chosen = {name: value for name, value in mine.items() if value != default[name]}
        return {"vocabulary": self.vocabulary, "start": chosen or None}
