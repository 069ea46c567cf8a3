"""Letters of a case at the desk."""
