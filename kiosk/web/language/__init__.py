"""Languages: texts, dates in words, compiled templates, line breaks of headlines."""
