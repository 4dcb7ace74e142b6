"""Studies: methods compared over languages and seeds, with tests, tables and plots."""

from optical_pt.studies.result import StudyResult
from optical_pt.studies.summary import summarize_study
from optical_pt.studies.trial import Trial, run_trials, score_frame

__all__ = ["StudyResult", "Trial", "run_trials", "score_frame", "summarize_study"]
