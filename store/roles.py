"""What a person may be in the review queue. Nobody both administers and approves, so a person has one role."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Collector, manager and controller approve, by rising power; an admin keeps people and settings; an auditor reads."""

    COLLECTOR = "collector"
    MANAGER = "manager"
    CONTROLLER = "controller"
    ADMIN = "admin"
    AUDITOR = "auditor"


#: Who may decide about proposals and mails at all.
DECIDERS: frozenset[Role] = frozenset({Role.COLLECTOR, Role.MANAGER, Role.CONTROLLER})
#: Who decides about what a collector may not: contacts, flags, other people's work.
SENIORS: frozenset[Role] = frozenset({Role.MANAGER, Role.CONTROLLER})
#: Who may look at proposals, mails and accounts.
READERS: frozenset[Role] = DECIDERS | {Role.AUDITOR}
EVERYBODY: frozenset[Role] = frozenset(Role)
