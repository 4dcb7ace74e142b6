"""Tables and sentences of a study say what its tests do."""

from __future__ import annotations

import pytest
from collection_folders import one_line
from study_scores import BASE, NOISY, UP, rows, study, study_with_levels, summarize

from optical_pt.errors import InputError
from optical_pt.studies.findings import finding
from optical_pt.studies.tables import latex, markdown, value_table


@pytest.fixture(scope="module")
def compared():
    return study(MSE=BASE, OT=UP, OT_CL=NOISY)


@pytest.fixture(scope="module")
def levels():
    return study_with_levels()


def test_tables_have_methods_by_languages_and_means(compared):
    header, lines = value_table(compared, "pool", "MAP")
    scopes = ["ha", "sw", "de", "low-resource mean", "mean of all"]
    assert header == ["pool MAP", *scopes, "95% interval"]
    widest = compared.rows("pool", "MAP").query("group == 'all'").set_index("method")
    assert [line[-1] for line in lines] == [
        f"{widest['low'][line[0]]:.3f} to {widest['high'][line[0]]:.3f}" for line in lines
    ]
    table = {line[0]: line[1:-1] for line in lines}
    assert list(table) == ["MSE", "OT", "OT & CL"]
    assert table["MSE"] == ["0.190 ± 0.000"] * 5
    assert table["OT"] == ["0.709 ± 0.000▲"] * 5
    assert table["OT & CL"] == ["0.200 ± 0.000"] * 5
    text = markdown(compared)
    assert text.startswith(
        "| pool MAP | ha | sw | de | low-resource mean | mean of all | 95% interval |\n"
    )
    assert "\n| --- | --: | --: | --: | --: | --: | --: |\n" in text
    assert "95% interval: bootstrap over queries, of the column before it." in text
    assert "Mean ± standard deviation over 2 seeds. 95% interval" in text
    assert "before it. ▲ ▼ significantly better or worse than MSE" in text


def line_of(result, method):
    row = result.summary.set_index("method").loc[method]
    return f"{row['low']:.3f} to {row['high']:.3f}"


def test_other_numbers_of_seeds_are_not_passed_over():
    trials = [rows("OT", "ha", BASE, seed=seed) for seed in range(3)]
    trials += [rows("MSE", "ha", UP, seed=seed) for seed in range(2)]
    assert "Mean ± standard deviation over up to 3 seeds." in markdown(summarize(*trials))
    trials = [*trials[:3], rows("MSE", "ha", UP)]
    assert "Mean ± standard deviation over 3 seeds." in markdown(summarize(*trials))


def test_latex_escapes_what_it_must(compared):
    text = latex(compared)
    assert r"OT \& CL & 0.200 $\pm$ 0.000" in text
    assert r"0.709 $\pm$ 0.000$^{\blacktriangle}$" in text
    assert text.count(r"\begin{tabular}{lrrrrrr}") == text.count(r"\end{tabular}") == 1
    assert not set("±▲▼–") & set(text)


def test_tables_name_levels_and_leave_holes_open(levels):
    header, lines = value_table(levels, "pool", "MAP")
    assert header == ["pool MAP", "level", "ha", "sw", "low-resource mean", "95% interval"]
    assert [line[:2] for line in lines] == [
        *(["OT", level] for level in ("0.01", "0.1", "1")),
        *(["MSE", level] for level in ("0.01", "0.1", "1")),
        ["teacher", ""],
    ]
    ragged = summarize(rows("MSE", "ha", BASE), rows("OT", "de", BASE))
    assert value_table(ragged, "pool", "MAP")[1] == [
        ["MSE", "0.190", "–", "–"],
        ["OT", "–", "0.190", line_of(ragged, "OT")],
    ]


def test_a_worse_method_is_marked():
    result = study(MSE=UP, OT=BASE)
    assert value_table(result, "pool", "MAP")[1][1][1] == "0.190 ± 0.000▼"


def test_a_finding_says_better_where_the_test_does(compared):
    mean = compared.rows("pool", "MAP")
    best = mean[(mean["method"] == "OT") & (mean["group"] == "all")].iloc[0]
    assert best["p_corrected"] < 0.05
    assert finding(compared, "pool", "MAP") == (
        "pool MAP, mean of all: OT has the highest, 0.709 "
        f"[{best['low']:.3f}, {best['high']:.3f}]. "
        f"It is significantly above MSE (+0.519, Holm-corrected p = {best['p_corrected']:.3g})."
    )
    assert finding(compared, "pool", "MAP", group="low").startswith("pool MAP, low-resource mean: ")
    assert finding(compared, "pool", "MAP", group="other").startswith("pool MAP, de: OT has ")


def test_a_finding_does_not_say_better_where_the_test_does_not():
    text = finding(study(MSE=BASE, OT=NOISY), "pool", "MAP")
    assert "OT has the highest, 0.200" in text
    assert "It is not significantly above MSE (+0.010, Holm-corrected p = 1)." in text


def test_a_best_method_below_a_baseline_that_is_not_shown_is_said_to_be_below():
    text = finding(study(MSE=UP, OT=NOISY, CL=BASE), "pool", "MAP", methods=["OT", "CL"])
    assert "OT has the highest, 0.200" in text
    assert "It is significantly below MSE (-0.509" in text


def test_where_the_baseline_is_best_its_rivals_tests_are_told():
    rival = [value - 0.001 * sign for value, sign in zip(UP, [9, -8] * 4, strict=True)]
    text = finding(study(MSE=UP, OT=BASE, CL=BASE, both=rival), "pool", "MAP")
    assert text.endswith(
        "It is the baseline: OT and CL significantly below it; no significant difference from both."
    )
    one = summarize(rows("MSE", "ha", [0.5]), rows("OT", "ha", [0.4]))
    assert finding(one, "pool", "MAP") == (
        "pool MAP, ha: MSE has the highest, 0.500 [0.500, 0.500]. "
        "It is the baseline: OT not tested."
    )


def test_a_finding_names_the_level_that_is_best(levels):
    assert "low-resource mean: OT at 1 has the highest" in finding(levels, "pool", "MAP")
    assert "OT at 0.1 has the highest" in finding(levels, "pool", "MAP", level=0.1)
    # OT and MSE score the same.
    assert "It is not significantly above MSE (+0.000" in finding(levels, "pool", "MAP")


def test_without_a_baseline_nothing_is_tested():
    result = summarize(rows("OT", "ha", BASE), rows("CL", "ha", UP), baseline=None)
    text = finding(result, "pool", "MAP")
    assert text.startswith("pool MAP, ha: CL has the highest, 0.709")
    assert "significant" not in text + markdown(result)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"group": "other"}, "pool MAP has no group other"),
        ({"group": "all"}, "pool MAP has no group all"),
        ({"level": 3.0}, "pool MAP has no level 3"),
    ],
)
def test_a_finding_of_what_was_not_measured_is_refused(levels, options, message):
    with pytest.raises(InputError) as raised:
        finding(levels, "pool", "MAP", **options)
    assert message in one_line(raised)
