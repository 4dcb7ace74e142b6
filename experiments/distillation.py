#!/usr/bin/env python
"""Does OPTICAL beat translation, and other distillations, on the same pairs? See ``--help``."""

from __future__ import annotations

import sys

from optical_pt.studies.distillation import Distillation
from optical_pt.studies.study import run_study

if __name__ == "__main__":
    sys.exit(run_study(Distillation()))
