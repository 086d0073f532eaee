"""The domain: what a call, a recording, a report are, and what may be done with them."""
