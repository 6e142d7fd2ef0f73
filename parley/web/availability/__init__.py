"""The weekly patterns: a week is drawn, previewed, and published."""
