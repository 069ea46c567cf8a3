"""Benchmarks: every module here without a leading underscore is one; `python -m bench` runs them."""
