"""Turns decided items of the queue into recorded conversations, with personal data replaced, for a person to look through."""
