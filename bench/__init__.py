"""Measurements, each a table of its own: figures of one run, beside a named peer or limit."""
