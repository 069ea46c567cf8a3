"""What happens to a record until it is published: written, approved, corrected, withdrawn, and who did it."""
