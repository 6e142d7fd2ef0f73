"""Jobs, candidates, resumes, and imports of candidates from files."""

from parley.hiring.models.imports import CandidateImport, ImportRow
from parley.hiring.models.people import Candidate, Job, Resume, resume_path

__all__ = ["Candidate", "CandidateImport", "ImportRow", "Job", "Resume", "resume_path"]
