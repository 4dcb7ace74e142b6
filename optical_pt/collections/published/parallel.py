"""Test sets that are parallel by line: bitext retrieval to and from English."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import View
from optical_pt.collections.formats import Judgment
from optical_pt.collections.published.records import Records, refuse_empty
from optical_pt.errors import InputError

Lines = tuple[list[str], str]
"""The lines of one side, and its name for messages."""


def align(
    foreign: Lines, english: Lines, published: int | None = None
) -> list[tuple[str, str, str]]:
    """(line number from 0, foreign sentence, English sentence), in file order.

    Args:
        foreign: One side.
        english: The other.
        published: How many lines the published files have, to tell files that were both cut off;
            None leaves that unchecked.

    Raises:
        InputError: if the sides do not have equally many lines, or not as many as the published
            ones, or if a line is empty.
    """
    for lines, where in (foreign, english):
        for number, line in enumerate(lines, start=1):
            refuse_empty(line, f"{where}:{number}", "sentence")
    if len(foreign[0]) != len(english[0]):
        raise InputError(
            f"{foreign[1]}: {len(foreign[0])} lines, but {english[1]} has {len(english[0])}; one "
            "is truncated: get both anew"
        )
    if published is not None and len(foreign[0]) != published:
        raise InputError(
            f"{foreign[1]}: {len(foreign[0])} lines, but the published file has {published}; it is "
            f"truncated or another version, as is {english[1]}: get both anew"
        )
    pairs = zip(foreign[0], english[0], strict=True)
    return [(str(number), there, here) for number, (there, here) in enumerate(pairs)]


def translations_to_find(
    files: Files,
    view: View,
    read: Callable[[Files, str, str], list[tuple[str, str, str]]],
    document_files: Callable[[str, str], Sequence[PublishedFile]],
) -> Records:
    """Bitext retrieval to or from English: the one relevant document is the translation.

    Texts are not compared: where a sentence occurs twice, only its aligned occurrence is relevant,
    as in the published evaluations. The translation is also the query's human version, so that a
    ceiling is the retrieval of a sentence by itself.

    Args:
        files: where the files are.
        view: one of its languages is English.
        read: gives (id, foreign, English) for a foreign language and a split.
        document_files: the files of a foreign language and split that the documents are from.
    """
    to_english = view.document_language == "en"
    language = view.query_language if to_english else view.document_language
    rows = read(files, language, view.split)
    sides = {
        language: {number: sentence for number, sentence, _ in rows},
        "en": {number: sentence for number, _, sentence in rows},
    }
    documents = sides[view.document_language]
    return Records(
        documents=lambda: (
            {"docno": number, "title": "", "text": text} for number, text in documents.items()
        ),
        document_key=f"{view.collection} {view.document_language} {view.split}",
        document_files=tuple(file.path for file in document_files(language, view.split)),
        n_documents=len(documents),
        queries={view.query_language: sides[view.query_language]},
        judgments=[Judgment(number, number, 1) for number in documents],
        versions={view.document_language: documents},
    )
