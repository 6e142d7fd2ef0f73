"""What is made of an interview: ratings by people on the rubric of its kit, and a decision."""
