"""Which portal a customer's words mean, and how a portal is called in writing. It knows names; it reads no mail."""

from __future__ import annotations

from store.aftermath import Portal

#: A word in a name -> the portal. "SAP Business Network" is the present name of the Ariba Network, OB10 a former one of Tungsten.
_WORDS: tuple[tuple[str, Portal], ...] = (
    ("coupa", Portal.COUPA),
    ("ariba", Portal.ARIBA),
    ("sap business network", Portal.ARIBA),
    ("tungsten", Portal.TUNGSTEN),
    ("ob10", Portal.TUNGSTEN),
    ("basware", Portal.BASWARE),
)

#: How a portal is called in our own letters and lists.
TITLES: dict[Portal, str] = {
    Portal.COUPA: "Coupa",
    Portal.ARIBA: "SAP Business Network (Ariba)",
    Portal.TUNGSTEN: "Tungsten Network",
    Portal.BASWARE: "Basware",
}


def portal_named(name: str | None) -> Portal | None:
    """Give the portal that a name means; OTHER for a name that is none of the four, None without a name."""
    words = " ".join((name or "").casefold().split())
    if not words:
        return None
    known = {portal for word, portal in _WORDS if word in words}
    return known.pop() if len(known) == 1 else Portal.OTHER


def title_of(portal: Portal, *, written: str = "") -> str:
    """Give the name of a portal for a person: its own, else the one that was written."""
    return TITLES.get(portal) or written.strip() or "another portal"
