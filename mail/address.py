"""What counts as an address that mail may be sent to or from. Stricter than RFC 5322 on purpose: no quoting, no comments.

`smtplib` and others take the first address out of odd text; here odd text is refused, never repaired.
"""

from __future__ import annotations

from store.addresses import is_plain

__all__ = ["domain_of", "is_plain", "registrable", "same_organisation"]

#: Second-level labels under which country registries sell names. A hint for comparing names, not a full public suffix list.
_SECOND_LEVEL = frozenset(
    {"ac", "co", "com", "edu", "go", "gob", "gov", "gv", "ltd", "me", "ne", "net", "nom", "or", "org"}
)


def domain_of(address: str) -> str:
    """Give the domain of an address in lower case."""
    return address.rpartition("@")[2].lower().rstrip(".")


def registrable(domain: str) -> tuple[str, str]:
    """Split off what a registrant chose: the label that was registered, and the suffix it stands under."""
    labels = domain.lower().rstrip(".").split(".")
    if len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL:
        return labels[-3], ".".join(labels[-2:])
    if len(labels) >= 2:
        return labels[-2], labels[-1]
    return labels[0], ""


def same_organisation(one: str, other: str) -> bool:
    """Say whether two domains are equal or one lies under the other: relaxed alignment without a suffix list."""
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    if one == other:
        return bool(one)
    short, long = sorted((one, other), key=len)
    label, suffix = registrable(short)
    return bool(label and suffix) and long.endswith("." + short) and short.split(".")[0] not in _SECOND_LEVEL
