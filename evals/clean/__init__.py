"""False blocks: how many drafts that a good collector or a good model would write the outbound rules refuse."""
