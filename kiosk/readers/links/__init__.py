"""Links to readers: serial lines, USB, keyboard wedges; each gives bytes within a time, or says what is wrong."""
