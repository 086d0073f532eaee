"""Telephone companies: one provider, one file. Each is a `providers.provider.Provider`."""
