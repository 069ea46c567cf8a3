"""Requests under the Regulation on Open Government Information: the citizen's form, the desk's cases."""
