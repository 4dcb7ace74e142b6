"""Training pairs by name: read, filtered, and kept away from the texts of the test."""

from __future__ import annotations

import argparse
import gzip
import os
from pathlib import Path

import pytest
from collection_folders import one_line, write_folder
from hypothesis import given
from hypothesis import strategies as st
from published_files import write, write_zip

from optical_pt.collections import LocalCollection
from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair, read_bitext
from optical_pt.training.bitext_options import add_bitext_options, read_bitext_options
from optical_pt.training.bitext_sources import (
    SOURCES,
    BitextFilter,
    filter_pairs,
    held_out_texts,
    open_bitext,
    read_source,
    refuse_overlap,
)
from optical_pt.training.bitext_sources.__main__ import main

DATA = Path(os.environ.get("OPTICAL_DATA", Path(__file__).parents[2] / "shared" / "data"))


def pair(english: str, foreign: str) -> SentencePair:
    return SentencePair(english, foreign, "sw")


class TestFilter:
    def test_each_rule(self) -> None:
        good = pair("a lion sleeps", "simba analala")
        pairs = [
            good,
            pair("the bees fly", "nyuki huruka"),
            pair("a lion sleeps", "x" * 50),
            pair("lions", "獅子"),
            good,
            pair("y" * 1001, "simba"),
        ]
        kept, dropped = filter_pairs(pairs, BitextFilter(script="Latn"))
        assert kept == pairs[:2]
        assert dropped == {"longest": 1, "script": 1, "length_ratio": 1, "duplicates": 1}
        everything = BitextFilter(length_ratio=None, longest=None, duplicates=False)
        assert filter_pairs(pairs, everything)[0] == pairs

    def test_the_ratio_is_compared_with_the_bitexts_own(self) -> None:
        chinese = [pair("a lion sleeps at night", "獅子夜眠"), pair("bees fly far away", "蜂遠飛")]
        kept, dropped = filter_pairs(chinese * 5, BitextFilter(length_ratio=2, duplicates=False))
        assert len(kept) == 10
        assert dropped["length_ratio"] == 0

    @given(st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), max_size=20))
    def test_what_is_kept_is_a_part_in_order(self, sides: list[tuple[str, str]]) -> None:
        pairs = [pair(*both) for both in sides]
        kept, dropped = filter_pairs(pairs, BitextFilter())
        assert len(kept) + sum(dropped.values()) == len(pairs)
        assert len(set(kept)) == len(kept)
        remaining = iter(pairs)
        assert all(one in remaining for one in kept)

    @pytest.mark.parametrize("rule", [{"length_ratio": 1.0}, {"longest": 0}, {"script": "Swahili"}])
    def test_bad_rules(self, rule: dict) -> None:
        with pytest.raises(InputError, match=next(iter(rule))):
            BitextFilter(**rule)


class TestOverlap:
    def test_any_side_and_any_spelling(self) -> None:
        pairs = [pair("Where do lions live?", "Simba huishi wapi?"), pair("bees", "nyuki")]
        for text in ("where do LIONS live", "simba huishi  wapi ?"):
            with pytest.raises(InputError, match="xnli: 1 sentences are texts of the test"):
                refuse_overlap(pairs, [text, ""], "xnli")
        refuse_overlap(pairs, ["where do tigers live", "", "?"], "xnli")

    def test_the_texts_of_a_collection(self, tmp_path: Path) -> None:
        texts = held_out_texts([LocalCollection(write_folder(tmp_path))])
        assert {"simba huishi wapi", "where do lions live", "what do bees do"} <= texts
        write(tmp_path / "pairs.tsv", "What do bees do?\tNyuki hufanya nini?\n")
        with pytest.raises(InputError, match=r"pairs\.tsv \(sw\): 2 sentences .*'What do bees do"):
            open_bitext(f"tsv:{tmp_path / 'pairs.tsv'}", "sw", held_out=texts)


