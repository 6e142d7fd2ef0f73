"""The first run: a company registers, and is led to its first interview."""
