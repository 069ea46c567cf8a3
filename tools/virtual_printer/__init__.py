"""A network ESC/POS printer without hardware: for tests, for the demo and for training."""
