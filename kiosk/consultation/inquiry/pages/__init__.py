"""The pages of an inquiry that only it has."""
