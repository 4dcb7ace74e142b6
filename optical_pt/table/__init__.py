"""The systems of a CLIR table and the shared parts that they are made of."""

from optical_pt.table.plan import ClirTable, TablePlan
from optical_pt.table.resources import LanguageModels, Resources
from optical_pt.table.students import find_lexicons, find_students
from optical_pt.table.systems import SYSTEMS, language_systems

__all__ = [
    "SYSTEMS",
    "ClirTable",
    "LanguageModels",
    "Resources",
    "TablePlan",
    "find_lexicons",
    "find_students",
    "language_systems",
]
