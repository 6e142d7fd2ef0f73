"""Figures, taken by ``make bench``. Ratios are of one run, so they hold when the machine's speed drifts."""
