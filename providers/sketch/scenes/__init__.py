"""Painters of the scenes a subject is set into."""
