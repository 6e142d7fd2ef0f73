"""Bookings while programs are killed: afterwards everything has been told exactly once, in effect."""
