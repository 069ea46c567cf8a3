"""Search: the word list, the index, the five steps of a query, ways to browse."""
