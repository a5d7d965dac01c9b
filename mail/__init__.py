"""Mail in and mail out. Knows mailboxes and messages, never the agent."""
