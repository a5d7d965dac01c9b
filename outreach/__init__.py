"""Writing first: which customer is due for which step of which cadence, on which day, by which channel. Sends nothing itself."""
