"""Importing candidates from a file."""
