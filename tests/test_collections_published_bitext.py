"""Tatoeba, XNLI, Multi30k, FLORES and NTREX: translations to find, aligned by line or by id."""

from __future__ import annotations

import gzip
import os
import zipfile
from pathlib import Path

import pytest
from collection_folders import one_line
from published_files import open_view, write, write_tar, write_zip

from optical_pt.collections.published import flores, multi30k, ntrex, tatoeba, xnli
from optical_pt.errors import InputError

DATA = Path(os.environ.get("OPTICAL_DATA", Path(__file__).parents[2] / "shared" / "data"))

SWAHILI = "Simba huishi kwa makundi.\nNyuki huruka mbali.\n"
ENGLISH = "Lions live in prides.\nBees fly far.\n"


def real(folder: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        not (DATA / folder).is_dir(), reason=f"no {folder} in {DATA}; name its folder OPTICAL_DATA"
    )


def write_tatoeba(folder: Path, swahili: str | bytes = SWAHILI, english: str = ENGLISH) -> Path:
    write(folder / "tatoeba/tatoeba.swh-eng.swh", swahili)
    write(folder / "tatoeba/tatoeba.swh-eng.eng", english)
    return folder


def write_flores(folder: Path, swahili: str = SWAHILI) -> Path:
    names = {
        "swh_Latn": swahili,
        "eng_Latn": ENGLISH,
        "zho_Hant": "獅群居。\n蜂遠飛。\n",
    }
    write_tar(
        folder / "flores/flores200_dataset.tar.gz",
        {f"./flores200_dataset/dev/{code}.dev": text for code, text in names.items()},
    )
    return folder


def write_ntrex(folder: Path) -> Path:
    write(folder / "ntrex/newstest2019-src.eng.txt", ENGLISH)
    write(folder / "ntrex/newstest2019-ref.swa.txt", SWAHILI.replace("\n", "\r\n"))
    write(folder / "ntrex/newstest2019-ref.zho-TW.txt", "獅群居。\n蜂遠飛。\n")
    return folder


def write_multi30k(folder: Path) -> Path:
    for language, text in (("de", "Löwen.\nBienen.\n"), ("en", "Lions.\nBees.\n")):
        write(folder / f"multi30k/test_2016_flickr.{language}.gz", gzip.compress(text.encode()))
    return folder


HEADER = "language\tgold_label\tsentence1\tsentence2\tpairID\tgenre\n"
PUBLISHED = HEADER + "".join(
    f"{language}\t{label}\t{premise}\t{hypothesis}\t{pair}\tx\n"
    for language, premise, hypotheses in (
        ("sw", "Simba huishi hapa.", ("Simba wapo.", "Hakuna simba.")),
        ("en", "Lions live here.", ("There are lions.", "There are no lions.")),
    )
    # The published pairs of a language are in any order.
    for pair, label, hypothesis in sorted(
        zip(("7", "8"), ("entailment", "contradiction"), hypotheses, strict=True),
        reverse=language == "sw",
    )
)


def write_xnli(folder: Path, text: str = PUBLISHED) -> Path:
    write_zip(folder / "xnli/XNLI-1.0.zip", {"XNLI-1.0/xnli.dev.tsv": text})
    return folder


@pytest.mark.parametrize(
    ("name", "prepare", "first"),
    [
        ("tatoeba/sw-en", write_tatoeba, "Simba huishi kwa makundi."),
        ("flores/sw-en/dev", write_flores, "Simba huishi kwa makundi."),
        ("flores/zh-en/dev/Hant", write_flores, "獅群居。"),
        ("ntrex/sw-en", write_ntrex, "Simba huishi kwa makundi."),
        ("ntrex/zh-en/TW", write_ntrex, "獅群居。"),
    ],
)
def test_the_translation_is_relevant(tmp_path: Path, name: str, prepare, first: str) -> None:
    collection = open_view(name, prepare(tmp_path))
    language = name.partition("/")[2][:2]
    assert collection.topics(language)["query"].iloc[0] == first
    qrels = collection.qrels(language)
    assert qrels.to_numpy().tolist() == [["0", "0", 1], ["1", "1", 1]]
    texts = [document["text"] for document in collection.documents(qrels)]
    assert texts == ENGLISH.splitlines()
    english = collection.english_topics(language)
    assert english is not None
    assert list(english["query"]) == texts


