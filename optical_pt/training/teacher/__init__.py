"""Tune an English late-interaction teacher on questions and passages."""
