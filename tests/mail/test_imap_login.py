"""Signing in to a real Dovecot: TLS, passwords, XOAUTH2, and what people are told when it fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from mail.imap import ImapMailbox
from mail.mailbox import LoginRefused, MailboxError
from mail.settings import OAuthSettings
from tests.mail.mails import Opener, a_mail, all_after
from tests.mail.servers import PASSWORD, Dovecot, free_port
from tests.mail.token_server import TokenServer

pytestmark = pytest.mark.servers


def test_starttls_signs_in_encrypted(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, a_mail(1))
    mailbox = open_imap(user, tls="starttls", port=dovecot.imap_port)
    assert [m.raw for m in all_after(mailbox)] == [a_mail(1)]
    logins = [line for line in dovecot.log().splitlines() if f"Login: user=<{user}>" in line]
    assert len(logins) == 1
    assert ", TLS," in logins[0]


def test_plain_text_works_on_loopback_only(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    mailbox = open_imap(user, tls="none", port=dovecot.imap_port, ca_file=None)
    assert mailbox.uidvalidity() > 0
    elsewhere = dovecot.settings(user).model_copy(update={"tls": "none", "host": "mail.acme.example"})
    with pytest.raises(LoginRefused, match="loopback only"):
        ImapMailbox(elsewhere).uidvalidity()


def test_a_certificate_nobody_vouches_for_is_refused(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    for changes in ({}, {"tls": "starttls", "port": dovecot.imap_port}):
        mailbox = open_imap(user, **{"ca_file": None, **changes})
        with pytest.raises(MailboxError, match="certificate is not trusted") as caught:
            mailbox.uidvalidity()
        assert not isinstance(caught.value, LoginRefused)
    assert f"Login: user=<{user}>" not in dovecot.log()


def test_a_wrong_password_is_refused_and_not_repeated_to_anyone(dovecot: Dovecot, open_imap: Opener) -> None:
    mailbox = open_imap(dovecot.new_user(), password=SecretStr("hunter2"))
    with pytest.raises(LoginRefused, match="refuses the login") as caught:
        mailbox.uidvalidity()
    assert "hunter2" not in str(caught.value)


def test_a_password_outside_ascii_is_sent_whole(dovecot: Dovecot, open_imap: Opener) -> None:
    mailbox = open_imap(dovecot.new_user(), password=SecretStr("grüße"))
    with pytest.raises(LoginRefused, match="check user and password"):
        mailbox.uidvalidity()


def test_a_missing_folder_a_wrong_port_and_a_wrong_host_are_said_plainly(dovecot: Dovecot, open_imap: Opener) -> None:
    user = dovecot.new_user()
    with pytest.raises(MailboxError, match="opening folder Invoices"):
        open_imap(user, folder="Invoices").uidvalidity()
    with pytest.raises(MailboxError, match="nothing listens there"):
        open_imap(user, port=free_port()).uidvalidity()
    with pytest.raises(MailboxError, match="TLS failed"):
        open_imap(user, port=dovecot.imap_port).uidvalidity()
    with pytest.raises(MailboxError, match="no such host"):
        open_imap(user, host="imap.nowhere.test").uidvalidity()
    with pytest.raises(MailboxError, match="ca_file") as caught:
        open_imap(user, ca_file=Path("no-such-ca.pem")).uidvalidity()
    assert "\n" not in str(caught.value)


def with_tokens(dovecot: Dovecot, tokens: TokenServer, user: str, **changes: Any) -> dict[str, Any]:
    """Give the changes of settings that make a mailbox sign in by XOAUTH2."""
    tokens.user = user
    oauth = OAuthSettings(
        grant="client_credentials",
        token_url=f"{tokens.url}/token",
        client_id=f"dunwell-{user}",
        password=SecretStr(changes.pop("client_secret", tokens.client_secret)),
    )
    return {"oauth": oauth, "password": None}


def test_xoauth2_signs_in(dovecot: Dovecot, open_imap: Opener, tokens: TokenServer) -> None:
    user = dovecot.new_user()
    dovecot.deliver(user, a_mail(1))
    mailbox = open_imap(user, **with_tokens(dovecot, tokens, user))
    assert [m.raw for m in all_after(mailbox)] == [a_mail(1)]
    mailbox.close()
    assert mailbox.uidvalidity() > 0
    assert len(tokens.requests) == 1
    assert f"Login: user=<{user}>, method=XOAUTH2" in dovecot.log()


def test_a_withdrawn_token_is_replaced_once(dovecot: Dovecot, open_imap: Opener, tokens: TokenServer) -> None:
    user = dovecot.new_user()
    mailbox = open_imap(user, **with_tokens(dovecot, tokens, user))
    mailbox.uidvalidity()
    mailbox.close()
    tokens.valid.clear()
    assert mailbox.uidvalidity() > 0
    assert len(tokens.requests) == 2


def test_a_token_for_somebody_else_is_refused(dovecot: Dovecot, open_imap: Opener, tokens: TokenServer) -> None:
    user = dovecot.new_user()
    changes = with_tokens(dovecot, tokens, user)
    tokens.user = "someone@acme.test"
    with pytest.raises(LoginRefused, match="OAuth client") as caught:
        open_imap(user, **changes).uidvalidity()
    assert "token-" not in str(caught.value)
    assert len(tokens.requests) == 2


def test_a_refused_client_and_a_token_server_in_trouble_differ(
    dovecot: Dovecot, open_imap: Opener, tokens: TokenServer
) -> None:
    user = dovecot.new_user()
    mailbox = open_imap(user, **with_tokens(dovecot, tokens, user, client_secret="not-it"))
    with pytest.raises(LoginRefused, match="401 invalid_client"):
        mailbox.uidvalidity()
    tokens.answer = (503, b"<html>later</html>")
    with pytest.raises(MailboxError, match="answered 503") as caught:
        mailbox.uidvalidity()
    assert not isinstance(caught.value, LoginRefused)


def test_no_secret_and_no_mail_reaches_a_log(
    dovecot: Dovecot, open_imap: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    user = dovecot.new_user()
    dovecot.deliver(user, a_mail(1))
    mailbox = open_imap(user)
    all_after(mailbox)
    mailbox.mark_stored([1])
    mailbox.find_sent("<m1@buyer.example>")
    mailbox.close()
    assert PASSWORD not in caplog.text
    assert "buyer.example" not in caplog.text
    assert user not in caplog.text
