"""Ratings, how they are combined, and how far raters agree. Pure: no database."""
