"""Take down a contact that a mail names. It is not written to before a person has verified it, outside of mail."""

from __future__ import annotations

from typing import ClassVar

from pydantic import EmailStr, Field
from sqlmodel import col, select

from store.addresses import is_plain
from store.facts import CaseFacts
from store.tables import Contact
from store.vocabulary import ContactStatus, Reason
from tools.base import Application, Arguments, Ask, NotAllowed, Tool


class UpdateContactArguments(Arguments):
    """Whom the customer wants us to write to."""

    name: str = Field(default="", max_length=200)
    email: EmailStr
    replaces_contact_id: int | None = None


class UpdateContact(Tool[UpdateContactArguments]):
    """Note the contact that the customer names, for a person to verify before anything is sent there."""

    name: ClassVar[str] = "update_contact"
    reasons: ClassVar[frozenset[Reason]] = frozenset({Reason.WRONG_CONTACT})
    arguments = UpdateContactArguments

    def refusal(self, ask: Ask) -> str | None:
        """Need an address that mail can be sent to, and that we do not write to already."""
        named = ask.first.slots.contact_email
        if not named:
            return "the customer names no address to write to"
        if not is_plain(named):
            return "mail cannot be sent to the address that the customer names"
        known = ask.facts.contact(named)
        if known is not None and known.status is not ContactStatus.TO_VERIFY:
            # There is nothing to verify, so a letter that announces it would be untrue.
            how = "already" if known.status is ContactStatus.VERIFIED else "whom another one replaced"
            return f"the address is that of a contact {how}: a person decides whom we write to"
        return None

    def fill(self, ask: Ask) -> UpdateContactArguments:
        """Take name and address from the claim."""
        refused = self.refusal(ask)
        if refused:
            raise NotAllowed(refused)
        slots = ask.first.slots
        return self.parse(
            {
                "name": slots.contact_name or "",
                "email": slots.contact_email,
                "replaces_contact_id": ask.facts.sender_contact,
            }
        )

    def check(self, arguments: UpdateContactArguments, ask: Ask) -> None:
        """Only an address that stands in the customer's mail."""
        if arguments.email.lower() not in {(c.slots.contact_email or "").lower() for c in ask.claims}:
            raise NotAllowed("the address is not the one that the customer named")

    def preview(self, arguments: UpdateContactArguments, facts: CaseFacts) -> str:
        """Say that nothing goes there yet."""
        who = f"{arguments.name} <{arguments.email}>".strip()
        return f"Adds {who} as a contact to be verified (call the customer on a known number); nothing is sent there before."

    def apply(self, arguments: UpdateContactArguments, application: Application) -> str:
        """Add the contact unless the address is known already."""
        email = arguments.email.lower()
        known = application.session.exec(
            select(Contact).where(Contact.customer_id == application.customer_id, col(Contact.email) == email)
        ).first()
        if known is not None:
            return f"{email} is a contact already ({known.status})."
        application.session.add(
            Contact(
                customer_id=application.customer_id,
                name=arguments.name,
                email=email,
                role="ap",
                status=ContactStatus.TO_VERIFY,
                source=f"effect:{application.effect_id}",
                created_at=application.now,
            )
        )
        return f"Contact {email} noted, to be verified."

    def says(self, arguments: UpdateContactArguments) -> str:
        """Tell what the letter says of it."""
        return "we note the new contact and will write there once it is verified"
