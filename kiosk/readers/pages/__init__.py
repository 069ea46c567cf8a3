"""The pages of a scanned code."""