def test_both_directions(tmp_path: Path) -> None:
    write_tatoeba(tmp_path)
    backwards = open_view("tatoeba/en-sw", tmp_path)
    assert (backwards.document_language, backwards.languages()) == ("sw", ("en",))
    assert [document["text"] for document in backwards.documents()] == SWAHILI.splitlines()
    assert backwards.human_topics("en", "sw") is not None


def test_a_folder_may_hold_all_of_tatoeba_in_one_zip(tmp_path: Path) -> None:
    write_zip(
        tmp_path / "tatoeba/tatoeba.zip",
        {"tatoeba.swh-eng.swh": SWAHILI, "tatoeba.swh-eng.eng": ENGLISH},
    )
    assert len(open_view("tatoeba/sw-en", tmp_path).topics("sw")) == 2
    with pytest.raises(InputError, match=r"no member 'tatoeba\.afr-eng\.afr'"):
        open_view("tatoeba/af-en", tmp_path).topics("af")


def test_captions(tmp_path: Path) -> None:
    collection = open_view("multi30k/de-en/test-2016", write_multi30k(tmp_path))
    assert list(collection.topics("de")["query"]) == ["Löwen.", "Bienen."]
    path = tmp_path / "multi30k/test_2016_flickr.de.gz"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match=r"test_2016_flickr\.de\.gz: cannot read it"):
        open_view("multi30k/de-en/test-2016", tmp_path).topics("de")


