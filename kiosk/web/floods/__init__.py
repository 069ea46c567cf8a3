"""Bounds for what one visit, one network or everybody at once may ask for."""
