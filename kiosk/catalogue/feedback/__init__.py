"""What asks a clerk to look again: problems people report, searches without an answer, addresses that fail."""
