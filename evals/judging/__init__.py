"""Asks a model, which must be another one than the agent's, about the tone of drafts; and the hand labels that it is held against."""
