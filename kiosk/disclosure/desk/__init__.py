"""The clerk's pages of a case."""
