"""The catalogue's desk at the hub: lists of entries, one entry, writing, imports, words of the search."""
