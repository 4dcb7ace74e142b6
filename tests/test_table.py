"""The systems of a table, and what is found wrong before they run."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from collection_folders import one_line
from table_folders import write_table_input
from tiny_models import tiny_encoder

from optical_pt import InputError, LateInteraction
from optical_pt.files import write_text
from optical_pt.models.student import copy_query_side, join_sides
from optical_pt.table import SYSTEMS, ClirTable, TablePlan, find_lexicons, find_students
from optical_pt.table.systems import choose_rows, system_name


@pytest.fixture
def folder(tmp_path) -> Path:
    return write_table_input(tmp_path)


def plan(folder: Path, **changes: object) -> TablePlan:
    choices = TablePlan(
        collection=str(folder / "collection"),
        index_folder=folder / "out" / "index",
        teacher=str(folder / "teacher"),
        students=folder / "students",
        nmt=str(folder / "nmt"),
        device="cpu",
    )
    return replace(choices, **changes)


def refusal(folder: Path, **changes: object) -> str:
    with pytest.raises(InputError) as raised:
        ClirTable(plan(folder, **changes))
    return one_line(raised)


def student_folder(path: Path, record: str | None = None, name: str = "training.json") -> Path:
    write_text(path / "modules.json", "[]")
    if record is not None:
        write_text(path / name, record)
    return path


def test_students_by_declaration_or_by_name(tmp_path):
    many = student_folder(tmp_path / "many", '{"languages": ["ha", "ig"]}')
    sw = student_folder(tmp_path / "sw")
    write_text(tmp_path / "notes" / "x", "no model")
    student_folder(tmp_path / ".zu.123")  # being written
    assert find_students(tmp_path) == {"ha": many, "ig": many, "sw": sw}
    assert find_students(many) == {"ha": many, "ig": many}
    assert find_students(sw) == {"sw": sw}


def test_a_student_without_declaration_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(student_folder(tmp_path / "sw"))
    assert list(find_students(".")) == ["sw"]


def test_students_of_one_language_twice(tmp_path):
    student_folder(tmp_path / "a", '{"languages": ["ha"]}')
    student_folder(tmp_path / "b", '{"languages": ["ha"]}', "optical.json")
    with pytest.raises(InputError, match=r"b: ha is served by .*a too; keep one") as raised:
        find_students(tmp_path)
    one_line(raised)


@pytest.mark.parametrize("record", ["{", "[]", "{}", '{"languages": "ha"}', '{"languages": [1]}'])
def test_students_with_a_broken_record(tmp_path, record):
    student_folder(tmp_path / "a", record)
    with pytest.raises(InputError, match="no list of 'languages'") as raised:
        find_students(tmp_path)
    assert "training.json" in one_line(raised)


def test_no_students(tmp_path):
    with pytest.raises(InputError, match="no such folder of students"):
        find_students(tmp_path / "gone")
    with pytest.raises(InputError, match="no student there"):
        find_students(tmp_path)


def test_lexicons_lie_in_their_students(tmp_path):
    write_text(tmp_path / "many" / "lexicon.ha.tsv.gz", "")
    found = find_lexicons({"ha": tmp_path / "many", "ig": tmp_path / "many"})
    assert found == {"ha": tmp_path / "many" / "lexicon.ha.tsv.gz"}


def test_rows_by_key_or_family_in_table_order():
    assert choose_rows(None) == SYSTEMS
    assert [row.key for row in choose_rows(["optical", "bm25"])] == ["bm25", "optical"]
    assert [row.key for row in choose_rows(["nmt", "psq"])] == ["psq", "nmt-bm25", "nmt-teacher"]
    for keys in (["bm25", "colbert"], []):
        with pytest.raises(InputError, match="choose from bm25, lexical"):
            choose_rows(keys)


def test_a_baseline_by_key_or_name():
    assert system_name("nmt-bm25") == system_name("NMT >> BM25") == "NMT >> BM25"
    with pytest.raises(InputError, match="baseline 'colbert': choose from bm25"):
        system_name("colbert")


def test_every_system_answers_every_query_it_can(folder):
    table = ClirTable(plan(folder, query_sets=["cats"], languages=["sw"]))
    assert [system.name for system in table.systems["sw"]] == [row.name for row in SYSTEMS]
    assert table.baseline == "NMT >> BM25"
    assert list(table.topics["sw"]["qid"]) == ["q1", "q2"]
    found = {}
    for system in table.systems["sw"]:
        results = system.pipeline(table.topics["sw"] if system.topics is None else system.topics)
        assert {"qid", "docno", "score", "rank"} <= set(results.columns)
        found[system.name] = results
    assert set(found["OPTICAL"].groupby("qid")["docno"].nunique()) == {3}
    english = found["human English >> BM25"].query("rank == 0")
    assert dict(zip(english["qid"], english["docno"], strict=True)) == {"q1": "d1", "q2": "d2"}
    lexical = found["lexical >> BM25"].query("rank == 0")
    assert dict(zip(lexical["qid"], lexical["docno"], strict=True)) == {"q1": "d1", "q2": "d2"}


def test_a_language_lacks_what_has_no_models(folder):
    said = []
    table = ClirTable(plan(folder, query_sets=["cats"], nmt=None), said.append)
    assert table.languages == ["ha", "sw"]
    names = [system.name for system in table.systems["ha"]]
    assert names == [
        "BM25",
        "teacher, untrained",
        "human English >> BM25",
        "human English >> teacher",
    ]
    assert "ha: no student for optical; left out" in said
    assert "ha: no lexicon for lexical, psq, psq-rerank, psq-fusion; left out" in said
    assert any(line.startswith("sw: no translator for nmt-bm25, nmt-teacher") for line in said)
    assert table.baseline is None
    assert any("baseline 'NMT >> BM25'" in line for line in said)
    assert "sw: 1 queries without judgments are left out" in said


def test_models_of_english_are_no_help_with_other_documents(tmp_path):
    german = {"collection.json": '{"document_language": "de"}'}
    said = []
    folder = write_table_input(tmp_path, german)
    table = ClirTable(plan(folder, query_sets=["cats"], languages=["sw"]), said.append)
    names = [system.name for system in table.systems["sw"]]
    assert names == ["BM25", "NMT >> BM25", "NMT >> teacher", "teacher, untrained"]
    assert any(
        line.startswith("sw: no English documents for lexical, psq, optical") for line in said
    )
    message = refusal(folder, query_sets=["cats"], systems=["psq"])
    assert "no English documents for psq" in message


def test_systems_that_are_asked_for_must_have_their_models(folder):
    message = refusal(folder, query_sets=["cats"], systems=["optical"])
    assert message.startswith("ha: no student for optical; give --students")
    message = refusal(folder, query_sets=["own-dev"], systems=["nmt-fusion"], nmt=None)
    assert "no translator for nmt-fusion" in message


def test_ceilings_without_human_english(tmp_path):
    folder = write_table_input(tmp_path, {"queries/own-dev.sw.en.tsv": None})
    said = []
    table = ClirTable(plan(folder, query_sets=["own-dev"]), said.append)
    assert "human English >> BM25" not in [system.name for system in table.systems["sw"]]
    assert "sw: no human English queries for english-bm25, english-teacher; left out" in said
    assert "no human English queries" in refusal(
        folder, query_sets=["own-dev"], systems=["bm25", "ceiling"]
    )


def test_only_what_is_needed_is_built_and_opened(folder):
    for name in ("teacher", "students", "nmt"):
        shutil.rmtree(folder / name)
    table = ClirTable(plan(folder, systems=["bm25"], baseline="bm25"))
    assert sorted(path.name for path in (folder / "out" / "index").iterdir()) == [
        "bm25-pisa",
        "documents.sha256",
    ]
    assert table.provenance()["teacher"] is None


def test_indexes_are_used_again(folder):
    ClirTable(plan(folder))
    written = {path: path.stat().st_mtime_ns for path in (folder / "out" / "index").rglob("*.f16")}
    assert len(written) == 1
    ClirTable(plan(folder))
    assert {path: path.stat().st_mtime_ns for path in written} == written


def test_indexes_of_other_documents_are_stale(folder):
    ClirTable(plan(folder))
    documents = folder / "collection" / "docs.tsv"
    documents.write_text(documents.read_text() + "d4\t\tWasps fly.\n")
    message = refusal(folder)
    assert "stale index" in message
    assert str(folder / "out" / "index") in message
    assert "delete" in message
    shutil.rmtree(folder / "out" / "index")
    assert len(ClirTable(plan(folder)).shared.token_index) == 4


def test_judged_documents_are_looked_for_in_an_index_that_is_used_again(folder):
    ClirTable(plan(folder))
    files = list((folder / "collection" / "qrels").iterdir())
    lines = {file: file.read_text().splitlines() for file in files}
    for file in files:
        judged = lines[file][0].replace(lines[file][0].split()[2], "d9")
        file.write_text("\n".join([*lines[file], judged]) + "\n")
    with pytest.warns(UserWarning, match="'d9'"):
        ClirTable(plan(folder))
    for file in files:
        file.write_text("\n".join(f"{line.split()[0]} 0 d9 1" for line in lines[file]) + "\n")
    assert "'d9'" in refusal(folder)


def test_a_token_index_of_another_teacher_is_stale(folder):
    ClirTable(plan(folder, students=None))
    LateInteraction.from_encoder(tiny_encoder(seed=1), "other").save(folder / "other")
    message = refusal(folder, students=None, teacher=str(folder / "other"))
    assert "stale index, made by another model" in message
    assert str(folder / "out" / "index" / "tokens") in message


def test_documents_that_are_corrected_after_a_failure_are_indexed(folder):
    documents = folder / "collection" / "docs.tsv"
    good = documents.read_text()
    documents.write_text(good + "d4\n")
    assert "docs.tsv:4" in refusal(folder)
    assert [path.name for path in (folder / "out" / "index").iterdir()] == ["documents.sha256"]
    documents.write_text(good)
    assert len(ClirTable(plan(folder)).shared.token_index) == 3


def test_a_student_of_another_teacher(folder):
    other = tiny_encoder(seed=1)
    joined = join_sides(copy_query_side(other), other)
    shutil.rmtree(folder / "students" / "sw")
    LateInteraction.from_encoder(joined, "other").save(folder / "students" / "sw")
    message = refusal(folder)
    assert f"{folder / 'students' / 'sw'}: a student of another teacher" in message


def test_one_student_for_many_languages_is_loaded_once(folder):
    record = folder / "students" / "sw" / "training.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"languages": ["ha", "sw"]}))
    table = ClirTable(plan(folder, query_sets=["cats"]))
    students = [table.shared.models(language).student for language in ("ha", "sw")]
    assert students[0] is students[1]
    assert table.shared.models("sw") is table.shared.models("sw")


def test_provenance_names_and_hashes_everything(folder):
    table = ClirTable(plan(folder, query_sets=["cats"]))
    first = table.provenance()
    assert json.loads(json.dumps(first)) == first
    assert first["query_sets"] == {"ha": ["cats"], "sw": ["cats"]}
    assert set(first["models"]["sw"]) == {"student", "lexicon", "translator"}
    assert set(first["models"]["ha"]) == {"translator"}
    assert table.shared.teacher.fingerprint in first["teacher"]
    assert ClirTable(plan(folder, query_sets=["cats"])).provenance() == first
    (folder / "students" / "sw" / "README.md").write_text("changed")
    second = ClirTable(plan(folder, query_sets=["cats"])).provenance()
    assert second["models"]["sw"]["student"] != first["models"]["sw"]["student"]
    assert second["models"]["ha"] == first["models"]["ha"]


def test_identities_change_with_what_a_system_uses(folder):
    def identities() -> dict[str, str]:
        table = ClirTable(plan(folder, query_sets=["cats"], languages=["sw"]))
        return {system.name: system.identity for system in table.systems["sw"]}

    before = identities()
    settings = folder / "teacher" / "config_sentence_transformers.json"
    prompts = {"prompts": {"query": "question: ", "document": ""}}
    settings.write_text(json.dumps(json.loads(settings.read_text()) | prompts))
    after = identities()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {row.name for row in SYSTEMS if "token_index" in row.indexes}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"languages": ["xx"]}, ["'xx'", "ha, sw"]),
        ({"languages": []}, ["no language", "ha, sw"]),
        ({"query_sets": ["dogs"]}, ["'dogs'", "cats, own-dev"]),
        ({"query_sets": ["own-dev:ha"]}, ["'own-dev:ha'", "sw"]),
        ({"query_sets": ["own-dev"], "languages": ["ha"]}, ["'ha'", "sw"]),
        ({"collection": "/no/such/folder"}, ["/no/such/folder"]),
        ({"teacher": "/no/such/model"}, ["/no/such/model"]),
        ({"students": "/no/such/students"}, ["/no/such/students"]),
        ({"nmt": "/no/such/nmt"}, ["/no/such/nmt"]),
        ({"baseline": "colbert"}, ["baseline 'colbert'"]),
        ({"device": "abacus"}, ["device 'abacus'"]),
        ({"device": "abacus", "systems": ["nmt-bm25"]}, ["device 'abacus'"]),
    ],
)
def test_choices_that_cannot_be(folder, changes, words):
    message = refusal(folder, **changes)
    assert all(word in message for word in words), message


def test_a_file_where_the_indexes_should_be(folder):
    (folder / "out").write_text("a file")
    message = refusal(folder)
    assert f"{folder / 'out' / 'index'}: cannot be made" in message
