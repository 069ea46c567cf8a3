"""Letters (文书) of a case: what each must hold, its words, its number, its page, its service."""
