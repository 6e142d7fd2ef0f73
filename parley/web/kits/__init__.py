"""Interview kits: what is asked, and the rubric by which it is rated."""
