"""Recorded conversations: their format, how they are loaded, and the world that each mail of theirs came into."""
