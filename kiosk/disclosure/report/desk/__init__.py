"""The clerk's pages of reports, statistics, the docket and the public log."""
