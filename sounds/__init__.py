"""From what somebody recorded to a prompt as the telephone carries it, or to why it will not do."""
