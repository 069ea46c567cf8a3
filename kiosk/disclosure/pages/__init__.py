"""The citizen's pages that only a request has."""
