#!/usr/bin/env python
"""Print a table of CLIR systems by languages; see ``--help``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.option_lists import words

MODELS = Path(__file__).resolve().parent / "models"


def main(argv: list[str] | None = None) -> int:
    options = parse(argv)
    try:
        run(options)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Compare cross-lingual retrieval systems: MAP and nDCG@10 by language, with "
        "corrected significance. Without arguments: optical:mini with its demo models.",
    )
    add = parser.add_argument
    add("--collection", default="optical:mini", metavar="DIR|NAME", help="(%(default)s)")
    add("--queries", action="append", metavar="SET[:ha,…]",
        help="query set, or some of its languages; repeat to pool several")  # fmt: skip
    add("--languages", type=words, metavar="ha,ig,…", help="default: all that the sets have")
    add("--low-resource", type=words, metavar="ha,ig,…",
        help="instead of the declared ones; 'none' for none")  # fmt: skip
    add("--teacher", default="minilm", metavar="MODEL", help="(%(default)s)")
    add("--students", default=str(MODELS / "students"), metavar="DIR",
        help="folder of students, or one; 'none' for none (demo models)")  # fmt: skip
    add("--nmt", default=str(MODELS / "nmt"), metavar="MODEL",
        help="seq2seq model that translates queries; 'none' for none (demo model)")  # fmt: skip
    add("--respell", action="store_true",
        help="respell query words that neither lexical tables nor documents have")  # fmt: skip
    add("--systems", type=words, metavar="KEY,…", help="keys or families; default: all")
    add("--baseline", default="nmt-bm25", metavar="KEY", help="(%(default)s)")
    add("--measures", type=words, default=["AP", "nDCG@10"], metavar="AP,…", help="ir-measures")
    add("--test", choices=("t", "wilcoxon", "randomization"), default="t", help="(%(default)s)")
    add("--correction", choices=("holm", "bonferroni", "bh", "none"), default="holm",
        help="over all systems and languages together (%(default)s)")  # fmt: skip
    add("--bm25", choices=("pisa", "terrier"), default="pisa", help="engine (%(default)s)")
    add("--output", type=Path, default=Path("clir_table"), metavar="DIR", help="(%(default)s)")
    add("--device", help="cpu, cuda, …; default: a GPU where there is one")
    add("--seed", type=int, default=0, help="of randomised tests and intervals (%(default)s)")
    add("--resume", action="store_true", help="do not run finished cells again")
    return parser.parse_args(argv)


def run(options: argparse.Namespace) -> None:
    from optical_pt.evaluation import (
        clir_experiment,
        discard_manifest,
        format_table,
        write_report,
    )
    from optical_pt.evaluation.measures import parse_measures
    from optical_pt.table import ClirTable, TablePlan

    parse_measures(options.measures)
    if options.seed < 0:
        raise InputError(f"seed {options.seed}: give 0 or more")
    plan = TablePlan(
        collection=options.collection,
        query_sets=options.queries,
        languages=options.languages,
        low_resource=[] if options.low_resource == ["none"] else options.low_resource,
        teacher=options.teacher,
        students=None if options.students == "none" else options.students,
        nmt=None if options.nmt == "none" else options.nmt,
        systems=options.systems,
        baseline=options.baseline,
        bm25_engine=options.bm25,
        device=options.device,
        respell=options.respell,
        index_folder=options.output / "index",
    )
    table = ClirTable(plan, say=lambda line: print(line, file=sys.stderr, flush=True))
    discard_manifest(options.output)
    result = clir_experiment(
        table.systems,
        table.topics,
        table.qrels,
        options.measures,
        groups=table.groups,
        baseline=table.baseline,
        test=options.test,
        correction=options.correction,
        seed=options.seed,
        runs_dir=options.output / "runs",
        cells_dir=options.output / "cells",
        resume=options.resume,
        progress=lambda cell: print(
            f"[{cell.number}/{cell.total}] {cell.language} {cell.system}: {cell.seconds:.1f} s"
            + (" (finished before)" if cell.reused else ""),
            file=sys.stderr,
            flush=True,
        ),
    )
    write_report(
        result,
        options.output,
        manifest={"seed": options.seed, **table.provenance()},
        runs_dir=options.output / "runs",
    )
    for measure in result.measures:
        print(f"\n{format_table(result, measure)}")
    print(f"\nSaved to {options.output}/: results.csv, table.md, table.tex, chart.png, runs/, …")


if __name__ == "__main__":
    sys.exit(main())
