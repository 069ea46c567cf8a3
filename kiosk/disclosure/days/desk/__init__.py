"""The pages of days and fees at the desk."""
