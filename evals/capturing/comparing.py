"""Compares a conversation before and after replacing, by production's own reading: what differs is told to the person who looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evals.capturing.mails import Way
from evals.capturing.redactor import Redactor
from mail.parse import date_of, parse
from store.inbound import InboundEmail
from store.naming import invoices_in

#: Flags that say how a mail is written, and not what is in it.
_NO_MATTER = frozenset({"bad_encoding"})


def differences(
    before: Mapping[str, bytes], after: Mapping[str, bytes], redactor: Redactor, way: Way, *, invoices: Sequence[str]
) -> Iterator[str]:
    """Give each mail that is read otherwise: invoices named, kind, flags, what proves its sender, how it is linked."""
    renamed = {number: redactor.numbers.number(number) for number in invoices}
    for file, raw in before.items():
        old, new = _read(raw, way.authserv_ids), _read(after[file], (way.authserv_id,))
        named = [renamed[number] for number in invoices_in(old, list(invoices))]
        found = invoices_in(new, list(renamed.values()))
        if set(named) != set(found):
            yield f"{file}: other invoices are found than before ({len(named)} then, {len(found)} now)"
        for name in ("kind", "from_address", "in_reply_to", "reply_to"):
            was, now = getattr(old, name), getattr(new, name)
            if (was is None) != (now is None) or (name == "kind" and was != now):
                yield f"{file}: {name} is read otherwise"
        if set(old.flags) - _NO_MATTER != set(new.flags) - _NO_MATTER:
            yield f"{file}: other flags: {', '.join(sorted(set(old.flags) ^ set(new.flags)))}"
        if file.endswith("-out.eml"):
            continue
        if (old.auth.dmarc, old.auth.dkim, old.auth.spf) != (new.auth.dmarc, new.auth.dkim, new.auth.spf):
            yield f"{file}: the checks of the sender are read otherwise"
        if _shape(old) != _shape(new):
            yield f"{file}: text, quotation and signature are split otherwise"


def _read(raw: bytes, authserv_ids: Sequence[str]) -> InboundEmail:
    received = date_of(raw)
    assert received is not None, "every mail has a date by now"
    return parse(raw, received_at=received, authserv_ids=authserv_ids)


def _shape(email: InboundEmail) -> tuple[int, int, int]:
    return tuple(
        len([line for line in text.splitlines() if line.strip()])
        for text in (email.new_text, email.quoted_text, email.signature)
    )  # type: ignore[return-value]
