"""Two invented companies with all that a first look wants to see. Never in production."""
