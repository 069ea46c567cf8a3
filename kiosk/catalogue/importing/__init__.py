"""Files into records that wait for approval: readers, columns, the import, the watched folder."""
