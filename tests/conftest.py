"""Fixtures and settings that all tests share."""

from __future__ import annotations

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pyterrier as pt
from hypothesis import settings

# Schematics and transformer_test_class would otherwise download Sphinx inventories.
pt.documentation._cached_objects_inv = {}

settings.register_profile("optical", deadline=None, max_examples=30, derandomize=True)
settings.load_profile("optical")
