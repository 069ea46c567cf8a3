"""Slips: what they say, their layout, and one renderer for each form of paper."""
