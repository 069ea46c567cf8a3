"""The citizens' pages of the catalogue: documents on screen and paper, lists, versions, open data."""
