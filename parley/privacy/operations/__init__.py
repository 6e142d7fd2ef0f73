"""Setting how long things are kept, deleting, exporting, and proving that something was deleted."""
