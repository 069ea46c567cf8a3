"""Devices: profiles, links, and what a printer answers."""
