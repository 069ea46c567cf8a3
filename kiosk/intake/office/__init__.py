"""The office's side of submissions: lists at the desk, views that people keep, files for spreadsheets, entering."""
