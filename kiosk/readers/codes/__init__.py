"""What a scanned code means at this terminal."""
