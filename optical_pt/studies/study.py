"""What a study is, and the command that runs one."""

from __future__ import annotations

import argparse
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from optical_pt.errors import InputError
from optical_pt.option_lists import words
from optical_pt.studies.finished import read_finished
from optical_pt.studies.report import write_study
from optical_pt.studies.result import StudyResult
from optical_pt.studies.summary import summarize_study
from optical_pt.studies.tables import markdown
from optical_pt.studies.trial import Trial, run_trials, trial_key


@dataclass(frozen=True)
class Plan:
    """What a study will do.

    Attributes:
        trials: In the order in which they run.
        measure: Gives the scores of a trial, see :func:`~optical_pt.studies.trial.run_trials`.
        identity: Text that changes whenever the scores of a trial may change.
        groups: ``"low"`` or ``"other"`` for each language.
        facts: For the manifest: hashes of data and models, settings.
        baseline: A method that takes the place of the study's baseline.
    """

    trials: Sequence[Trial]
    measure: Callable[[Trial], pd.DataFrame]
    identity: Callable[[Trial], str]
    groups: Mapping[str, str]
    facts: Mapping[str, object] = field(default_factory=dict)
    baseline: str | None = None


class Study(ABC):
    """A question, the trials that answer it, and how the answer is shown."""

    #: Of the script and of the folder of its results.
    name: str
    #: One sentence.
    question: str
    #: The method that the others are tested against.
    baseline: str | None = None
    #: The level that a method's other levels are tested against, where that is the question.
    baseline_level: float | None = None

    def add_options(self, parser: argparse.ArgumentParser) -> None:  # noqa: B027
        """Add what the study's command takes beside :func:`study_parser`'s options."""

    @abstractmethod
    def plan(self, options: argparse.Namespace, folder: Path) -> Plan:
        """Open data and models and say what is to be done.

        Args:
            options: Parsed; ``options.full`` tells a full run from a quick one, and
                ``options.indexes`` is the folder for indexes.
            folder: For students and whatever else may be used again.

        Raises:
            InputError: on options, data or models that cannot be used.
        """

    def derive(self, scores: pd.DataFrame, baseline: str | None) -> pd.DataFrame:
        """Add methods that are made of others' scores, such as the best of several.

        Args:
            scores: Of the trials.
            baseline: That methods will be tested against; one that does not exist is to be made.
        """
        return scores

    @abstractmethod
    def plot(self, result: StudyResult) -> bytes:
        """The plot, as a PNG."""

    @abstractmethod
    def findings(self, result: StudyResult) -> list[str]:
        """The answer, in sentences that the numbers support."""

    def tables(self, result: StudyResult) -> dict[str, pd.DataFrame]:
        """What else is written, each as ``NAME.csv``."""
        return {}


def study_parser(study: Study) -> argparse.ArgumentParser:
    """The options that all studies have, and the study's own."""
    parser = argparse.ArgumentParser(
        description=f"{study.question} Prints a table and what it shows; writes both with a plot, "
        "per-query scores and a manifest to --output."
    )
    add = parser.add_argument
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true",
        help="a small version, minutes on two cores (the default)")  # fmt: skip
    size.add_argument("--full", action="store_true", help="the whole study: hours, or a GPU")
    add("--data", type=Path, default=Path("../shared/data"), metavar="DIR",
        help="folder with the collections and the bitext (%(default)s)")  # fmt: skip
    add("--unverified", action="store_true",
        help="do not compare data files with the published sizes and sums")  # fmt: skip
    add("--languages", type=words, metavar="ha,de,…", help="default: by --quick or --full")
    add("--limit", type=int, metavar="PAIRS", help="of bitext a language, at most")
    add("--epochs", type=float, help="of training")
    add("--seeds", type=int, metavar="N", help="how many (full: 3, quick: 1)")
    add("--teacher", default="minilm", metavar="MODEL", help="(%(default)s)")
    add("--device", help="cpu, cuda, …; default: a GPU where there is one")
    add("--output", type=Path, default=Path("studies") / study.name, metavar="DIR",
        help="(%(default)s)")  # fmt: skip
    add("--indexes", type=Path, metavar="DIR",
        help="of documents, to share between studies (default: OUTPUT/work/indexes)")  # fmt: skip
    add("--resume", action="store_true", help="do not run finished trials again")
    add("--extend", type=Path, metavar="DIR",
        help="a finished result of this study, whose trials are not run again")  # fmt: skip
    study.add_options(parser)
    return parser


def seed_range(options: argparse.Namespace) -> range:
    """The seeds of a run."""
    return range(options.seeds or (3 if options.full else 1))


def run_study(study: Study, argv: list[str] | None = None) -> int:
    """Run a study's command line; gives the exit code (2 for bad input)."""
    options = study_parser(study).parse_args(argv)
    try:
        _run(study, options)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _run(study: Study, options: argparse.Namespace) -> None:
    _check(options)
    options.indexes = options.indexes or options.output / "work" / "indexes"
    extended = read_finished(options.extend) if options.extend else None
    plan = study.plan(options, options.output / "work")
    scores = run_trials(
        plan.trials,
        plan.measure,
        plan.identity,
        options.output / "trials",
        resume=options.resume,
        finished=extended.get if extended else None,
        say=lambda line: print(line, file=sys.stderr, flush=True),
    )
    baseline = plan.baseline or study.baseline
    scores = study.derive(scores, baseline)
    result = summarize_study(
        scores,
        plan.groups,
        baseline=baseline,
        baseline_level=study.baseline_level,
        copied_baseline=baseline not in {trial.method for trial in plan.trials},
    )
    findings = study.findings(result)
    manifest = {
        "study": study.name,
        "question": study.question,
        "size": "full" if options.full else "quick",
        "seeds": sorted(int(seed) for seed in scores["seed"].unique()),
        **plan.facts,
        "extended": extended.origin if extended else None,
        "trials": {trial.name: trial_key(trial, plan.identity) for trial in plan.trials},
    }
    write_study(
        result,
        options.output,
        plot=study.plot(result),
        findings=findings,
        tables=study.tables(result),
        manifest=manifest,
    )
    print(markdown(result))
    for sentence in findings:
        print(f"- {sentence}")
    print(f"\nSaved to {options.output}/: results.csv, table.md, table.tex, plot.png, …")


def _check(options: argparse.Namespace) -> None:
    for name, least in {"limit": 1, "seeds": 1, "epochs": 0, "max_queries": 1}.items():
        value = getattr(options, name, None)
        if value is not None and value < least:
            raise InputError(f"--{name.replace('_', '-')} {value}: give {least} or more")
    if not options.data.is_dir():
        raise InputError(
            f"--data {options.data}: no such folder; give the one with the collections"
        )
