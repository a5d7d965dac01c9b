"""The embedded reader: reads replies on this machine, without a key and without a network."""

from agent.embedded.reader import EmbeddedReader, FoundClaim

__all__ = ["EmbeddedReader", "FoundClaim"]
