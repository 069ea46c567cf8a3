"""Files that strangers made: how the programs that open them are kept apart."""
