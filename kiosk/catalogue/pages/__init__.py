"""What citizens see of the catalogue: a document as page and as paper, lists, versions, open data."""
