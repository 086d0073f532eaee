"""The use cases, one module a part of the story.

Each takes the ports it needs and the time; each webhook and job calls one. What is asked of the
queue is asked after the commit, so that no worker looks for a row that is not there yet.
"""
