"""NTREX-128: the 1,997 English sentences of WMT's newstest2019, translated into 128 languages.

Federmann, Kocmi and Xin 2022, https://aclanthology.org/2022.sumeval-1.4. One file a language,
aligned by line. No sums of the published files are known to us.
"""

from __future__ import annotations

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.published.archives import read_bytes, text_lines
from optical_pt.collections.published.codes import short_code
from optical_pt.collections.published.parallel import Lines, align, translations_to_find
from optical_pt.collections.published.records import PublishedCollection, Records

SENTENCES = 1997

_CODES = """
afr amh arb aze-Latn bak bel bem ben bod bos bul cat ces ckb-Arab cym dan deu div dzo ell est eus
ewe fao fas fij fil fin fra fuc gle glg guj hau heb hin hmn hrv hun hye ibo ind isl ita jpn kan kat
kaz khm kin kir kmr kor lao lav lit ltz mal mar mey mkd mlg mlt mon mri msa mya nde nep nld nno nob
nso nya orm pan pol por prs pus ron rus shi sin slk slv smo sna-Latn snd-Arab som spa sqi srp-Cyrl
ssw swa swe tah tam tat tel tgk-Cyrl tha tir ton tsn tuk tur uig ukr urd uzb ven vie wol xho yor yue
zho-CN zul
"""
_OTHERS = "fra-CA por-BR spa-MX srp-Latn zho-TW"

CODES = {short_code(code.partition("-")[0]): code for code in _CODES.split()}
"""Code in the files by the code in names."""

VARIANTS = {
    (short_code(code.partition("-")[0]), code.partition("-")[2]): code for code in _OTHERS.split()
}
"""Code in the files of a second variant, by language and the split that names it."""


def published_file(language: str, split: str = "") -> PublishedFile:
    """The file of a language, or of the variant of it that the split names."""
    code = VARIANTS[language, split] if split and language != "en" else CODES.get(language, "")
    name = "newstest2019-src.eng.txt" if language == "en" else f"newstest2019-ref.{code}.txt"
    return PublishedFile(
        path=f"ntrex/{name}",
        url=f"https://raw.githubusercontent.com/MicrosoftTranslator/NTREX/main/NTREX-128/{name}",
    )


def sentences(files: Files, language: str, split: str = "") -> list[tuple[str, str, str]]:
    """(line number from 0, foreign sentence, English sentence), in file order."""
    published = SENTENCES if files.verify else None
    return align(_lines(files, language, split), _lines(files, "en", ""), published)


def _lines(files: Files, language: str, split: str) -> Lines:
    path = files.path(published_file(language, split))
    return text_lines(read_bytes(path), str(path)), str(path)


def build(files: Files, view: View) -> Records:
    """Sentences of one side, and their translations to find."""
    return translations_to_find(
        files,
        view,
        sentences,
        lambda language, split: (
            published_file("en" if view.document_language == "en" else language, split),
        ),
    )


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, (view.query_language,), build)


def _sizes(view: View) -> Sizes:
    return Sizes(SENTENCES, SENTENCES)


def _entry(pairs: tuple[tuple[str, str], ...], split: str = "") -> CollectionEntry:
    return CollectionEntry(
        collection="ntrex",
        title="Bitext retrieval on news: NTREX's 1,997 sentences to or from English",
        pairs=pairs,
        splits=(split,),
        licence="CC BY-SA 4.0",
        access="free",
        source="MicrosoftTranslator/NTREX",
        url="https://github.com/MicrosoftTranslator/NTREX",
        open=_open,
        sizes=_sizes,
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    _entry(tuple((code, "en") for code in CODES)),
    _entry(tuple(("en", code) for code in CODES)),
    *(_entry(((code, "en"), ("en", code)), variant) for code, variant in VARIANTS),
)
