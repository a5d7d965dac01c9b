"""The one place that knows which mailboxes there are."""

from __future__ import annotations

from mail.drafts import DraftsFolder
from mail.mailbox import Mailbox
from mail.settings import MailboxSettings


def open_mailbox(settings: MailboxSettings) -> Mailbox:
    """Give the mailbox of these settings. Connects to nothing yet: errors show at the first use."""
    if settings.kind == "maildir":
        from mail.maildir import MaildirMailbox

        return MaildirMailbox(settings)
    from mail.imap import ImapMailbox

    return ImapMailbox(settings)


def open_drafts(settings: MailboxSettings) -> DraftsFolder:
    """Give the Drafts folder of a mailbox. Connects to nothing yet: errors show at the first use."""
    from mail.imap_drafts import ImapDrafts

    return ImapDrafts(settings)
