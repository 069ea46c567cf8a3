"""Feedback: problems that people report, searches without a result, dead links, the quality report."""
