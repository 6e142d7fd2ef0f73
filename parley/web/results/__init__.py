"""The results of an interview: what was said, how people rate it, what is decided."""
