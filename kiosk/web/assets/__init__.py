"""Static files: scripts with fingerprints, joined style sheets, compressed files."""
