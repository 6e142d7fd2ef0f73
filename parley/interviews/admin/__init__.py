"""Scheduling for operators."""

from parley.interviews.admin import scheduling, seating

__all__ = ["scheduling", "seating"]
