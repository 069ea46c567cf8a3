"""The look-up: words, index, plan of a question, order of its answers, ways to browse."""
