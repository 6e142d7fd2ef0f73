"""Candidates: who is interviewed, and inviting them."""
