"""Mail both ways: what left is read as the customer would, and what a customer writes comes in as mail does."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.utils import format_datetime

from sqlmodel import col, select

from agent.fixed import Fixed
from agent.graph import propose_again
from evals.year.answering import Heard, Reply
from evals.year.house import AUTHSERV_ID, COMPANY, House
from evals.year.letters import Letter
from evals.year.truth import Sent
from mail.parse import parse
from mail.thread import assign, match
from store import messages, proposals
from store.cases import facts_for
from store.engine import looking, unit_of_work
from store.inbound import InboundEmail, SenderAuth
from store.proposals import content
from store.proposed import Claim, Slots
from store.tables import Outgoing, ProposalRow
from store.vocabulary import MessageKind, MessageState

_NUMBER = re.compile(r"\bR\d{5}-\d+\b")


class Post:
    """The mail of one house."""

    def __init__(self, house: House) -> None:
        """Take a house; nothing came yet."""
        self._house = house
        self._taken = 0
        self._uid = 0

    # --- out ------------------------------------------------------------------------------------------------------

    def left(self) -> list[tuple[Sent, Heard, ProposalRow]]:
        """Give what left since the last time."""
        found = []
        for at, recipients, mime in self._house.home.transport.taken[self._taken :]:
            letter = Letter.of(mime)
            with looking(self._house.home.engine) as session:
                query = (
                    select(Outgoing.customer_id, ProposalRow)
                    .join(ProposalRow, col(ProposalRow.id) == col(Outgoing.proposal_id))
                    .where(Outgoing.message_id_header == letter.message_id)
                )
                customer_id, row = session.exec(query).one()
            acts = tuple((action.tool, action.arguments) for action in content(row).actions if not action.declined)
            numbers = tuple(dict.fromkeys(_NUMBER.findall(letter.body)))
            heard = Heard(at, letter.message_id, letter.subject, recipients, numbers, acts)
            found.append((Sent(at, customer_id, recipients, mime, acts), heard, row))
        self._taken = len(self._house.home.transport.taken)
        return found

    # --- in -------------------------------------------------------------------------------------------------------

    def arrive(self, reply: Reply, *, real: bool) -> int:
        """Record and match a customer's mail as the daemon does; give its number. `real`: by the parser, from its bytes."""
        self._uid += 1
        raw, home = self._bytes(reply), self._house.home
        now = home.now
        email = parse(raw, received_at=now, authserv_ids=[AUTHSERV_ID]) if real else self._parsed(reply)
        with unit_of_work(home.engine) as session:
            recorded = messages.record(
                session,
                mailbox="ar",
                folder="INBOX",
                uidvalidity=1,
                uid=self._uid,
                raw=raw,
                email=email,
                received_at=now,
            )
            assign(session, recorded.message_id, match(session, email, company=COMPANY, now=now), now)
        return recorded.message_id

    def propose_as_read(self, message_id: int, reply: Reply) -> int | None:
        """Have the agent decide and write for a mail that a person read already; give the held proposal."""
        home = self._house.home
        with unit_of_work(home.engine) as session:
            facts, message = facts_for(session, message_id, now=home.now), messages.load(session, message_id)
        claim = Claim(
            reason=reply.reason,
            invoices=reply.invoices,
            evidence=reply.said,
            confidence=0.99,
            slots=Slots.model_validate(dict(reply.slots)),
        )
        fixed = Fixed(claims=(claim,), reader="human")
        proposal = propose_again(message, facts, home.deps, fixed=fixed, flags=message.email.flags)
        with unit_of_work(home.engine) as session:
            held = proposals.hold(session, proposal, newest_message=facts.newest_message or message_id, now=home.now)
            end = MessageState.PROPOSED if facts.customer is not None else MessageState.UNMATCHED
            messages.finish(session, message_id, state=end)
        return held

    def _bytes(self, reply: Reply) -> bytes:
        mail = EmailMessage()
        mail["From"] = reply.sender
        mail["To"] = COMPANY.email
        mail["Subject"] = f"Re: {reply.answers.subject.removeprefix('Re: ')}"
        mail["Date"] = format_datetime(reply.at)
        mail["Message-ID"] = self._own_id(reply)
        mail["In-Reply-To"] = mail["References"] = reply.answers.message_id
        domain = reply.sender.rpartition("@")[2]
        mail["Authentication-Results"] = f"{AUTHSERV_ID}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
        mail.set_content(reply.text)
        return mail.as_bytes()

    def _parsed(self, reply: Reply) -> InboundEmail:
        domain = reply.sender.rpartition("@")[2]
        return InboundEmail(
            kind=MessageKind.REPLY,
            message_id=self._own_id(reply),
            in_reply_to=reply.answers.message_id,
            references=(reply.answers.message_id,),
            from_address=reply.sender,
            subject=f"Re: {reply.answers.subject.removeprefix('Re: ')}",
            sent_at=reply.at,
            new_text=reply.text,
            auth=SenderAuth(dmarc="pass", dkim="pass", dkim_domain=domain),
        )

    def _own_id(self, reply: Reply) -> str:
        return f"<in-{self._uid}@{reply.sender.rpartition('@')[2]}>"
