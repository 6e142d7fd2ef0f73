"""What is kept of candidates, for how long, how it goes, and the proof that it went."""
