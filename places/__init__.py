"""Where things are: streets, landmarks, neighbourhoods, cities. It knows nothing of reports."""
