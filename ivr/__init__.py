"""The phone side: what the provider asks of the line during a call, and what it is answered."""
