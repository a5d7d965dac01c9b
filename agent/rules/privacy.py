"""What is nobody else's business (R-PRV): no note of ours, no quoted history, no model but one that we have a contract with."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from agent.rules import inner_words
from agent.rules.base import Outbound, block
from agent.rules.words import find
from store.proposed import Finding

_QUOTED = re.compile(
    r"^[ \t]*>|^[ \t]*-{2,10}[ \t]*(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|oorspronkelijk bericht|messaggio originale|mensagem original|forwarded)"
    r"|^[ \t]{0,20}(?:from|von|de|van|da)[ \t]*:[ \t].{0,80}\n[ \t]{0,20}(?:sent|gesendet|envoyé|enviado|verzonden|inviato|date|datum|to|an|à|para|aan|a)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_RULE_OR_TOOL = re.compile(
    r"\bR-[A-Z]{3}-\d\d\b|\b[a-z]+_(?:[a-z]+_)*(?:outreach|contact|invoice|plan|promise|dispute|human|reply|portal|payment|back|question)\b|\{\{|\}\}"
)
#: What a model may be asked for. A call for anything else has no list of fields that it may see.
_PURPOSES = frozenset({"read", "decide", "write", "repair"})


def nothing_internal(out: Outbound) -> Iterator[Finding]:
    """R-PRV-01: no internal note, score or limit, nobody else's data, no quoted history."""
    quoted = _QUOTED.search(out.literal)
    if quoted:
        yield block("R-PRV-01", "Earlier mail is quoted in the text: it may hold what others wrote.")
    found = find(inner_words.INTERNAL, out)
    if found:
        yield block("R-PRV-01", f"That is for us alone: {found!r}.")
    code = _RULE_OR_TOOL.search(out.literal)
    if code and not quoted:
        yield block("R-PRV-01", f"A word of the program stands in the text: {code.group(0)!r}.")
    policy = out.policy.version
    if len(policy) > 4 and not policy.startswith("default") and policy.lower() in out.literal.lower():
        yield block("R-PRV-01", "The name of our policy stands in the text.")


def approved_processor(out: Outbound) -> Iterator[Finding]:
    """R-PRV-02: only a model that we have a contract with, asked for nothing but the known purposes.

    What a prompt may hold is fixed in `prompts.asking`; that nothing is stored at the provider, in `agent.llm_http`.
    """
    listed = {host.lower() for host in out.policy.sending.processors}
    hosts = {(urlsplit(call.base_url).hostname or "").lower() for call in out.calls}
    for host in sorted(hosts):
        if listed and host not in listed and not _here(host):
            yield block("R-PRV-02", f"{host} is none of the approved processors (sending.processors).")
    if not listed and len(hosts) > 1:
        yield block("R-PRV-02", "Several model servers saw this mail, and no list says which may (sending.processors).")
    for purpose in sorted({call.purpose for call in out.calls} - _PURPOSES):
        yield block("R-PRV-02", f"A model was asked for {purpose[:30]!r}, which has no list of what it may see.")


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
