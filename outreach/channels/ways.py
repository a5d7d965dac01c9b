"""Letter, call and SMS as ways to a customer. Mail is none of these: it goes through the outbox as ever."""

from __future__ import annotations

from typing import ClassVar

from ledger.countries import country_name, names_country
from outreach.channels.base import Approved, contact_for, named_for, nobody
from outreach.channels.letter import Letter, letter_pdf, with_copies
from outreach.channels.texting import text_of
from store.channel_tasks import ChannelTask
from store.company import CompanyProfile
from store.facts import CaseFacts
from store.outreach_words import Channel
from store.phones import takes_texts

#: Lines of an address of the ledger that a letter takes, beside the names and the country.
_MOST_LINES = 6


def envelope(facts: CaseFacts, company: CompanyProfile) -> tuple[str, ...]:
    """Give the lines that stand in a letter's window: the company's name, a person's where one is known, the address, the country.

    The country is the last line, in capitals and in our own language (as the Universal Postal Union asks), where it is another than
    ours and the address does not name it.
    """
    customer, person = facts.customer, named_for(facts)
    assert customer is not None, "a letter goes to somebody"
    attention = [person.name] if person is not None and person.name.strip() else []
    address = _lines(customer.address)
    country = customer.country.upper()
    abroad = company.country and country and country != company.country and names_country(address[-1]) != country
    name = country_name(country, company.language) if abroad else ""
    return (customer.name, *attention, *address, *([name.upper()] if name else []))


def _lines(address: str) -> list[str]:
    return [line.strip() for line in address.splitlines() if line.strip()]


class LetterWay:
    """A letter that a person of ours prints and posts."""

    channel: ClassVar[Channel] = Channel.LETTER

    def refusal(self, facts: CaseFacts) -> str | None:
        """Need a postal address."""
        if (stopped := nobody(facts)) is not None:
            return stopped
        assert facts.customer is not None
        if not facts.customer.address.strip():
            return "the customer has no postal address: bring one with the ledger (customers.csv, column address)"
        if (lines := len(_lines(facts.customer.address))) > _MOST_LINES:
            return f"the customer's postal address has {lines} lines, and a letter's window takes {_MOST_LINES}: shorten it in the ledger"
        return None

    def prepare(self, approved: Approved, task: ChannelTask) -> None:
        """Make the PDF now: what is printed is what was approved."""
        customer, person = approved.facts.customer, named_for(approved.facts)
        assert customer is not None
        lines = envelope(approved.facts, approved.company)
        task.contact_id, task.recipient = (person.id if person is not None else None), "\n".join(lines)
        letter = letter_pdf(
            Letter(
                recipient=lines,
                country=customer.country,
                customer_id=customer.id,
                reference=f"L-{approved.proposal_id:06d}",
                day=approved.facts.today,
                language=approved.draft.language,
                words=approved.draft.rendered,
                contact=customer.owner or approved.company.team,
                company=approved.company,
                asked=tuple(approved.asked),
            )
        )
        task.paper = with_copies(letter, approved.enclosed)


class CallWay:
    """A call that a person of ours makes."""

    channel: ClassVar[Channel] = Channel.CALL

    def refusal(self, facts: CaseFacts) -> str | None:
        """Need a verified contact with a number."""
        if (stopped := nobody(facts)) is not None:
            return stopped
        if contact_for(facts, self.channel) is None:
            return "no verified contact has a telephone number that may be used (contacts.csv, column phone)"
        return None

    def prepare(self, approved: Approved, task: ChannelTask) -> None:
        """Note whom to call; the script is made when it is opened, from the books as they are then."""
        contact = contact_for(approved.facts, self.channel)
        assert contact is not None, "asked before"
        task.contact_id, task.recipient = contact.id, contact.phone


class TextWay:
    """An SMS through the provider that the settings name."""

    channel: ClassVar[Channel] = Channel.SMS

    def refusal(self, facts: CaseFacts) -> str | None:
        """Need a verified contact with a mobile number who did not say stop."""
        if (stopped := nobody(facts)) is not None:
            return stopped
        contact = contact_for(facts, self.channel)
        if contact is None or not takes_texts(contact.phone):
            return "no verified contact has a mobile number that takes an SMS from us (contacts.csv, column phone)"
        return None

    def prepare(self, approved: Approved, task: ChannelTask) -> None:
        """Fix the text: no figure, no word of a debt, as others read a screen too."""
        contact = contact_for(approved.facts, self.channel)
        assert contact is not None, "asked before"
        task.contact_id, task.recipient = contact.id, contact.phone
        task.words = text_of(approved.draft.language, company=approved.company, own=approved.own_texts)
