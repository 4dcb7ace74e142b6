"""One late-interaction model, a factory of PyTerrier transformers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from optical_pt.errors import InputError
from optical_pt.models.encoding import encode_texts
from optical_pt.models.fingerprint import document_fingerprint

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

    from optical_pt.models.doc_encoder import DocEncoder
    from optical_pt.models.query_encoder import QueryEncoder
    from optical_pt.models.text_scorer import TextScorer


class LateInteraction:
    """A ColBERT-style model (Khattab and Zaharia, SIGIR 2020): token embeddings and MaxSim.

    A teacher and a student are the same kind of model. A student's queries are in another
    language, its documents are encoded by its teacher, and so it searches the teacher's index.

    Args:
        name_or_path: ``"minilm"`` (all-MiniLM-L6-v2 without a projection), or a directory or hub
            name of a sentence-transformers ``MultiVectorEncoder``, a PyLate or a Stanford ColBERT
            checkpoint, a released student, or a vocabulary student.
        revision: of a hub name.
        device: such as ``"cpu"`` or ``"cuda"``; the default takes a GPU where there is one.
        batch_tokens: about how many tokens are encoded at once, padding included; fewer take less
            memory. The default is 2,048 on a CPU and 32,768 elsewhere.
        teacher: for a vocabulary student, its teacher where that is loaded already, to share it.

    Two models are equal if name, revision and device are. The model is loaded when it is first
    needed, or by :meth:`load`, which raises :class:`~optical_pt.errors.InputError` if it is not a
    late-interaction model.

    Raises:
        InputError: on batches of fewer than 1 token.

    Example::

        teacher = LateInteraction("minilm")
        index = TokenIndex("passages.index")
        (teacher.doc_encoder() >> index).index(documents)
        student = LateInteraction("students/ha")
        search = student.query_encoder() >> index.retriever()
    """

    def __init__(
        self,
        name_or_path: str | Path,
        *,
        revision: str | None = None,
        device: str | None = None,
        batch_tokens: int | None = None,
        teacher: LateInteraction | None = None,
    ):
        if batch_tokens is not None and batch_tokens < 1:
            raise InputError(f"batch_tokens={batch_tokens}: give at least 1")
        self.name = str(name_or_path)
        self.revision = revision
        self.device = device
        self.batch_tokens = batch_tokens
        self._teacher = teacher

    @classmethod
    def from_encoder(cls, encoder: MultiVectorEncoder, name: str) -> LateInteraction:
        """Wrap a model that is in memory; ``name`` must tell it apart from others."""
        model = cls(name, device=str(encoder.device))
        model.encoder = encoder
        return model

    @cached_property
    def encoder(self) -> MultiVectorEncoder:
        """The sentence-transformers model; loads it."""
        from optical_pt.models.loading import load_encoder

        return load_encoder(
            self.name, revision=self.revision, device=self.device, teacher=self._teacher
        )

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the document side, 16 hexadecimal digits; loads the model."""
        return document_fingerprint(self.encoder)

    def load(self) -> LateInteraction:
        """Load the model now and return it."""
        _ = self.encoder
        return self

    def encode_queries(self, queries: Sequence[str]) -> list[np.ndarray]:
        """Encode queries: per query a ``(tokens, dim)`` float32 array of unit vectors."""
        return encode_texts(self.encoder, queries, "query", batch_tokens=self.batch_tokens)

    def encode_documents(self, documents: Sequence[str]) -> list[np.ndarray]:
        """Encode documents: per document a ``(tokens, dim)`` float16 array of unit vectors."""
        return encode_texts(self.encoder, documents, "document", batch_tokens=self.batch_tokens)

    def query_side(self, *, pooled: bool = False) -> LateInteraction:
        """The model whose documents, too, are encoded by this one's query side.

        A student's queries are in another language than its documents; this is the student that
        searches documents of its queries' language. It shares the weights.

        Args:
            pooled: whether its documents are to lie in one index with the teacher's and those of
                its other students, to be searched by any of them: a multilingual pool. The
                fingerprint is the teacher's then; else it is another, for an index of its own.

        Example::

            english = teacher.doc_encoder().transform_iter(english_documents)
            hausa = student.query_side(pooled=True).doc_encoder().transform_iter(hausa_documents)
            pool = TokenIndex("pool.index").index(itertools.chain(english, hausa))
            search = student.query_encoder() >> pool.retriever()
        """
        from optical_pt.models.student import query_side

        kind = "query side, pooled" if pooled else "query side"
        side = LateInteraction.from_encoder(query_side(self.encoder), f"{self.name} ({kind})")
        side.batch_tokens = self.batch_tokens
        if pooled:
            side.fingerprint = self.fingerprint
        return side

    def query_encoder(self) -> QueryEncoder:
        """Return a transformer that adds ``query_embs`` and ``embs_model`` to queries."""
        from optical_pt.models.query_encoder import QueryEncoder

        return QueryEncoder(self)

    def doc_encoder(self, *, fields: str | Sequence[str] = ("text",)) -> DocEncoder:
        """Return a transformer that adds ``doc_embs`` and ``embs_model`` to documents."""
        from optical_pt.models.doc_encoder import DocEncoder

        return DocEncoder(self, fields=fields)

    def text_scorer(self, *, field: str = "text") -> TextScorer:
        """Return a reranker that scores the text of each result by MaxSim."""
        from optical_pt.models.text_scorer import TextScorer

        return TextScorer(self, field=field)

    def save(self, directory: str | Path) -> None:
        """Write the model as a sentence-transformers directory, whole or not at all."""
        from optical_pt.files import write_directory

        with write_directory(directory) as unfinished:
            self.encoder.save_pretrained(str(unfinished), safe_serialization=True)

    @property
    def _identity(self) -> tuple:
        return (self.name, self.revision, self.device)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LateInteraction) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    def __repr__(self) -> str:
        return f"LateInteraction({self.name!r})"
