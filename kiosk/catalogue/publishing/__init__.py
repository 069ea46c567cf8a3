"""The life of an entry: written, approved, published, corrected, withdrawn; and its history."""
