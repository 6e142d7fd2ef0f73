"""What changes sessions and kits."""
