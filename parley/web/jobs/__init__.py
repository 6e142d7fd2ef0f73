"""Jobs: what a company hires for."""
