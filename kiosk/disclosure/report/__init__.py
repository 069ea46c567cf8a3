"""What an organ reports about requests: the annual report, monthly statistics, the docket, the public log."""
