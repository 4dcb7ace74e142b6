"""Tables as text, Markdown and LaTeX."""

from __future__ import annotations

import textwrap

from optical_pt.evaluation.grid import GROUP_TITLES, Grid, Row, TableCell, legend, make_grid
from optical_pt.evaluation.result import ClirResult

BETTER, WORSE = "▲", "▼"
_MARKS = {1: BETTER, 0: "", -1: WORSE}


def format_table(result: ClirResult, measure: str, *, width: int = 120) -> str:
    """The table of one measure for a terminal; long names are cut so that lines fit ``width``.

    Raises:
        InputError: on a measure that was not taken.
    """
    grid = make_grid(result, measure)
    widths = [max(6, len(column.label)) for column in grid.columns]
    spans = grid.spans()
    room = width - sum(size + 1 for size in widths) - 2 * (len(spans) - 1)
    names = [measure, *(row.system for row in grid.rows)]
    name_width = max(12, min(max(map(len, names)), room))

    def line(name: str, cells: list[str], bar: str = " |") -> str:
        blocks, rest = [], [" " + cell for cell in cells]
        for span in spans:
            blocks.append("".join(rest[: span.columns]))
            rest = rest[span.columns :]
        return (_cut(name, name_width).ljust(name_width) + bar.join(blocks)).rstrip()

    rule = line("-" * name_width, ["-" * size for size in widths], bar=" +").replace(" ", "-")
    lines = []
    if len(spans) > 1:
        rest, titles = list(widths), []
        for span in spans:
            taken, rest = rest[: span.columns], rest[span.columns :]
            titles.append(" " + GROUP_TITLES[span.group].center(sum(taken) + span.columns - 1))
        lines.append((" " * name_width + " |".join(titles)).rstrip())
    # Values end in a mark or in its empty place: the labels stand over the digits.
    labels = [
        column.label.rjust(size - 1).ljust(size)
        for column, size in zip(grid.columns, widths, strict=True)
    ]
    lines += [line(measure, labels), rule]
    for number, row in enumerate(grid.rows):
        if number == grid.first_ceiling:
            lines.append(rule)
        cells = [
            (cell.text + (_MARKS[cell.direction] or " ")).rjust(size)
            for cell, size in zip(row.cells, widths, strict=True)
        ]
        lines.append(line(row.system, cells))
    return "\n".join([*lines, rule, *textwrap.wrap(legend(result, BETTER, WORSE), width)])


def markdown_tables(result: ClirResult) -> str:
    """One Markdown table a measure; the best system of a column is bold, ceilings are not."""
    blocks = []
    for measure in result.measures:
        grid = make_grid(result, measure)
        titles = [
            f"{GROUP_TITLES[column.group]} {column.label}".strip()
            if column.is_mean
            else column.label
            for column in grid.columns
        ]
        lines = [
            _markdown_row([measure, *titles]),
            _markdown_row(["---", *["--:"] * len(titles)]),
            *(
                _markdown_row([_markdown_name(row), *map(_markdown_cell, row.cells)])
                for row in grid.rows
            ),
        ]
        blocks.append("\n".join(lines))
    queries = result.summary.drop_duplicates("language").set_index("language")["n_queries"]
    sizes = ", ".join(f"{language} {queries[language]}" for language in result.languages)
    notes = f"{legend(result, BETTER, WORSE)} Bold: the best, ceilings aside. Queries: {sizes}."
    return "\n\n".join([*blocks, notes]) + "\n"


def latex_tables(result: ClirResult) -> str:
    """One LaTeX ``tabular`` a measure, for the packages booktabs and amssymb."""
    marks = {1: r"$^{\blacktriangle}$", 0: "", -1: r"$^{\blacktriangledown}$"}

    def cell(value: TableCell) -> str:
        text = "--" if value.text == "–" else value.text
        return (rf"\textbf{{{text}}}" if value.best else text) + marks[value.direction]

    blocks = ["% Needs \\usepackage{booktabs,amssymb}"]
    for measure in result.measures:
        grid = make_grid(result, measure)
        lines = [rf"\begin{{tabular}}{{l{'r' * len(grid.columns)}}}", r"\toprule"]
        lines += _latex_group_titles(grid) if len(grid.spans()) > 1 else []
        labels = [_latex(column.label) for column in grid.columns]
        lines += [" & ".join([_latex(measure), *labels]) + r" \\", r"\midrule"]
        for number, row in enumerate(grid.rows):
            if number == grid.first_ceiling:
                lines.append(r"\midrule")
            lines.append(" & ".join([_latex(row.system), *map(cell, row.cells)]) + r" \\")
        blocks.append("\n".join([*lines, r"\bottomrule", r"\end{tabular}"]))
    note = _latex(legend(result, "BETTER", "WORSE"))
    note = note.replace("BETTER", marks[1], 1).replace("WORSE", marks[-1], 1)
    return "\n\n".join([*blocks, note]) + "\n"


def _latex_group_titles(grid: Grid) -> list[str]:
    titles, rules, first = [""], [], 2
    for span in grid.spans():
        titles.append(rf"\multicolumn{{{span.columns}}}{{c}}{{{GROUP_TITLES[span.group]}}}")
        if GROUP_TITLES[span.group]:
            rules.append(rf"\cmidrule(lr){{{first}-{first + span.columns - 1}}}")
        first += span.columns
    return [" & ".join(titles) + r" \\", " ".join(rules)]


def _latex(text: str) -> str:
    escapes = {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"$<$",
        ">": r"$>$",
        **{character: "\\" + character for character in "&%$#_{}"},
    }
    escaped = "".join(escapes.get(character, character) for character in text)
    return escaped.replace("$>$$>$", r"$\gg$")


def _markdown_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _markdown_name(row: Row) -> str:
    name = row.system.replace("|", r"\|")
    return f"*{name}*" if row.is_ceiling else name


def _markdown_cell(cell: TableCell) -> str:
    return (f"**{cell.text}**" if cell.best else cell.text) + _MARKS[cell.direction]


def _cut(name: str, width: int) -> str:
    return name if len(name) <= width else name[: width - 1] + "…"
