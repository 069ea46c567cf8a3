"""The days and the fee of a request, explained: the working of a deadline, in words, and the scales of fees."""
