"""Handing an answer over: sealed in a clerk's session, opened by number and query code alone; codes of new slips."""
