"""Which addresses take no answers, by their own name. A hint only: most addresses of robots look like anybody's."""

from __future__ import annotations

import re

_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:no|do|dont|donot|ne|nicht|non|nao|geen|inte|ikke)[._-]?(?:not[._-]?)?"
    r"(?:reply|respond|answer|repondre|pas[._-]?repondre|antworten|antwort|rispondere|responder|responda|antwoord|svara|svar)(?:$|[._+-])|"
    r"(?:^|[._+-])noreply|^mailer-daemon$|^postmaster$|^auto(?:reply|responder|mailer)$|^bounces?(?:$|[+._-])",
    re.IGNORECASE,
)


def is_no_reply(address: str) -> bool:
    """Say whether nobody reads what is sent to this address, by what stands before its @."""
    return bool(_NO_REPLY.search(address.rpartition("@")[0]))
