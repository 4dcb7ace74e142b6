"""A command line whose options are the fields of settings."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar

Settings = TypeVar("Settings")


def settings_parser(
    module: str,
    description: str,
    examples: str,
    sections: Mapping[str, Callable[[argparse._ArgumentGroup], None]],
    *settings: type,
) -> argparse.ArgumentParser:
    """Make the parser of ``python -m MODULE``.

    Args:
        module: name of the package that is run.
        description: above the options.
        examples: below them, as they are.
        sections: what adds the options of a section, by its title, in their order.
        settings: dataclasses; an option named like one of their fields has its default.

    >>> from optical_pt.training.start_settings import StartSettings
    >>> def add_start(group):
    ...     group.add_argument("--vocabulary", type=int)
    >>> made = settings_parser("make", "Make.", "", {"start": add_start}, StartSettings)
    >>> made.parse_args([]).vocabulary
    8000
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m {module}",
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for title, add_options in sections.items():
        add_options(parser.add_argument_group(title))
    for kind in settings:
        defaults = {field.name: field.default for field in fields(kind)}
        parser.set_defaults(**{k: v for k, v in defaults.items() if v is not MISSING})
    return parser


def read_settings(kind: type[Settings], options: argparse.Namespace, **parsed: Any) -> Settings:
    """Make settings of parsed options.

    Args:
        kind: a dataclass; there is an option for each of its fields.
        options: of :func:`settings_parser`.
        parsed: values of fields whose options are not the value itself.

    Raises:
        InputError: as ``kind`` does, if it cannot be trained with a value.

    >>> from optical_pt.training.teacher.options import parser
    >>> from optical_pt.training.teacher.settings import TeacherSettings
    >>> options = parser().parse_args(["--questions", "q.tsv", "--output", "mine", "--dim", "64"])
    >>> read_settings(TeacherSettings, options) == TeacherSettings(dim=64)
    True
    """
    given = vars(options)
    return kind(**{field.name: given[field.name] for field in fields(kind)} | parsed)