class TestNames:
    def test_several_sources_are_tagged(self, tmp_path: Path) -> None:
        write(tmp_path / "tatoeba/tatoeba.swh-eng.swh", "Simba  analala.\nNyuki huruka.\n")
        write(tmp_path / "tatoeba/tatoeba.swh-eng.eng", "A lion sleeps.\nBees fly.\n")
        write(tmp_path / "own.tsv", "mine\tA dog barks.\tMbwa abweka.\n")
        pairs, dropped = open_bitext(
            ["tatoeba", f"tsv:{tmp_path / 'own.tsv'}"], "sw", folder=tmp_path, verify=False
        )
        assert pairs == [
            SentencePair("A lion sleeps.", "Simba analala.", "sw", "tatoeba"),
            SentencePair("Bees fly.", "Nyuki huruka.", "sw", "tatoeba"),
            SentencePair("A dog barks.", "Mbwa abweka.", "sw", "mine"),
        ]
        assert sum(dropped.values()) == 0

    def test_moses_files(self, tmp_path: Path) -> None:
        english = write(tmp_path / "train.en", "A lion.\n\nBees.\n")
        swahili = write(tmp_path / "train.sw.gz", gzip.compress(b"Simba.\nTupu.\nNyuki.\n"))
        pairs = read_source(f"moses:{english},{swahili}", "sw")
        assert [(one.english, one.foreign) for one in pairs] == [
            ("A lion.", "Simba."),
            ("Bees.", "Nyuki."),
        ]
        write(english, "A lion.\n")
        with pytest.raises(InputError, match=r"train\.sw\.gz: 3 lines, but .*train\.en has 1"):
            read_source(f"moses:{english},{swahili}", "sw")

    def test_opus(self, tmp_path: Path) -> None:
        members = {
            "README": "licence",
            "Tatoeba.en-sw.en": "A lion.\nBees.\n",
            "Tatoeba.en-sw.sw": "Simba.\nNyuki.\n",
        }
        path = write_zip(tmp_path / "opus/Tatoeba/v2023-04-12/en-sw.txt.zip", members)
        pairs = read_source("opus:Tatoeba/v2023-04-12", "sw", folder=tmp_path)
        assert pairs[1] == SentencePair("Bees.", "Nyuki.", "sw", "Tatoeba")
        with pytest.raises(InputError) as raised:
            read_source("opus:Tatoeba/v2023-04-12", "ar", folder=tmp_path)
        # The pair's codes are in alphabetical order.
        url = "https://object.pouta.csc.fi/OPUS-Tatoeba/v2023-04-12/moses/ar-en.txt.zip"
        assert url in one_line(raised)
        write_zip(path, {"x.en-sw.en": "A.\n"})
        with pytest.raises(InputError, match=r"0 members end in \.en-sw\.sw"):
            read_source("opus:Tatoeba/v2023-04-12", "sw", folder=tmp_path)

    @pytest.mark.parametrize(
        ("name", "language", "named"),
        [
            ("paracrawl", "sw", ["tatoeba", "opus:CORPUS/VERSION"]),
            ("flores/test", "sw", ["dev, devtest"]),
            ("xnli", "ha", ["'ha'", "ar, bg"]),
            ("moses:one", "sw", ["moses:ENGLISH,FOREIGN"]),
            ("moses:no.en,no.sw", "sw", ["no.en", "no such bitext file"]),
            ("opus:../../etc", "sw", ["opus:CORPUS/VERSION"]),
            ("opus:Tatoeba", "sw", ["opus:Tatoeba/v2023-04-12"]),
            ("tsv:no.tsv", "sw", ["no.tsv"]),
        ],
    )
    def test_unknown_names(self, name: str, language: str, named: list[str]) -> None:
        with pytest.raises(InputError) as raised:
            read_source(name, language, folder="no-such-folder")
        message = one_line(raised)
        for fragment in named:
            assert fragment in message

    def test_nothing_left(self, tmp_path: Path) -> None:
        path = write(tmp_path / "x.tsv", "lions\t獅子\n")
        with pytest.raises(
            InputError, match=r"no sentence pair is left of 1 \(dropped by script 1"
        ):
            open_bitext(f"tsv:{path}", "zh", rules=BitextFilter(script="Latn"))


