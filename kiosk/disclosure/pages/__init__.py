"""The citizen's pages that only requests have."""
