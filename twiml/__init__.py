"""Reading TwiML as strictly as it can be read: for whoever performs what the line answers, the
simulator's telephone company and the desk's rehearsal. Knows nothing of either."""
