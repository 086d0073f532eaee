"""From the bytes of a recording to words, or to a reason why there are none."""
