"""A study's result as Markdown and LaTeX."""

from __future__ import annotations

import pandas as pd

from optical_pt.studies.result import StudyResult

BETTER, WORSE = "▲", "▼"
ALPHA = 0.05
INTERVAL = "95% interval"
_GROUPS = {"low": "low-resource mean", "other": "others' mean", "all": "mean of all"}


def column_title(language: str, group: str) -> str:
    """How tables and plots call a language, or the mean over a group."""
    return _GROUPS[group] if language == "mean" else language


def value_table(result: StudyResult, task: str, measure: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of one task and measure: methods (and levels) by languages and means.

    A value has its standard deviation over seeds, if there are several, and a mark where it is
    significantly better or worse than the baseline. The last column is the interval of the one
    before it.
    """
    rows = result.rows(task, measure)
    scopes = list(rows[["language", "group"]].drop_duplicates().itertuples(index=False, name=None))
    scopes.sort(key=lambda scope: (scope[0] == "mean", scope[1] == "all", scope[1] != "low"))
    with_levels = bool(rows["level"].notna().any())
    header = [f"{task} {measure}", *(["level"] if with_levels else [])]
    header += [column_title(language, group) for language, group in scopes]
    header.append(INTERVAL)
    lines = []
    for method in result.methods:
        mine = rows[rows["method"] == method]
        for level in mine["level"].drop_duplicates().sort_values(na_position="first"):
            at = mine[mine["level"].isna() if pd.isna(level) else mine["level"] == level]
            by_scope = at.set_index(["language", "group"])
            cells = [
                _cell(by_scope.loc[scope]) if scope in by_scope.index else "–" for scope in scopes
            ]
            place = ["" if pd.isna(level) else f"{level:g}"] if with_levels else []
            lines.append([method, *place, *cells, _interval(by_scope, scopes[-1])])
    return header, lines


def markdown(result: StudyResult) -> str:
    """One table a task and measure, and what the marks mean."""
    blocks = []
    for task, measure in result.measured:
        header, lines = value_table(result, task, measure)
        rule = ["---", *["--:"] * (len(header) - 1)]
        blocks.append("\n".join(f"| {' | '.join(cells)} |" for cells in [header, rule, *lines]))
    return "\n\n".join([*blocks, legend(result)]) + "\n"


def latex(result: StudyResult) -> str:
    """The same for LaTeX with booktabs and amssymb."""
    blocks = ["% Needs \\usepackage{booktabs,amssymb}"]
    for task, measure in result.measured:
        header, lines = value_table(result, task, measure)
        body = [" & ".join(map(_escape, cells)) + r" \\" for cells in [header, *lines]]
        blocks.append(
            "\n".join(
                [
                    rf"\begin{{tabular}}{{l{'r' * (len(header) - 1)}}}",
                    r"\toprule",
                    body[0],
                    r"\midrule",
                    *body[1:],
                    r"\bottomrule",
                    r"\end{tabular}",
                ]
            )
        )
    return "\n\n".join([*blocks, _escape(legend(result))]) + "\n"


def legend(result: StudyResult) -> str:
    """What the numbers and marks are."""
    numbers = result.summary["n_seeds"]
    several, most = numbers[numbers > 1], int(numbers.max())
    upto = "up to " if several.nunique() > 1 else ""
    parts = [f"Mean ± standard deviation over {upto}{most} seeds." if most > 1 else "One seed."]
    parts.append(f"{INTERVAL}: bootstrap over queries, of the column before it.")
    against = None
    if result.baseline is not None:
        against = f"better or worse than {result.baseline}"
    if result.baseline_level is not None:
        against = f"above or below the same method at level {result.baseline_level:g}"
    if against:
        parts.append(
            f"{BETTER} {WORSE} significantly {against}: paired t-test over queries (means: paired "
            "randomization test), Holm-corrected over the tests of a task and measure, alpha = "
            f"{ALPHA:g}."
        )
    return " ".join(parts)


def _cell(row: pd.Series) -> str:
    spread = "" if pd.isna(row["sd"]) else f" ± {row['sd']:.3f}"
    mark = ""
    if row["p_corrected"] < ALPHA:
        mark = BETTER if row["delta"] > 0 else WORSE
    return f"{row['value']:.3f}{spread}{mark}"


def _interval(by_scope: pd.DataFrame, scope: tuple[str, str]) -> str:
    if scope not in by_scope.index:
        return "–"
    row = by_scope.loc[scope]
    return f"{row['low']:.3f} to {row['high']:.3f}"


def _escape(text: str) -> str:
    for character in "&%$#_":
        text = text.replace(character, "\\" + character)
    replaced = {"±": r"$\pm$", "–": "--", BETTER: r"$^{\blacktriangle}$",
                WORSE: r"$^{\blacktriangledown}$", ">>": r"$\gg$"}  # fmt: skip
    for character, command in replaced.items():
        text = text.replace(character, command)
    return text