DEFECTS = {
    "a line less": ("Simba.\n", ["swh-eng.swh: 1 lines", "swh-eng.eng has 2", "truncated"]),
    "cut in a line": ("Simba.\nNyu", ["swh-eng.swh:2", "does not end", "truncated"]),
    "an empty line": ("Simba.\n \n", ["swh-eng.swh:2", "empty sentence"]),
    "not UTF-8": (b"Simba.\nNyuk\xff\n", ["swh-eng.swh:2", "UTF-8"]),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_defects_of_aligned_lines_are_named(tmp_path: Path, defect: str) -> None:
    contents, named = DEFECTS[defect]
    with pytest.raises(InputError) as raised:
        open_view("tatoeba/sw-en", write_tatoeba(tmp_path, contents)).topics("sw")
    message = one_line(raised)
    for fragment in named:
        assert fragment in message


def test_broken_tar(tmp_path: Path) -> None:
    write_flores(tmp_path)
    with pytest.raises(InputError, match=r"no member 'flores200_dataset/dev/hau_Latn\.dev'"):
        open_view("flores/ha-en/dev", tmp_path).topics("ha")
    path = tmp_path / "flores/flores200_dataset.tar.gz"
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(InputError, match=r"flores200_dataset\.tar\.gz: cannot read it"):
        open_view("flores/sw-en/dev", tmp_path).topics("sw")
    with pytest.raises(InputError, match="has 25585843"):
        open_view("flores/sw-en/dev", tmp_path, verify=True).topics("sw")


class TestXnli:
    def test_sentences_are_joined_by_pair(self, tmp_path: Path) -> None:
        collection = open_view("xnli/sw-en/dev", write_xnli(tmp_path))
        topics = collection.topics("sw").set_index("qid")["query"].to_dict()
        assert topics == {
            "p7": "Simba huishi hapa.",
            "h7": "Simba wapo.",
            "h8": "Hakuna simba.",
        }
        english = {document["docno"]: document["text"] for document in collection.documents()}
        assert english["h8"] == "There are no lions."

    def test_pairs_for_classification(self, tmp_path: Path) -> None:
        write_xnli(tmp_path)
        frame = xnli.pairs("sw", "dev", folder=tmp_path, verify=False)
        assert frame.to_numpy().tolist() == [
            ["7", "Simba huishi hapa.", "Simba wapo.", "entailment"],
            ["8", "Simba huishi hapa.", "Hakuna simba.", "contradiction"],
        ]
        english = xnli.pairs("en", "dev", folder=tmp_path, verify=False)
        assert list(english["pair_id"]) == ["7", "8"]
        with pytest.raises(InputError, match="xnli ha/dev: no such part"):
            xnli.pairs("ha", "dev", folder=tmp_path)

    @pytest.mark.parametrize(
        ("old", "new", "named"),
        [
            ("sw\tentailment", "sw\tmaybe", ["xnli.dev.tsv:3", "'maybe'"]),
            ("sw\tentailment", "sw\tneutral", ["'7'", "another label"]),
            ("\t8\tx\nsw", "\t9\tx\nsw", ["'8'", "absent"]),
            ("gold_label", "label", ["xnli.dev.tsv:1", "'gold_label'"]),
            ("\tx\nsw", "\nsw", ["xnli.dev.tsv:2", "5 columns instead of 6"]),
            ("Simba wapo.", "", ["xnli.dev.tsv:3", "empty hypothesis"]),
        ],
    )
    def test_defects(self, tmp_path: Path, old: str, new: str, named: list[str]) -> None:
        assert old in PUBLISHED
        write_xnli(tmp_path, PUBLISHED.replace(old, new, 1))
        with pytest.raises(InputError) as raised:
            open_view("xnli/sw-en/dev", tmp_path).topics("sw")
        message = one_line(raised)
        for fragment in ["XNLI-1.0.zip", *named]:
            assert fragment in message

    def test_one_file_a_language(self, tmp_path: Path) -> None:
        members = {
            "dev-en.tsv": "Lions.\tCats.\tentailment\nBees.\tFlies.\tneutral\n",
            "dev-sw.tsv": "Simba.\tPaka.\tentailment\nNyuki.\tNzi.\tneutral\n",
            "test-en.tsv": "Lions.\tCats.\n",
        }
        write_zip(tmp_path / "xnli/xnli.zip", members)
        assert len(open_view("xnli/sw-en/dev", tmp_path).topics("sw")) == 4
        with pytest.raises(InputError, match="the test part has no labels; use https"):
            xnli.pairs("en", "test", folder=tmp_path, verify=False)
        swapped = "".join(reversed(members["dev-sw.tsv"].splitlines(keepends=True)))
        write_zip(tmp_path / "xnli/xnli.zip", {**members, "dev-sw.tsv": swapped})
        with pytest.raises(InputError, match=r"sw pair '1' of dev .* re-ordered"):
            open_view("xnli/sw-en/dev", tmp_path).topics("sw")


def swapped(contents: bytes) -> bytes:
    first, second, *others = contents.splitlines(keepends=True)
    return b"".join([second, first, *others])


@real("tatoeba")
@pytest.mark.parametrize(
    ("archive", "name", "member"),
    [
        ("tatoeba/tatoeba.zip", "tatoeba/sw-en", "tatoeba.swh-eng.eng"),
        ("xnli/xnli.zip", "xnli/sw-en/test", "test-sw.tsv"),
        ("xnli/xnli.zip", "xnli/sw-en/dev", "dev-en.tsv"),
        ("mlqa/MLQA_V1-dev.zip", "mlqa/de-en/dev", "dev-context-en-question-de.json"),
    ],
)
def test_a_copy_whose_lines_are_in_another_order_is_refused(
    tmp_path: Path, archive: str, name: str, member: str
) -> None:
    with zipfile.ZipFile(DATA / archive) as copy:
        members = {path: copy.read(path) for path in copy.namelist() if not path.endswith("/")}
    (changed,) = [path for path in members if path.endswith(member)]
    # The same JSON, or lines of the same columns.
    others = members[changed] + b"\n" if member.endswith(".json") else swapped(members[changed])
    write_zip(tmp_path / archive, {**members, changed: others})
    with pytest.raises(InputError, match=r"SHA-256|another label") as raised:
        open_view(name, tmp_path, verify=True).topics(name.partition("/")[2][:2])
    assert changed in one_line(raised) or "another label" in one_line(raised)


def test_a_copy_with_other_sentences_is_refused(tmp_path: Path) -> None:
    members = {
        "tatoeba.tzl-eng.tzl": "".join(f"La {number}.\n" for number in range(104)),
        "tatoeba.tzl-eng.eng": "".join(f"The {number}.\n" for number in range(104)),
    }
    write_zip(tmp_path / "tatoeba/tatoeba.zip", members)
    assert len(open_view("tatoeba/tzl-en", tmp_path).topics("tzl")) == 104
    with pytest.raises(InputError, match=r"tatoeba\.tzl-eng\.tzl: SHA-256 .* re-ordered"):
        open_view("tatoeba/tzl-en", tmp_path, verify=True).topics("tzl")


def test_codes_are_unique() -> None:
    assert len(tatoeba.CODES) == 112
    assert tatoeba.CODES["sw"] == "swh"
    assert len(flores.CODES) == 195
    assert flores.CODES["sw"] == "swh_Latn"
    assert flores.CODES["sat"] == "sat_Olck"
    assert flores.SCRIPTS["ar", "Latn"] == "arb_Latn"
    assert {"ha", "ig", "sw", "yo", "zu"} < set(ntrex.CODES)
    assert all("-" not in code for code in (*tatoeba.CODES, *flores.CODES, *ntrex.CODES))


@real("tatoeba")
@pytest.mark.parametrize(("language", "number"), [("sw", 390), ("zh", 1000), ("tzl", 104)])
def test_real_tatoeba(language: str, number: int) -> None:
    collection = open_view(f"tatoeba/{language}-en", DATA, verify=True)
    topics = collection.topics(language)
    assert len(topics) == number == len(list(collection.documents(collection.qrels(language))))
    assert topics["query"].is_unique


@real("tatoeba")
def test_real_tatoeba_has_as_many_sentences_as_declared() -> None:
    to_english = tatoeba.ENTRIES[0]
    for view in to_english.views():
        collection = open_view(str(view), DATA)
        assert collection.n_documents == to_english.sizes(view).documents


@real("xnli")
@pytest.mark.parametrize(("split", "number"), [("dev", 3320), ("test", 6679)])
def test_real_xnli(split: str, number: int) -> None:
    collection = open_view(f"xnli/sw-en/{split}", DATA, verify=True)
    assert len(collection.judged_topics("sw").topics) == number == collection.n_documents


@real("xnli")
def test_real_xnli_pairs() -> None:
    frame = xnli.pairs("sw", "dev", folder=DATA)
    assert frame["label"].value_counts().to_dict() == dict.fromkeys(xnli.LABELS, 830)


@real("multi30k")
def test_real_multi30k() -> None:
    for entry in multi30k.ENTRIES:
        for view in entry.views():
            if view.split != "train":
                collection = open_view(str(view), DATA, verify=True)
                assert collection.n_documents == entry.sizes(view).documents
                assert len(collection.topics(view.query_language)) == entry.sizes(view).queries


def test_files_that_were_both_cut_off_are_told_by_their_published_length(tmp_path: Path) -> None:
    write_ntrex(write_tatoeba(tmp_path))
    for name, lines in (("tatoeba/sw-en", 390), ("ntrex/sw-en", 1997)):
        with pytest.raises(InputError) as raised:
            open_view(name, tmp_path, verify=True).topics("sw")
        assert f"2 lines, but the published file has {lines}" in one_line(raised)
        assert len(open_view(name, tmp_path).topics("sw")) == 2
