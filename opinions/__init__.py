"""Other readers of what callers say: a second opinion beside the rules' own."""
