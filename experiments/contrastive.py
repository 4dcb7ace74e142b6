#!/usr/bin/env python
"""Is OT distillation or contrastive training better, by training pairs? See ``--help``."""

from __future__ import annotations

import sys

from optical_pt.studies.contrastive import Contrastive
from optical_pt.studies.study import run_study

if __name__ == "__main__":
    sys.exit(run_study(Contrastive()))
