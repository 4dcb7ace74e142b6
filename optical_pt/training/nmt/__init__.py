"""One small many-to-English translation model, trained from nothing on sentence pairs.

Run as ``python -m optical_pt.training.nmt --help``.
"""
