"""The citizen's pages of a form: its questions, check, receipt, progress."""
