"""The line shown at work: two spoken calls through the simulator, from ring to organizer.

It stands outside the line: it starts it, phones it, and reads its API and its texts, as anybody
could. It imports the simulator and nothing else.
"""
