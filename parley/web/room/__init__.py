"""The interview room: where candidates wait, agree, answer, and say afterwards how it was. It works without scripts."""
