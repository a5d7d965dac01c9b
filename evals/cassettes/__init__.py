"""Recorded answers of a language model: kept as readable JSON lines, given back without any network."""
