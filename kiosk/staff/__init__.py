"""Accounts of the desk: roles, sign-in, and the reading keys that open what citizens sealed."""
