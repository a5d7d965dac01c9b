"""The Sent folder of a real Dovecot."""

from __future__ import annotations

import pytest

from mail.mailbox import MailboxError
from tests.mail.mails import Opener, a_mail, all_after
from tests.mail.servers import Dovecot

pytestmark = pytest.mark.servers


def test_a_copy_is_filed_into_sent_once(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    mailbox = open_imap(user)
    assert mailbox.find_sent("<m1@buyer.example>") is False
    assert mailbox.file_sent(a_mail(1), "<m1@buyer.example>")
    assert mailbox.file_sent(a_mail(1), "<m1@buyer.example>")
    assert mailbox.find_sent("<m1@buyer.example>") is True
    assert mailbox.find_sent("<m@buyer.example>") is False
    person = dovecot.person(user, "Sent")
    assert person.search() == [1]
    assert b"\\Seen" in person.get_flags([1])[1]
    dovecot.deliver(user, a_mail(5))
    assert [m.raw for m in all_after(mailbox)] == [a_mail(5)]


def test_what_a_provider_files_itself_is_only_looked_for(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    mailbox = open_imap(user, files_sent_itself=True)
    assert mailbox.file_sent(a_mail(1), "<m1@buyer.example>") is False
    person = dovecot.person(user)
    assert person.folder_status("Sent", [b"MESSAGES"])[b"MESSAGES"] == 0
    person.append("Sent", a_mail(1))
    assert mailbox.file_sent(a_mail(1), "<m1@buyer.example>") is True
    assert person.folder_status("Sent", [b"MESSAGES"])[b"MESSAGES"] == 1


def test_the_sent_folder_of_the_settings_is_used(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    dovecot.person(user).create_folder("Größe/Gesendet")
    mailbox = open_imap(user, sent_folder="Größe/Gesendet")
    assert mailbox.file_sent(a_mail(1), "<m1@buyer.example>")
    assert dovecot.person(user, "Größe/Gesendet").search() == [1]
    with pytest.raises(MailboxError, match="Sent"):
        open_imap(user, sent_folder="Nowhere").file_sent(a_mail(1), "<m1@buyer.example>")


def test_a_message_id_cannot_smuggle_a_search(dovecot: Dovecot, open_imap: Opener) -> None:
    mailbox = open_imap(dovecot.new_user())
    with pytest.raises(MailboxError, match="Message-ID"):
        mailbox.find_sent("<a@b.example>\r\nA1 LOGOUT")
