"""From a stored message to a proposal; the daemon; the command line."""
