"""Tatoeba: translations to find among up to 1,000 sentences, of LASER and XTREME.

Artetxe and Schwenk 2019, https://arxiv.org/abs/1812.10464. Two files a language, aligned by line.
No sums of the published files are known to us; a local folder may hold all in ``tatoeba.zip``,
whose members are verified.
"""

from __future__ import annotations

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.published.archives import read_bytes, text_lines, zip_member
from optical_pt.collections.published.codes import short_code
from optical_pt.collections.published.copies import verify_copy
from optical_pt.collections.published.parallel import Lines, align, translations_to_find
from optical_pt.collections.published.records import PublishedCollection, Records

# ISO 639-3 code and number of sentences, counted.
_COUNTS = """
afr 1000 amh 168 ang 134 ara 1000 arq 911 arz 477 ast 127 awa 231 aze 1000 bel 1000 ben 1000
ber 1000 bos 354 bre 1000 bul 1000 cat 1000 cbk 1000 ceb 600 ces 1000 cha 137 cmn 1000
cor 1000 csb 253 cym 575 dan 1000 deu 1000 dsb 479 dtp 1000 ell 1000 epo 1000 est 1000
eus 1000 fao 262 fin 1000 fra 1000 fry 173 gla 829 gle 1000 glg 1000 gsw 117 heb 1000 hin 1000
hrv 1000 hsb 483 hun 1000 hye 742 ido 1000 ile 1000 ina 1000 ind 1000 isl 1000 ita 1000
jav 205 jpn 1000 kab 1000 kat 746 kaz 575 khm 722 kor 1000 kur 410 kzj 1000 lat 1000 lfn 1000
lit 1000 lvs 1000 mal 687 mar 1000 max 284 mhr 1000 mkd 1000 mon 440 nds 1000 nld 1000
nno 1000 nob 1000 nov 257 oci 1000 orv 835 pam 1000 pes 1000 pms 525 pol 1000 por 1000
ron 1000 rus 1000 slk 1000 slv 823 spa 1000 sqi 1000 srp 1000 swe 1000 swg 112 swh 390 tam 307
tat 1000 tel 234 tgl 1000 tha 548 tuk 203 tur 1000 tzl 104 uig 1000 ukr 1000 urd 1000 uzb 428
vie 1000 war 1000 wuu 1000 xho 142 yid 848 yue 1000 zsm 1000
"""

_SENTENCES = dict(zip(_COUNTS.split()[::2], map(int, _COUNTS.split()[1::2]), strict=True))
CODES = {short_code(code): code for code in _SENTENCES}
"""Code in the files by the code in names."""


def published_file(language: str, side: str) -> PublishedFile:
    """The foreign or the English (``"eng"``) side of a language's sentences."""
    code = CODES[language]
    name = f"tatoeba.{code}-eng.{code if side != 'eng' else side}"
    return PublishedFile(
        path=f"tatoeba/{name}",
        url=f"https://github.com/facebookresearch/LASER/raw/main/data/tatoeba/v1/{name}",
        repacked=("tatoeba/tatoeba.zip",),
    )


def sentences(files: Files, language: str, split: str = "") -> list[tuple[str, str, str]]:
    """(line number from 0, foreign sentence, English sentence), in file order."""
    foreign = _lines(files, published_file(language, language))
    english = _lines(files, published_file(language, "eng"))
    return align(foreign, english, _SENTENCES[CODES[language]] if files.verify else None)


def build(files: Files, view: View) -> Records:
    """Sentences of one side, and their translations to find."""
    side = "eng" if view.document_language == "en" else ""
    return translations_to_find(
        files, view, sentences, lambda language, split: (published_file(language, side),)
    )


def _lines(files: Files, file: PublishedFile) -> Lines:
    path = files.path(file)
    if path.suffix != ".zip":
        return text_lines(read_bytes(path), str(path)), str(path)
    member = file.path.removeprefix("tatoeba/")
    where = f"{path}: {member}"
    contents = zip_member(path, member)
    lines = text_lines(contents, where)
    verify_copy(files, file, contents, member)
    return lines, where


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, (view.query_language,), build)


def _sizes(view: View) -> Sizes:
    foreign = view.query_language if view.document_language == "en" else view.document_language
    number = _SENTENCES[CODES[foreign]]
    return Sizes(number, number)


def _entry(pairs: tuple[tuple[str, str], ...], title: str) -> CollectionEntry:
    return CollectionEntry(
        collection="tatoeba",
        title=title,
        pairs=pairs,
        splits=("",),
        licence="CC BY 2.0 FR",
        access="free",
        source="facebookresearch/LASER",
        url="https://github.com/facebookresearch/LASER/tree/main/data/tatoeba/v1",
        open=_open,
        sizes=_sizes,
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    _entry(
        tuple((code, "en") for code in CODES),
        "Bitext retrieval: find the English translation of a short sentence (LASER, XTREME)",
    ),
    _entry(
        tuple(("en", code) for code in CODES),
        "Bitext retrieval: find the translation of a short English sentence (LASER, XTREME)",
    ),
)
