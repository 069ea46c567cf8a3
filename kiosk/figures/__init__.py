"""Figures shown to people: what of a table stays hidden, and the geometry of its picture."""
