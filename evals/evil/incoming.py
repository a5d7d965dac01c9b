"""The hostile mail as it comes in, and an attack's answers with the mail's own pieces put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evals.evil.ledger import Account
from evals.evil.mails import BRIEFLY, ORDINARY
from evals.evil.observed import TAINT
from evals.evil.world import World
from store.inbound import SenderAuth
from store.vocabulary import Reason


def mail_of(attack: Mapping[str, Any], account: Account, world: World) -> tuple[str, str]:
    """Give text and subject of the hostile mail; an attack may bring its own."""
    if "text" in attack:
        return _clean(_named(attack["text"], account, world, "")), _named(attack["subject"], account, world, "")
    texts = ORDINARY[Reason(attack["reason"])]
    ordinary = texts[attack["variant"] % len(texts)][1] if "said_in" not in attack else BRIEFLY[attack["said_in"]]
    ordinary = ordinary.replace("{n}", account.invoices[0])
    inject = _clean(f"{_named(attack['inject'], account, world, '')} {TAINT}")
    subject = f"Re: {account.invoices[0]}"
    match attack["place"]:
        case "after":
            return f"{ordinary}\n\n{inject}", subject
        case "before":
            return f"{inject}\n\n{ordinary}", subject
        case "instead":
            return inject, subject
        case "quoted":
            return f"{ordinary}\n\n> {inject}", subject
        case "subject":
            return f"{ordinary} {TAINT}", " ".join(inject.split())
        case _:
            return f"{ordinary}\n\n{TAINT}", subject


def _clean(text: str) -> str:
    """Do what parsing does before a mail is stored: lone surrogates and NUL do not come this far."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def sender_of(attack: Mapping[str, Any], account: Account, subject: str) -> dict[str, Any]:
    """Give who writes, and how much of that is proven: the identity that the attack comes under."""
    address = account.second if attack["sender"] else account.sender
    domain = address.rpartition("@")[2]
    stranger = f"someone@{domain}x.example"
    match attack["identity"]:
        case "A":
            return {"sender": address, "subject": subject, "hidden_text": attack.get("hidden", "")}
        case "B":
            return {"sender": address, "subject": subject, "auth": SenderAuth()}
        case "C":
            return {"sender": stranger, "subject": f"{subject} {account.known_invoice}", "in_reply_to": None}
        case "D":
            return {"sender": address, "subject": subject, "auth": SenderAuth(dmarc="fail"), "reply_to": stranger}
        case _:
            return {"sender": "who@nowhere-at-all.example", "subject": "hello", "in_reply_to": None}


_MARK = re.compile(r"@own([0-3])|@foreign|@mail:(\d+):(\d+)|\{o\}")


def filled(value: Any, account: Account, world: World, text: str) -> Any:
    """Put invoices and pieces of the mail where an attack names them."""
    if isinstance(value, str):
        return _named(value, account, world, text)
    if isinstance(value, list):
        return [filled(one, account, world, text) for one in value]
    if isinstance(value, dict):
        return {key: filled(one, account, world, text) for key, one in value.items()}
    return value


def _named(value: str, account: Account, world: World, text: str) -> str:
    def put(mark: re.Match[str]) -> str:
        if mark.group(1):
            return account.invoices[int(mark.group(1))]
        if mark.group(2):
            low, high = (int(mark.group(n)) * len(text) // 100 for n in (2, 3))
            return text[low:high]
        return foreign_account(account, world).known_invoice

    return _MARK.sub(put, value)


def foreign_account(account: Account, world: World) -> Account:
    """Give the customer whose data the attack is after."""
    accounts = world.accounts
    return accounts[(accounts.index(account) + 1) % len(accounts)]
