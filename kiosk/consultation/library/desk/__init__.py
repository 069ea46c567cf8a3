"""Proposing to the library at the desk."""
