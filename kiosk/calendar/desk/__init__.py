"""The calendar at the desk."""
