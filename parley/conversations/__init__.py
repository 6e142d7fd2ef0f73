"""The interview as it is held: kits, sessions and their turns, interviewers."""
