"""Devices of a terminal that are served in the process of its pages."""
