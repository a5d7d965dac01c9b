"""What every mail states of us, of the program, and of the customer's rights (R-DIS)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.notices import is_first_mail, is_new
from agent.rules import asking_words
from agent.rules.base import Outbound, block, warn
from agent.rules.demand import asks_for_payment
from agent.rules.reading import folded
from agent.rules.words import find
from prompts.next_step import ANSWERED_ALONE
from prompts.notices import AI, DISPUTE, OBJECTION, PRIVACY, notice
from prompts.wording import one_line
from store.proposed import Finding

AI_HEADER = "draft; reviewed=human"


def company_particulars(out: Outbound) -> Iterator[Finding]:
    """R-DIS-01: the company's name and postal address, who writes, and a way to answer."""
    company, text = out.scope.company, _squeezed(out.draft.rendered)
    if _squeezed(company.name) not in text:
        yield block("R-DIS-01", "The company's name is missing.")
    if not company.address.strip():
        yield block("R-DIS-01", "The company's postal address is not configured: set company.address.")
    elif _squeezed(company.address) not in text:
        yield block("R-DIS-01", "The company's postal address is missing.")
    names = filter(None, (out.scope.sender_name, company.team, *out.people))
    if not any(_squeezed(name) in text for name in names):
        yield block("R-DIS-01", "Nobody is named whom the customer can turn to.")
    if out.wire is not None and not out.wire.sender:
        yield block("R-DIS-01", "The mail has no address to answer to.")


def _squeezed(text: str) -> str:
    return re.sub(r"[\s,;·|]+", "", text).casefold()


def program_is_named(out: Outbound) -> Iterator[Finding]:
    """R-DIS-02: where the profile asks for it, the mail says that a program helped; its header says so always."""
    if out.profile.notices.ai == "always" and not _says(out, AI):
        yield block("R-DIS-02", "The mail does not say that a program helped to write it.")
    if out.wire is not None and out.wire.all("X-AI-Generated") != [AI_HEADER]:
        yield block("R-DIS-02", f"The header X-AI-Generated is not {AI_HEADER!r}.")


def rights_are_named(out: Outbound) -> Iterator[Finding]:
    """R-DIS-03: how to object to further mail, and in every demand how to dispute it."""
    asked = out.profile.notices
    solemn = out.claims_any(*ANSWERED_ALONE)
    if asked.objection and not solemn and not _says(out, OBJECTION):
        yield block("R-DIS-03", "The mail does not say how to object to further mail.")
    if not asked.dispute or not out.proven or solemn or not asks_for_payment(out):
        return
    if not find(asking_words.OBJECTION, out) and not _says(out, DISPUTE):
        yield block("R-DIS-03", "The mail asks for payment and does not say what to do who sees it differently.")


def first_notice_is_there(out: Outbound) -> Iterator[Finding]:
    """R-DIS-04: the first mail holds the notice that the law prescribes, word for word."""
    asked = out.profile.notices
    if not asked.first_written or not asked.first_notice or not is_first_mail(out.scope.facts):
        return
    if _squeezed(one_line(asked.first_notice)) not in _squeezed(out.draft.rendered):
        yield block("R-DIS-04", "The notice that a first letter must hold is missing.")


def privacy_is_named(out: Outbound) -> Iterator[Finding]:
    """R-DIS-05: the first mail to a new contact links to our notice on personal data."""
    if not out.profile.notices.privacy or not is_new(out.scope.contact, out.scope.facts):
        return
    if not out.scope.company.privacy_url or not _says(out, PRIVACY):
        yield warn(
            "R-DIS-05",
            "This is the first mail to a new contact: it should link to the privacy notice (company.privacy_url).",
        )


def _says(out: Outbound, name: str) -> bool:
    told = notice(name, language=out.scope.language, privacy_url=out.scope.company.privacy_url)
    return bool(told) and folded(told) in folded(out.draft.rendered)
