"""Reading a resume: its text, the person's name, addresses, numbers and links, from a PDF or a DOCX."""

from parley.hiring.resumes.reading import read_resume
from parley.hiring.resumes.result import Resume, ResumeError, TooBusy

__all__ = ["Resume", "ResumeError", "TooBusy", "read_resume"]
