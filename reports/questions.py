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

NOW = "1"
EARLIER = "2"
YES = "1"
NO = "2"
DO_NOT_KNOW = "*"
