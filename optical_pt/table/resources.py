"""What the systems of a table share: indexes, teacher, translation model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from optical_pt.bm25 import BM25Index, bm25_index, open_bm25_index
from optical_pt.collections import Collection
from optical_pt.collections.formats import whole_text
from optical_pt.errors import InputError
from optical_pt.files import hash_bytes, hash_path, write_text
from optical_pt.index import TokenIndex
from optical_pt.models import LateInteraction
from optical_pt.respelling import Respeller, document_words
from optical_pt.text import text_revision
from optical_pt.translation import LexicalTable, NeuralTranslator
from optical_pt.translation.model_files import find_model

# Hash of the documents that the indexes beside it are made of.
NOTE = "documents.sha256"


@dataclass(frozen=True)
class LanguageModels:
    """The models of one query language; a system that needs a missing one is left out.

    Attributes:
        student: searches the teacher's index with queries of the language.
        lexicon: word translations into the documents' language.
        translator: neural translation into the documents' language.
        identities: name and content hash of each, for manifests and for resuming.
    """

    student: LateInteraction | None = None
    lexicon: LexicalTable | None = None
    translator: NeuralTranslator | None = None
    identities: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Resources:
    """Shared parts, each made when it is first needed.

    Attributes:
        collection: is searched; a document is its title and text together.
        teacher: encodes documents, and English queries.
        folder: for indexes, the words of documents and the translation cache. An index there is
            used again if it was made from the same documents by the same model.
        bm25_engine: ``"pisa"`` or ``"terrier"``.
        students: folders of students by language.
        lexicons: files of lexical tables by language.
        nmt: a seq2seq model (directory or hub name) that translates every language, if any.
        device: for models; the default takes a GPU where there is one.
        qrels: whose docnos are looked for when documents are read, if given.
    """

    collection: Collection
    teacher: LateInteraction
    folder: Path
    bm25_engine: str = "pisa"
    students: dict[str, Path] = field(default_factory=dict)
    lexicons: dict[str, Path] = field(default_factory=dict)
    nmt: str | None = None
    device: str | None = None
    qrels: pd.DataFrame | None = None
    _opened: dict[str, LanguageModels] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def bm25(self) -> BM25Index:
        """BM25 index of the documents, built if it is not there.

        Raises:
            InputError: if the one that is there was made of other documents.
        """
        path = self.folder / f"bm25-{self.bm25_engine}"
        settings = {"engine": self.bm25_engine, "language": self.collection.document_language}
        if not path.exists():
            return bm25_index(self.documents(), path, fields=("text",), **settings)
        self._require_documents(path)
        return open_bm25_index(path, fields=("text",), **settings)

    @cached_property
    def token_index(self) -> TokenIndex:
        """Token index of the documents, built if it is not there.

        Raises:
            InputError: if the one that is there was made of other documents or by another model.
        """
        index = TokenIndex(self.folder / "tokens")
        if index.path.exists():
            self._require_documents(index.path)
            if index.fingerprint != self.teacher.fingerprint:
                raise InputError(
                    f"{index.path}: a stale index, made by another model than "
                    f"{self.teacher.name} is now; delete it or choose another --output"
                )
            if self.qrels is not None:
                self.collection.require_judged(self.qrels, index.position)
            return index
        encoder = self.teacher.doc_encoder()
        encoded = (
            row
            for chunk in _chunks(self.documents(), encoder.batch_size)
            for row in encoder.transform_iter(chunk)
        )
        return index.index(encoded)

    def documents(self) -> Iterator[dict[str, Any]]:
        """Stream docno and text, with the title at its head."""
        for document in self.collection.documents(self.qrels):
            yield {"docno": document["docno"], "text": whole_text(document)}

    @cached_property
    def document_words(self) -> Mapping[str, int]:
        """In how many documents each word occurs; kept in the folder, as all must be read."""
        language = self.collection.document_language
        made_of = f"{self._documents_hash} {language} text {text_revision([language])}"
        path = self.folder / f"words.{hash_bytes(made_of.encode())[:12]}.json"
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
        counts = document_words((document["text"] for document in self.documents()), language)
        write_text(path, json.dumps(counts, ensure_ascii=False))
        return counts

    def respeller(self, table: LexicalTable) -> Respeller:
        """Respells queries of the table's language by it and the words of the documents."""
        return Respeller(table, self.document_words)

    def remember_documents(self) -> None:
        """Note which documents the indexes in the folder are made of, before any is.

        Raises:
            InputError: if there are indexes of other documents, or the folder cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"{self.folder}: cannot be made ({error.strerror}); name another --output"
            ) from None
        for path in sorted(self.folder.glob("[!.]*")):
            if path.is_dir():
                self._require_documents(path)
        write_text(self.folder / NOTE, self._documents_hash + "\n")

    def models(self, language: str) -> LanguageModels:
        """Open the models of a language.

        Raises:
            InputError: if one cannot be used, or the student has another teacher.
        """
        if language not in self._opened:
            self._opened[language] = self._open(language)
        return self._opened[language]

    def _open(self, language: str) -> LanguageModels:
        identities = {}
        student = lexicon = translator = None
        if language in self.students:
            path = self.students[language]
            student = self._student(path)
            identities["student"] = f"{path.name} {hash_path(path)}"
        if language in self.lexicons:
            path = self.lexicons[language]
            lexicon = LexicalTable.load(path)
            identities["lexicon"] = f"{path.name} {hash_path(path)}"
        if self.nmt is not None and language != self.collection.document_language:
            translator = NeuralTranslator(
                self.nmt,
                source=language,
                target=self.collection.document_language,
                device=self.device,
                cache=self.folder / "translations.sqlite",
            )
            identities["translator"] = self._nmt_identity
        return LanguageModels(student, lexicon, translator, identities)

    @cached_property
    def teacher_identity(self) -> str:
        """Name and content hash of the teacher, its query side included."""
        path = Path(self.teacher.name)
        identity = f"{self.teacher.name} {self.teacher.fingerprint}"
        return f"{identity} {hash_path(path)}" if path.is_dir() else identity

    @cached_property
    def _nmt_identity(self) -> str:
        return f"{self.nmt} {find_model(self.nmt, None)[1]}"

    def _student(self, path: Path) -> LateInteraction:
        for models in self._opened.values():
            if models.student is not None and models.student.name == str(path):
                return models.student
        student = LateInteraction(path, device=self.device, teacher=self.teacher).load()
        if student.fingerprint != self.teacher.fingerprint:
            raise InputError(
                f"{path}: a student of another teacher than {self.teacher.name}; give its own "
                "teacher, or students of this one"
            )
        return student

    @cached_property
    def _documents_hash(self) -> str:
        return self.collection.documents_fingerprint()

    def _require_documents(self, path: Path) -> None:
        note = self.folder / NOTE
        made_of = note.read_text(encoding="utf-8").strip() if note.is_file() else "unknown"
        if made_of != self._documents_hash:
            raise InputError(
                f"{path}: a stale index, made of other documents than {self.collection.name} has "
                f"now; delete {self.folder} or choose another --output"
            )


def _chunks(documents: Iterator[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    while chunk := list(islice(documents, size)):
        yield chunk
