"""End-to-end tests use the same real servers as the mail tests."""

from __future__ import annotations

from tests.mail.conftest import dovecot, running_dovecot, token_server, tokens

__all__ = ["dovecot", "running_dovecot", "token_server", "tokens"]
