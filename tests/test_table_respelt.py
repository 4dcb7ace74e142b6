"""Tables whose queries are respelt."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from collection_folders import write_folder
from table_folders import write_table_input
from test_clir_table import arguments, main

from optical_pt import LateInteraction
from optical_pt.collections import LocalCollection
from optical_pt.table.resources import Resources

TEACHER = LateInteraction("minilm")  # not loaded
MISSPELT = {"queries/cats.sw.tsv": "q1\tSimmba huishi wapi\nq2\tchui huisshi wapi\n"}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(write_table_input(tmp_path, MISSPELT))
    return tmp_path


def test_queries_are_respelt_for_every_system_but_the_ceilings(folder):
    choices = arguments(languages="sw", systems="lexical,english-bm25", baseline="psq")
    assert main(choices) == 0
    assert main([*choices, "--respell", "--resume"]) == 0  # other queries are other cells
    again = [*arguments(languages="sw", systems="lexical,english-bm25", baseline="psq")]
    assert main([*again, "--output", "plain"]) == 0

    def values(output: str) -> dict[str, float]:
        with open(folder / output / "results.csv", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["measure"] == "MAP"]
        return {row["system"]: float(row["value"]) for row in rows if row["language"] == "sw"}

    respelt, spelt = values("out"), values("plain")
    assert respelt["lexical >> BM25"] == 1.0 > spelt["lexical >> BM25"]
    assert respelt["human English >> BM25"] == spelt["human English >> BM25"]
    assert json.loads((folder / "out" / "manifest.json").read_text())["respelt"] == {"sw": 2}
    assert json.loads((folder / "plain" / "manifest.json").read_text())["respelt"] == {}


def test_a_language_without_a_lexical_table_cannot_be_respelt(folder, capsys):
    assert main([*arguments(languages="ha", systems="bm25", baseline="bm25"), "--respell"]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: ha: no lexical table to respell queries by; give --students")


def test_words_of_documents_are_kept_until_the_documents_change(tmp_path):
    write_folder(tmp_path / "collection")

    def opened() -> Resources:
        return Resources(LocalCollection(tmp_path / "collection"), TEACHER, tmp_path / "kept")

    first = opened().document_words
    assert first["lions"] == 1
    (kept,) = (tmp_path / "kept").glob("words.*")
    kept.write_text(kept.read_text().replace('"lions"', '"okapi"'))
    assert opened().document_words == {
        word if word != "lions" else "okapi": count for word, count in first.items()
    }
    documents = next((tmp_path / "collection").glob("docs*"))
    documents.write_text(documents.read_text() + "d9\t\tA zebra.\n")
    assert dict(opened().document_words) == {**first, "zebra": 1, "a": 1}
