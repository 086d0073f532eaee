"""Ways to reach an organizer: one channel, one file. Each is a `reports.ports.Channel`."""
