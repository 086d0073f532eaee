"""The ids by which the script's questions and the report's fields know each other.

`prompts/script.toml` may ask more than these and in any order; what it asks under these ids is
what `reports.fields` reads.
"""

WHEN = "when"
WHERE = "where"
OFFICERS = "officers"
STILL_THERE = "still_there"
WHAT = "what"
CALLBACK = "callback"
FAMILY = "family"
"""A family member was taken: the recording of who needs help."""
ADDITION = "addition"
"""What is added to an earlier report."""
PERSON = "person"
"""Not asked: kept when the caller presses the key for a person at whatever question."""
TEXT_ME = "text_me"
"""Not asked: kept when the caller presses the key for a text message at the end."""

NOW = "1"
EARLIER = "2"
FAMILY_TAKEN = "3"
YES = "1"
NO = "2"
DO_NOT_KNOW = "*"