class TestTrainers:
    @staticmethod
    def read(*arguments: str) -> tuple[list[SentencePair], dict[str, str]]:
        parser = argparse.ArgumentParser()
        add_bitext_options(parser)
        return read_bitext_options(parser.parse_args(list(arguments)), seed=0)

    def test_bitext_by_name(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        members = {
            "Tatoeba.en-sw.en": "A lion.\nBees.\nBees.\n",
            "Tatoeba.en-sw.sw": "Simba.\nNyuki.\nNyuki.\n",
        }
        write_zip(tmp_path / "opus/Tatoeba/v2023-04-12/en-sw.txt.zip", members)
        own = write(tmp_path / "own.tsv", "mine\tA tree.\tMti.\n")
        names = f"opus:Tatoeba/v2023-04-12+tsv:{own}"
        given = ["--bitext", f"sw={names}", "--bitext-folder", str(tmp_path)]
        pairs, hashes = self.read(*given, "--bitext", f"ha={own}")
        assert [pair.foreign for pair in pairs] == ["Simba.", "Nyuki.", "Mti.", "Mti."]
        assert list(hashes) == [f"sw={names}", str(own)]
        assert f"{names} (sw): 3 pairs, dropped: duplicates 1" in capsys.readouterr().err
        assert len(self.read(*given, "--limit", "2")[0]) == 2
        assert [p.foreign for p in self.read(*given, "--tags", "mine")[0]] == ["Mti."]
        with pytest.raises(InputError, match=r"no sentence pair with a tag in \['yours'\]"):
            self.read(*given, "--tags", "yours")
        with pytest.raises(InputError, match="limit 0: keep at least one"):
            self.read(*given, "--limit", "0")
        with pytest.raises(InputError, match=r"tatoeba/en-sw\.tsv: no such bitext file"):
            self.read("--bitext", "sw=tatoeba/en-sw.tsv")

    def test_a_file_that_is_called_like_a_source_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        write(tmp_path / "xnli", "mine\tA tree.\tMti.\n")
        assert [pair.tag for pair in self.read("--bitext", "sw=xnli")[0]] == ["mine"]

    def test_queries_of_the_test_are_refused(self, tmp_path: Path) -> None:
        collection = write_folder(tmp_path / "collection")
        query = LocalCollection(collection).topics("ha")["query"].iloc[0]
        own = write(tmp_path / "own.tsv", f"mine\tA tree.\t{query.upper()}\n")
        for name in (str(own), f"tsv:{own}"):
            given = ["--bitext", f"ha={name}", "--held-out", str(collection)]
            with pytest.raises(InputError, match="1 sentences are texts of the test"):
                self.read(*given)
            assert self.read(*given[:2])[0]

    @pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout")
    def test_a_test_set_is_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        pairs, _ = self.read("--bitext", "sw=tatoeba", "--bitext-folder", str(DATA))
        assert pairs
        assert "the test sentences of optical:tatoeba" in capsys.readouterr().err


class TestCommand:
    def test_list(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["list"]) == 0
        printed = capsys.readouterr().out
        for source in SOURCES:
            assert source.name in printed
            assert source.licence in printed

    def test_write(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        source = write(tmp_path / "x.tsv", "mine\tA lion.\tSimba.\nmine\tA lion.\tSimba.\n")
        output = tmp_path / "out.tsv"
        assert main(["write", f"tsv:{source}", "sw", str(output)]) == 0
        assert read_bitext(output, "sw") == [SentencePair("A lion.", "Simba.", "sw", "mine")]
        assert "1 pairs" in capsys.readouterr().out
        packed = tmp_path / "out.tsv.gz"
        assert main(["write", f"tsv:{source}", "sw", str(packed)]) == 0
        assert read_bitext(packed, "sw") == read_bitext(output, "sw")
        held_out = ["--held-out", str(write_folder(tmp_path / "test"))]
        write(source, "nani huruka\tx\n")
        assert main(["write", f"tsv:{source}", "sw", str(output), *held_out]) == 2
        assert "texts of the test" in capsys.readouterr().err
        assert len(read_bitext(output, "sw")) == 1

    @pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout")
    def test_the_collection_held_out_is_taken_from_the_folder_too(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        tested = ["--held-out", "optical:tatoeba/sw-en", "--folder", str(DATA)]
        assert main(["write", "tatoeba", "sw", str(tmp_path / "out.tsv"), *tested]) == 2
        assert "sentences are texts of the test" in capsys.readouterr().err
        assert main(["write", "xnli/test", "sw", str(tmp_path / "out.tsv"), *tested]) == 0


@pytest.mark.skipif(not (DATA / "xnli").is_dir(), reason=f"no xnli in {DATA}")
def test_real_sources() -> None:
    pairs, dropped = open_bitext(
        ["xnli/test", "tatoeba"], "sw", folder=DATA, rules=BitextFilter(script="Latn")
    )
    assert len(pairs) + sum(dropped.values()) == 6679 + 390
    assert len(pairs) > 6900
    with pytest.raises(InputError, match="texts of the test"):
        open_bitext("tatoeba", "sw", folder=DATA, held_out=[pairs[-1].foreign.upper()])
