"""Accounts, submissions and reading keys by organ."""
