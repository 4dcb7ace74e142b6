#!/usr/bin/env python
"""Does adversarial training make students robust, and at what cost? See ``--help``."""

from __future__ import annotations

import sys

from optical_pt.studies.adversarial import Adversarial
from optical_pt.studies.study import run_study

if __name__ == "__main__":
    sys.exit(run_study(Adversarial()))
