"""What a company and its people set for themselves."""
