"""Import: files, columns and the watched folder into entries that wait for approval."""
