"""Who is told of a report, what, and when."""
