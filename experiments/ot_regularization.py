#!/usr/bin/env python
"""Which OT regularisation strategy transfers best to low-resource languages? See ``--help``."""

from __future__ import annotations

import sys

from optical_pt.studies.ot_regularization import OtRegularization
from optical_pt.studies.study import run_study

if __name__ == "__main__":
    sys.exit(run_study(OtRegularization()))
