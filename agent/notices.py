"""Which lines the law of the customer's country wants under a mail, and that they stand there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.policy import distrusted
from agent.rules.asking_words import OBJECTION as OWN_WORDS
from agent.rules.reading import folded
from prompts.next_step import ANSWERED_ALONE
from prompts.notices import AI, DISPUTE, FIRST, OBJECTION, PRIVACY, notice
from prompts.scope import SlotScope
from prompts.slots import literal_text, slots_in
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
        (DISPUTE, asked.dispute and not solemn and not distrusted(facts)),
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


def without_own_words(scope: SlotScope, body: str) -> SlotScope:
    """Leave out the line on seeing it differently where the letter says so in its own words."""
    own = OWN_WORDS.get(scope.language)
    if DISPUTE not in scope.notices or own is None:
        return scope
    if re.search(rf"(?<!\w)(?:{own})(?!\w)", folded(literal_text(body))) is None:
        return scope
    return scope.model_copy(update={"notices": tuple(name for name in scope.notices if name != DISPUTE)})


def without_typed_notices(body: str, scope: SlotScope) -> str:
    """Take out notices that stand in a body as words, as they do after a shown mail was pasted whole: the slot says them."""
    told = (
        notice(n, language=scope.language, first_notice=scope.first_notice, privacy_url=scope.company.privacy_url)
        for n in scope.notices
    )
    kept = body
    for words in (text.split() for text in told if text):
        # Editors and mail programs break lines where they like; a word that goes on is another sentence.
        typed = r"\s+".join(re.escape(word.replace("’", "'")).replace("'", "['’]") for word in words)
        kept = re.sub(rf"[ \t]?(?<!\S){typed}(?!\S)", "", kept)
    return body if kept == body else re.sub(r"\n[^\S\n]*(?:\n[^\S\n]*)+\n", "\n\n", kept).rstrip() + "\n"


def with_notices(body: str, scope: SlotScope) -> str:
    """Give a body that ends with the notices, where this mail has any; one that holds them is left as it is."""
    if not scope.notices or SLOT in slots_in(body):
        return body
    return body.rstrip("\n") + "\n\n{{ " + SLOT + " }}\n"
