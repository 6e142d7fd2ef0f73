"""Whole stories, played against a running server through HTTP, and checked afterwards."""
