"""Which lines the law of the customer's country wants under a mail, and that they stand there."""

from __future__ import annotations

from collections.abc import Sequence

from prompts.next_step import ANSWERED_ALONE
from prompts.notices import AI, FIRST, OBJECTION, PRIVACY
from prompts.scope import SlotScope
from prompts.slots import slots_in
from store.company import CompanyProfile
from store.facts import CaseFacts, ContactFacts
from store.proposed import Claim
from tools.limits import Policy

#: The slot that all of them stand in.
SLOT = "company.notices"


def notices_of(
    facts: CaseFacts,
    *,
    claims: Sequence[Claim],
    recipient: ContactFacts | None,
    company: CompanyProfile,
    policy: Policy,
) -> tuple[str, ...]:
    """Name the notices of this mail, in their order."""
    asked = policy.profile().notices
    # Who does not want to be written to, or must not be, is not told how to say so.
    solemn = any(claim.reason in ANSWERED_ALONE for claim in claims)
    wanted = (
        (FIRST, asked.first_written and bool(asked.first_notice) and is_first_mail(facts)),
        (AI, asked.ai == "always"),
        (OBJECTION, asked.objection and not solemn),
        (PRIVACY, asked.privacy and bool(company.privacy_url) and is_new(recipient, facts)),
    )
    return tuple(name for name, is_wanted in wanted if is_wanted)


def is_first_mail(facts: CaseFacts) -> bool:
    """Say whether nothing of ours went to this customer yet, as far as is known."""
    return not any(mail.direction == "out" for mail in facts.history)


def is_new(contact: ContactFacts | None, facts: CaseFacts) -> bool:
    """Say whether a contact came from a mail, not from the ledger, and was not written to since a person verified it."""
    if contact is None or contact.source == "import" or contact.verified_at is None:
        return False
    return not any(mail.direction == "out" and mail.at > contact.verified_at for mail in facts.history)


def with_notices(body: str, scope: SlotScope) -> str:
    """Give a body that ends with the notices, where this mail has any; one that holds them is left as it is."""
    if not scope.notices or SLOT in slots_in(body):
        return body
    return body.rstrip("\n") + "\n\n{{ " + SLOT + " }}\n"
