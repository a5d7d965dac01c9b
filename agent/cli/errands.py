"""Gives the daemon its errands: drafts in mailboxes, digests, connected systems as far as the configuration asks for them; scoring, advices."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from agent.cli.home import desk_of
from agent.cli.output import CommandFailed

if TYPE_CHECKING:
    from agent.errands import Errand
    from agent.installation import Installation


def errands_of(home: Installation) -> list[Errand]:
    """Make the errands of an installation."""
    from agent.bank_advising import Advising
    from agent.other_ways import OtherWays

    found: list[Errand] = []
    drafts = {m.name: m for m in home.settings.mailboxes if m.drafts_folder is not None}
    if drafts:
        from mail.open import open_drafts
        from review.drafting import DraftFiling

        found.append(DraftFiling(desk_of(home), drafts, open_drafts))
    if (digests := _digests(home)) is not None:
        found.append(digests)
    found.append(_scoring(home))
    found.append(OtherWays(home, worker=f"{socket.gethostname()}:{home.settings.data_dir.resolve()}"))
    found.append(Advising(home))
    return found


def _scoring(home: Installation) -> Errand:
    from agent.scoring_daily import DailyScoring

    return DailyScoring(home)


def connected_of(home: Installation) -> list[Errand]:
    """Make the errands that wait for systems of others: a list of theirs may be long, and they may ask to slow down."""
    if not home.settings.connections:
        return []
    from agent.cli.connected import connections_of, note_writing
    from agent.pulling import Pulling

    found = connections_of(home)
    writes = any(each.write_back for each in home.settings.connections)
    return [Pulling(found), *([note_writing(home, found)] if writes else [])]


def _digests(home: Installation) -> Errand | None:
    """Make the errand of the digest; None where none is asked for. Raises CommandFailed where it could not leave."""
    review = home.settings.review
    if review.digest is None:
        return None
    from mail.smtp import transport_for
    from review.digest import Digests

    wanted = review.digest.mailbox
    ways = [m for m in home.settings.mailboxes if m.smtp is not None and wanted in (None, m.name)]
    if not ways or ways[0].smtp is None:
        raise CommandFailed("review.digest.mailbox: there is no mailbox of this name with a block [mailboxes.smtp]")
    base = review.public_url or f"http://{review.host}:{review.port}"
    return Digests(
        desk_of(home),
        review.digest,
        transport=transport_for(ways[0].smtp),
        sender=ways[0].address,
        base_url=base,
    )
