#!/usr/bin/env python
"""Queries whose words are partly English, and the gap of low-resource languages. See ``--help``."""

from __future__ import annotations

import sys

from optical_pt.studies.code_switching import CodeSwitching
from optical_pt.studies.study import run_study

if __name__ == "__main__":
    sys.exit(run_study(CodeSwitching()))
