"""Reading aloud: the texts of a page as recorded speech."""
