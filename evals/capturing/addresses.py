"""Replaces mail addresses, domains, links, message ids and network addresses. Every domain that comes out ends in .example.

Two addresses of one domain stay at one domain, a domain that imitates another goes on imitating it, and `noreply` stays so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from evals.capturing.folding import fold, listed
from evals.capturing.made_up import GENERIC, LEGAL, family_names
from evals.capturing.names import Names
from evals.capturing.numbers import Numbers
from evals.capturing.salted import Salted
from evals.capturing.spans import Cut, Span
from mail.address import registrable
from mail.lookalike import looks_like
from store.no_reply import is_no_reply

_TLD = (
    "com|net|org|info|biz|eu|de|at|ch|li|fr|be|nl|lu|es|pt|it|uk|ie|pl|cz|sk|hu|ro|bg|gr|hr|si|dk|se|no|fi|is|ee|lv|lt|us|ca|mx|br|ar|cl|"
    "au|nz|jp|cn|in|za|ae|tr|ru|ua|io|co|me|tv|cc|app|dev|cloud|online|shop|site|agency|group|company|solutions|services|xyz|example|test|"
    "invalid|local|lan|internal|localhost|bank|legal|law|tech|store|email|gmbh|ltd|swiss|berlin|london|paris|bayern|wien|amsterdam|cat|eus|gal"
)
_HOST = rf"(?:[A-Za-z0-9\u00a1-\uffff_](?:[A-Za-z0-9\u00a1-\uffff_-]{{0,61}}[A-Za-z0-9\u00a1-\uffff])?\.)+(?:{_TLD}|xn--[a-z0-9]+)"
_MAIL = re.compile(
    r"(?:mailto:)?([A-Za-z0-9!#$%&'*+/?^_`{|}~.\u00a1-\uffff-]{1,120})@((?:[A-Za-z0-9\u00a1-\uffff_-]{1,63}\.)*[A-Za-z0-9\u00a1-\uffff_-]{1,63}|\[[0-9.]+\])"
)
_URL = re.compile(r"\b([a-z][a-z0-9+.-]{1,10})://([^\s/?#<>\"'()\[\]]+)([^\s<>\"'()\[\]]*)", re.IGNORECASE)
_HOSTS = re.compile(rf"(?<![\w@.-]){_HOST}(?![\w-])(?!\.[A-Za-z0-9])", re.IGNORECASE)
_IP4 = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")
_IP6 = re.compile(
    r"(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4})?(?![\w:])|(?<![\w:])[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?(?![\w:])",
    re.IGNORECASE,
)
#: Parts of host names and addresses that say nothing of who it is.
_PLAIN_HOSTS = listed(
    "www mail mail1 mail2 mx mx1 mx2 smtp imap out outbound relay mta web portal shop app bounce bounces news email m"
)
_PLAIN_LOCALS = (
    GENERIC
    | listed("""gerencia direccion direction geschaeftsleitung gf direzione directie direcao purchase ledger ar ap rechnungen rechnung invoices invoice mahnwesen kreditoren debitoren buchhaltung finanzen einkauf office kontakt contact
    contacto contato contatti hello admin postmaster abuse hostmaster root mailer daemon bounce bounces reply no do not noreply donotreply
    autoreply notifications notification alerts service clientes proveedores fournisseurs comptabilite factures facturas fatture faturas
    administratie facturen inkoop post mail zentrale secretariat sekretariat legal tresorerie pagos pagamentos pagamenti""")
)


class Addresses:
    """What stands for each address, domain and link."""

    def __init__(self, salted: Salted, names: Names, numbers: Numbers) -> None:
        """Start with no domain known."""
        self._salted, self._names, self._numbers = salted, names, numbers
        self._domains: dict[str, str] = {}
        self._ids: set[str] = set()

    def fix(self, address: str, replacement: str, *, domains: Sequence[str]) -> None:
        """Settle the creditor's own address, and to which domain all of its domains come."""
        self._salted.fix("mail", address.lower(), replacement)
        for domain in domains:
            self._domains[domain.lower()] = replacement.rpartition("@")[2]

    def learn(self, domain: str) -> None:
        """Tell a domain that belongs to somebody known, before any that may imitate it."""
        self.domain(domain)

    def learn_ids(self, text: str) -> None:
        """Tell message ids, which come out the same wherever they stand."""
        self._ids.update(re.findall(r"<([^<>\s]+@[^<>\s]+)>", text))

    def find(self, cut: Cut) -> Iterator[Span]:
        """Find links, addresses and message ids, host names, network addresses."""
        for found in re.finditer(r"(?<=[<:])[^<>\s@]+@[^<>\s]+(?=>)", cut.text):
            if found.group() in self._ids:
                yield Span(found.start(), found.end(), "message id", self.message_id(found.group()))
        for found in _URL.finditer(cut.text):
            yield Span(
                found.start(), found.end(), "link", f"{found[1]}://{self._authority(found[2])}{self._path(found[3])}"
            )
        for found in _MAIL.finditer(cut.text):
            yield Span(found.start(1), found.end(), "address", self.address(f"{found[1]}@{found[2]}"))
        for pattern in (_IP4, _IP6):
            for found in pattern.finditer(cut.text):
                yield Span(found.start(), found.end(), "network address", self.network(found.group()))
        for found in _HOSTS.finditer(cut.text):
            # "z.B.", "S.A." and names of files are none.
            if not re.fullmatch(r"(?:[A-Za-z]{1,2}\.)+[A-Za-z]{1,2}", found.group()):
                yield Span(found.start(), found.end(), "domain", self.domain(found.group()))

    def address(self, address: str) -> str:
        """Give what stands for a mail address."""
        local, _, domain = address.rpartition("@")
        plain = f"{local}@{domain}".lower()
        new = self.domain(domain)
        base, plus, token = local.partition("+")
        if plus:
            return f"{self.address(f'{base}@{domain}').rpartition('@')[0]}+{self._salted.shaped('token', token.lower())}@{new}"
        return self._salted.replace("mail", plain, lambda: (f"{fresh}@{new}" for fresh in self._locals(local)))

    def message_id(self, inner: str) -> str:
        """Give what stands for a message id without its brackets; equal ids come out equal."""
        local, at, domain = inner.rpartition("@")
        if not at:
            return self._salted.shaped("id", inner)
        return f"{self._salted.shaped('id', local)}@{self.domain(domain)}"

    def domain(self, domain: str) -> str:
        """Give what stands for a domain, with whatever stands before what was registered."""
        lower = domain.lower().rstrip(".")
        if lower in self._domains:
            return self._domains[lower]
        if lower.startswith("["):
            return self.network(lower.strip("[]"))
        label, suffix = registrable(lower)
        own = f"{label}.{suffix}" if suffix else label
        before = lower[: -len(own)].rstrip(".") if lower != own else ""
        if own not in self._domains:
            self._domains[own] = self._registered(label, suffix, own)
        parts = [p if p in _PLAIN_HOSTS else self._salted.shaped("host", p) for p in before.split(".") if p]
        self._domains[lower] = ".".join([*parts, self._domains[own]])
        return self._domains[lower]

    def network(self, address: str) -> str:
        """Give an address of the ranges for documentation (RFC 5737, RFC 3849)."""
        if ":" in address:
            return self._salted.replace("ip", address.lower(), lambda: (f"2001:db8::{n:x}" for n in range(1, 65536)))
        blocks = ("192.0.2", "198.51.100", "203.0.113")
        free = (f"{block}.{n}" for block in blocks for n in range(1, 255))
        return self._salted.replace("ip", address, lambda: free)

    def _registered(self, label: str, suffix: str, own: str) -> str:
        imitated = looks_like(own, [d for d in self._domains if d != own])
        if imitated is not None:
            return self._salted.replace("domain", own, lambda: self._imitations(label, imitated))
        return self._salted.replace("domain", own, lambda: (f"{fresh}.example" for fresh in self._labels(label)))

    def _imitations(self, label: str, imitated: str) -> Iterator[str]:
        theirs = registrable(imitated)[0]
        new = registrable(self._domains[imitated])[0]
        if theirs in label and theirs != label:
            yield f"{label.replace(theirs, new)}.example"
        for place in range(len(new) - 1, 0, -1):
            yield f"{new[:place]}{new[place - 1]}{new[place:]}.example"

    def _labels(self, label: str) -> Iterator[str]:
        known = "-".join(self._piece(part) or "" for part in label.split("-"))
        if all(known.split("-")):
            yield known
        for name in self._salted.order("domain", label, family_names(self._names.language)):
            yield name.lower()

    def _piece(self, part: str) -> str | None:
        """Read a part of a domain as names that are known, run together or not; None where it is something else."""
        if fold(part) in GENERIC | LEGAL:
            return part
        whole = self._names.known(part)
        if whole is not None:
            return whole.lower()
        for cut in range(3, len(part) - 2):
            head = self._names.known(part[:cut]) or (part[:cut] if fold(part[:cut]) in GENERIC | LEGAL else None)
            rest = self._piece(part[cut:]) if head else None
            if head and rest and (head, rest) != (part[:cut], part[cut:]):
                return head.lower() + rest
        return None

    def _locals(self, local: str) -> Iterator[str]:
        if is_no_reply(f"{local}@x.example") or fold(local) in _PLAIN_LOCALS:
            yield local
        pieces = re.split(r"([._-])", local)
        fresh = [self._local(piece, pieces) for piece in pieces]
        if all(piece is not None for piece in fresh):
            yield "".join(piece or "" for piece in fresh)
        names = self._salted.order("local", local.lower(), family_names(self._names.language))
        yield from (name.lower() for name in names)

    def _local(self, piece: str, pieces: list[str]) -> str | None:
        if re.fullmatch(r"[._-]?", piece) or fold(piece) in _PLAIN_LOCALS:
            return piece
        if len(piece) == 1:
            return next((n for other in pieces if (n := self._names.initial(piece, other)) is not None), None)
        if self._names.known(piece):
            return (self._names.known(piece) or "").lower()
        run_together = self._names.initial(piece[0], piece[1:])
        family = self._names.known(piece[1:])
        return (run_together + family.lower()) if run_together and family else None

    def _authority(self, text: str) -> str:
        user, at, host = text.rpartition("@")
        name, colon, port = host.partition(":")
        new = self.network(name) if _IP4.fullmatch(name) else self.domain(name)
        return f"{self._salted.shaped('token', user) + at if user else ''}{new}{colon}{port}"

    def _path(self, text: str) -> str:
        def piece(found: re.Match[str]) -> str:
            word = found.group()
            plain = fold(word) in GENERIC or word.lower() in _PLAIN_PATHS or len(word) < 3
            return (
                word if plain else self._numbers.number(word) if word.isdigit() else self._salted.shaped("path", word)
            )

        return re.sub(r"[^\W_]+", piece, text)


_PLAIN_PATHS = listed(
    "http https html htm pdf php aspx png jpg gif index invoice invoices payment pay login unsubscribe view open click track utm source help terms privacy"
)
