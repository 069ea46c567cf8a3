"""Which organ handles a submission, and the key that its terminal seals to."""
