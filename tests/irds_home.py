"""A folder of ir_datasets with tiny files of ours in the published formats, and a reader of it.

ir_datasets takes a file that is already in its place, without a download. It fixes its folder when
it is imported, so the collections are read in a process of their own.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

READER = """
import json, sys
from optical_pt.collections import open_collection
from optical_pt.errors import InputError

def read(name):
    collection = open_collection(name)
    result = {"name": collection.name, "document_language": collection.document_language}
    result["documents"] = [[d["docno"], d["title"], d["text"]] for d in collection.documents()]
    for language in collection.languages():
        judged = collection.judged_topics(language)
        english = judged.english
        human = collection.human_topics(language, collection.document_language)
        result[language] = {
            "topics": judged.topics.to_numpy().tolist(),
            "qrels": judged.qrels.to_numpy().tolist(),
            "unjudged": list(judged.unjudged),
            "english": None if english is None else list(english["query"]),
            "human": None if human is None else list(human["query"]),
        }
    return result

results = {}
for name in json.loads(sys.stdin.read()):
    try:
        results[name] = read(name)
    except InputError as error:
        results[name] = {"error": str(error)}
print(json.dumps(results))
"""


def irds_environment(home: Path) -> dict[str, str]:
    """Environment of a process in which ir_datasets reads the files in ``home`` and no others."""
    return {
        **os.environ,
        "IR_DATASETS_HOME": str(home),
        "IR_DATASETS_TMP": str(home),
        "IR_DATASETS_DL_TRIES": "1",
        # Whatever is not in the folder is not downloaded either.
        "https_proxy": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "no_proxy": "",
    }


def read_collections(home: Path, names: list[str]) -> dict[str, Any]:
    """What each collection reads from the files in ``home``, or its error."""
    done = subprocess.run(
        [sys.executable, "-c", READER],
        input=json.dumps(names),
        env=irds_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def write(path: Path, contents: str) -> None:
    """A text file, gzipped if its name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = contents.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def jsonl(*records: dict[str, Any]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def write_tar(path: Path, members: dict[str, str]) -> None:
    """A tar.gz of text files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as tar:
        for name, contents in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(contents.encode())
            tar.addfile(info, io.BytesIO(contents.encode()))


def write_clirmatrix(home: Path) -> None:
    """Swahili titles on English articles and English titles on Swahili ones, in BI-139 base."""
    folder = home / "clirmatrix"
    index = {
        "clirmatrix_docs": {},
        "clirmatrix_bi139_base": {},
        "clirmatrix_bi139_full": {},
        "clirmatrix_multi8": {},
    }

    def place(context: str, key: str, path: str, contents: str) -> None:
        index[context][key] = {"url": "https://nowhere.invalid", "cache_path": path}
        write(folder / path, contents)

    def queries(pairs: dict[str, list]) -> str:
        return jsonl(
            *(
                {"src_id": qid, "src_query": query, "tgt_results": results}
                for qid, (query, results) in pairs.items()
            )
        )

    place("clirmatrix_docs", "docs/en", "docs/en.gz", "12\tLion: a large cat\n34\tBee: an insect\n")
    place("clirmatrix_docs", "docs/sw", "docs/sw.gz", "56\tSimba: paka mkubwa\n")
    place(
        "clirmatrix_bi139_base",
        "queries/sw_en/test1",
        "base/sw_en.gz",
        queries({"7": ["Simba", [["12", 6], ["34", 0]]], "8": ["Nyuki", [["34", 5]]]}),
    )
    place(
        "clirmatrix_bi139_base",
        "queries/en_sw/test1",
        "base/en_sw.gz",
        queries({"12": ["Lion", [["56", 6]]]}),
    )
    place(
        "clirmatrix_bi139_full",
        "queries/sw_en/dev",
        "full/sw_en.gz",
        queries({"9": ["Simba wa bahari", [["12", 1]]]}),
    )
    place(
        "clirmatrix_multi8",
        "queries/de_en/test2",
        "multi8/de_en.gz",
        queries({"77": ["Löwe", [["12", 6]]]}),
    )
    write(folder / "clirmatrix_downloads.json.gz", json.dumps(index))


def write_msmarco(home: Path) -> None:
    """English passages and queries, mMARCO's Dutch and German ones, NeuMARCO's Persian ones."""
    english = home / "msmarco-passage"
    write(english / "collection.tsv", "0\tLions live in prides.\n1\tBees make honey.\n")
    write(english / "dev" / "queries.tsv", "5\twhere do lions live\n6\twhat do bees make\n")
    write(english / "dev" / "small" / "queries.tsv", "5\twhere do lions live\n")
    write(english / "dev" / "qrels", "5 0 0 1\n")
    write(english / "irds_version.txt", "v2")
    mmarco = home / "mmarco"
    write(mmarco / "qrels.dev.tsv", "5\t0\t0\t1\n")
    write(mmarco / "qrels.dev.small.tsv", "5\t0\t0\t1\n")
    write(mmarco / "v2" / "dutch.queries.dev.tsv", "5\twaar leven leeuwen\n6\twat maken bijen\n")
    write(mmarco / "v2" / "german.queries.dev.tsv", "5\two leben Löwen\n6\twas machen Bienen\n")
    write(mmarco / "v2" / "german_collection.tsv", "0\tLöwen leben in Rudeln.\n1\tHonig.\n")
    write(mmarco / "portuguese_queries.dev.v1.1.tsv", "5\tonde vivem os leões\n")
    write(mmarco / "portuguese_queries.dev.tsv", "5\tonde\n5\tonde vivem\n")
    write(home / "neumarco" / "fa.tsv", "0\tشیرها\n1\tزنبورها\n")


def _topic(topic_id: str, english: str, translations: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """A topic as HC4 and NeuCLIR write it: English, then by people and by a machine."""

    def version(language: str, source: str, title: str) -> dict[str, str]:
        return {
            "lang": language,
            "source": source,
            "topic_title": title,
            "topic_description": f"{title}, described",
            "topic_narrative": f"{title}, at length",
        }

    versions = [version("eng", "original", english)]
    for language, (human, machine) in translations.items():
        versions.append(version(language, "human translation", human))
        versions.append(version(language, "20220114-scale21-sockeye2-tm1", machine))
    return {
        "topic_id": topic_id,
        "languages_with_qrels": list(translations),
        "topics": versions,
        "narratives": {language: {} for language in translations},
        "report": {"url": "", "text": "", "date": ""},
    }


def _news(docno: str, title: str, text: str) -> dict[str, str]:
    return {"id": docno, "title": title, "text": text, "url": "", "time": "", "cc_file": ""}


TRANSLATED = {"zho": ("獅子", "雄獅"), "fas": ("شیر", "شیرها"), "rus": ("львы", "лев")}


def write_trec(home: Path) -> None:
    """NeuCLIR 2022, 2023 and the pool, CSL, and HC4 without its Russian documents."""
    neuclir = home / "neuclir"
    for code, docno in (("zho", "z1"), ("fas", "f1"), ("rus", "r1")):
        news = jsonl(_news(docno, f"title {docno}", f"text {docno}"))
        write(neuclir / "1" / code / "docs.jsonl.gz", news)
    write(neuclir / "trec-2022" / "topics.jsonl", jsonl(_topic("1", "lions", TRANSLATED)))
    write(neuclir / "trec-2022" / "qrels", "1 zho z1 3\n1 fas f1 1\n1 rus r1 0\n")
    # No topic of 2023 is one of 2022.
    write(neuclir / "trec-2023" / "topics.jsonl", jsonl(_topic("200", "bees", TRANSLATED)))
    write_tar(
        neuclir / "trec-2023" / "qrels.tar.gz",
        {
            "qrels.final.gains": "200 0 z1 3\n200 0 f1 1\n",
            "qrels.final.gains.zho": "200 0 z1 3\n",
            "qrels.final.gains.fas": "200 0 f1 1\n",
            "qrels.final.gains.rus": "200 0 r1 1\n",
        },
    )
    csl = home / "csl"
    paper = {
        "doc_id": "csl-1",
        "title": "獅群",
        "abstract": "論獅群",
        "keywords": ["獅"],
        "category": "",
        "category_eng": "",
        "discipline": "",
        "discipline_eng": "",
    }
    write(csl / "docs.jsonl.gz", jsonl(paper))
    topic = _topic("t1", "prides of lions", TRANSLATED)
    write(csl / "trec-2023" / "topics.jsonl", jsonl(topic))
    write_tar(csl / "trec-2023" / "qrels.tar.gz", {"tech_final_qrels.txt": "t1 0 csl-1 3\n"})
    hc4 = home / "hc4"
    write(hc4 / "dev.topics.v1-0.jsonl", jsonl(_topic("1", "lions", TRANSLATED)))
    for code in ("fas", "rus"):
        write(hc4 / code / "dev.qrels.v1-0.txt", "1 0 h1 3\n")
    write(hc4 / "fas" / "hc4_docs.jsonl", jsonl(_news("h1", "عنوان", "متن")))


def write_wikipedia(home: Path) -> None:
    """WikiCLIR on Swahili and Simple English, MIRACL and Mr. TyDi in Swahili."""
    source = home / "wikiclir" / "source" / "wiki-clir"
    write(source / "english" / "wiki_en.queries", "1\tLion\tA large cat .\n2\tBee\tAn insect .\n")
    write(source / "swahili" / "wiki_sw.documents", "9\tSimba\tPaka mkubwa .\n")
    write(source / "swahili" / "en2sw.rel", "1\t9\t2\n")
    write(source / "simple_english" / "wiki_simple.documents", "4\tBee\tIt flies .\n")
    write(source / "simple_english" / "en2simple.rel", "2\t4\t2\n")
    miracl = home / "miracl" / "v1.0" / "sw"
    passage = {"docid": "3#0", "title": "Simba", "text": "Paka mkubwa."}
    write(miracl / "docs" / "docs-0.jsonl.gz", jsonl(passage))
    write(miracl / "dev" / "topics.tsv", "m1\tSimba ni nini?\n")
    write(miracl / "dev" / "qrels.tsv", "m1 Q0 3#0 1\n")
    tydi = home / "mr-tydi" / "sw.data" / "mrtydi-v1.0-swahili"
    write(tydi / "collection" / "docs.jsonl.gz", jsonl({"id": "3#0", "contents": "Simba"}))
    write(tydi / "topic.test.tsv", "t1\tSimba ni nini?\n")
    write(tydi / "qrels.test.txt", "t1 Q0 3#0 1\n")
    write(home / "mr-tydi" / "irds_version.txt", "v2")
