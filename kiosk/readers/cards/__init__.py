"""Identity cards: frames of the safety module, its status words, the text block of each kind of card."""
