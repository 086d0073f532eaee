"""What is kept is kept sealed: the keys, the seal, and the place where recordings lie."""
