"""What leaves the line: a dispatcher's brief, an attorney's packet, rows for research.

Each is a module that decides what it holds; `redaction` says what is hidden in it. Nothing leaves
but by `services`, which has it written down first.
"""
