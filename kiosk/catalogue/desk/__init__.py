"""The hub's desk of the catalogue: lists of entries, one entry, writing, imports, words of the search."""
