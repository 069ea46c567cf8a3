"""Text itself: tokens, document numbers, passages, excerpts, pasted HTML, two versions compared."""
