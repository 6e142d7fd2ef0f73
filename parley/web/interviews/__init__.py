"""Interviews: the pipeline, and one page each."""
