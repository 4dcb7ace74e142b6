"""Tables of cross-lingual systems by languages: measuring, significance and result files."""

from optical_pt.evaluation.experiment import CellDone, clir_experiment
from optical_pt.evaluation.report import write_report
from optical_pt.evaluation.report_files import discard_manifest
from optical_pt.evaluation.result import ClirResult
from optical_pt.evaluation.significance import correct_p_values, paired_p_value
from optical_pt.evaluation.system import FAMILIES, GROUPS, System
from optical_pt.evaluation.tables import format_table

__all__ = [
    "FAMILIES",
    "GROUPS",
    "CellDone",
    "ClirResult",
    "System",
    "clir_experiment",
    "correct_p_values",
    "discard_manifest",
    "format_table",
    "paired_p_value",
    "write_report",
]
