#!/usr/bin/env python
"""How many sentence pairs does a student need, and how many a translation? See ``--help``."""

from __future__ import annotations

import sys

from optical_pt.studies.data_budget import DataBudget
from optical_pt.studies.study import run_study

if __name__ == "__main__":
    sys.exit(run_study(DataBudget()))
