"""The parts of an installation: homes, processes, backups, catalogue files."""
