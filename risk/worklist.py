"""The worklist of a company as it stands, and as a table and a document. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from risk.priority import Ranked, in_words, ranked
from risk.settings import RiskSettings
from risk.standing_loading import standings

HEADING: tuple[str, ...] = (
    *(
        "rank",
        "customer",
        "name",
        "tier",
        "owner",
        "currency",
        "gain",
        "asked",
        "overdue_days",
        "chance",
        "comes_anyway",
    ),
    *("next_act", "link", "invoices", "reasons"),
)


def worklist_of(
    session: Session,
    *,
    now: datetime,
    settings: RiskSettings,
    owner: str = "",
    customer_id: str | None = None,
    waiting: Mapping[str, str] = MappingProxyType({}),
) -> list[Ranked]:
    """Rank the accounts; `owner`: only those of one person; `customer_id`: only this one; `waiting`: whose step waits for its turn, and why."""
    accounts = standings(session, now=now, settings=settings, customer_id=customer_id)
    rows = ranked((a for a in accounts if not owner or a.owner == owner), settings)
    return [replace(r, reasons=(*r.reasons, waiting[r.customer])) if r.customer in waiting else r for r in rows]


def cells(row: Ranked, *, rank: int | None = None) -> Sequence[object]:
    """Give a row of the table."""
    return (
        rank if rank is not None else "",
        row.customer,
        row.name,
        row.tier,
        row.owner,
        row.currency,
        row.gain,
        row.asked,
        row.overdue_days,
        f"{row.chance:.3f}",
        f"{row.anyway:.3f}",
        in_words(row.act),
        row.link,
        " ".join(row.invoices),
        "; ".join(row.reasons),
    )


def document(row: Ranked) -> dict[str, Any]:
    """Give a row as JSON takes it; money as text."""
    return {
        "customer": row.customer,
        "name": row.name,
        "tier": row.tier,
        "owner": row.owner,
        "gain": {"amount": str(row.gain), "currency": row.currency},
        "asked": {"amount": str(row.asked), "currency": row.currency},
        "overdue_days": row.overdue_days,
        "chance": round(row.chance, 4),
        "comes_anyway": round(row.anyway, 4),
        "act": row.act.value,
        "act_in_words": in_words(row.act),
        "link": row.link,
        "invoices": list(row.invoices),
        "reasons": list(row.reasons),
        "slipping": list(row.slipping),
    }
