"""Handing an answer over: sealed in a clerk's session, opened by number and query code; one tap on it."""
