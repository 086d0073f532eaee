"""Telephone companies: one provider, one file. Each is a `reports.ports.PhoneProvider`."""
