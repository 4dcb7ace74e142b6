"""Fixtures and settings that all tests share."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pyterrier as pt
import pytest
from hypothesis import settings

# Schematics and transformer_test_class would otherwise download Sphinx inventories.
pt.documentation._cached_objects_inv = {}

settings.register_profile("optical", deadline=None, max_examples=30, derandomize=True)
settings.load_profile("optical")


def pytest_configure(config):
    """Everything that tests, doctests and notebooks leave in temporary folders goes at the end."""
    # What pytest keeps for a look at failures stays where it is.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    scratch = tempfile.TemporaryDirectory(prefix="optical-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(scratch.cleanup)
    os.environ["TMPDIR"] = tempfile.tempdir = scratch.name


@pytest.fixture(scope="module")
def one_thread():
    """Torch runs on one thread in a module: small models are faster on it."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
