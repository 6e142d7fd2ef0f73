"""Rating, deciding, and what is kept of who looked."""
