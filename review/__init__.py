"""The queue in which collectors decide."""
