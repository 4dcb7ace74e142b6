#!/usr/bin/env python
"""How does retrieval depend on the strength of OT's regularisation? See ``--help``."""

from __future__ import annotations

import sys

from optical_pt.studies.regularization_strength import RegularizationStrength
from optical_pt.studies.study import run_study

if __name__ == "__main__":
    sys.exit(run_study(RegularizationStrength()))
