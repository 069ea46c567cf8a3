"""The page of a letter: its text in parts, its fonts, typst, and the proof that it says what it should."""
