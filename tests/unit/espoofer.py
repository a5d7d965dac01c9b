"""The 19 server-side and 3 client-side attacks of "Composition Kills" (USENIX Security 2020), written anew as mails.

Each mail is meant to be taken for one of ann@legit.example, a contact of ours, and comes with the header that a mail server
which falls for the attack would write on top. `level` is the best level that the mail may get.
"""

from __future__ import annotations

from dataclasses import dataclass

MX = "mx.ours.example"
VICTIM = "ann@legit.example"


@dataclass(frozen=True)
class Attack:
    """One attack: the results of the fooled server, and the headers as the attacker sent them, bytes and all."""

    name: str
    results: str
    headers: bytes
    level: str = "D"

    @property
    def raw(self) -> bytes:
        top = f"Authentication-Results: {MX}; {self.results}\r\n".encode()
        rest = b"To: ar@nordholt.example\r\nSubject: Re: INV-20413\r\nMessage-ID: <1@evil.example>\r\n"
        return top + self.headers + rest + b"\r\nPlease send me the open balance of INV-20413.\r\n"


FOOLED = "dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=x@evil.example; dmarc=pass header.from=evil.example"
BELIEVED = "dmarc=pass header.from=legit.example"
FROM = b"From: Ann <ann@legit.example>\r\n"

SERVER = [
    # Where SPF and DMARC, or DKIM and DMARC, look at different names. From itself is in order.
    Attack(
        "a1 a sub-domain that does not exist in MAIL FROM, SPF answers for HELO",
        f"spf=none smtp.mailfrom=any@no.such.legit.example; spf=pass smtp.helo=evil.example; {BELIEVED}",
        FROM,
        "C",
    ),
    Attack(
        "a2 an empty MAIL FROM, SPF answers for HELO",
        f'spf=pass smtp.mailfrom="" smtp.helo=evil.example; {BELIEVED}',
        FROM,
        "C",
    ),
    Attack(
        "a3 NUL in the selector: the key is looked up at the attacker's",
        f"dkim=pass header.d=legit.example header.s=sel\x00.evil.example; {BELIEVED}",
        FROM,
    ),
    Attack(
        "a4 a single quote in d= ends the name for whoever reads the results",
        f"dkim=pass header.d=legit.example'a.evil.example; {BELIEVED}",
        FROM,
    ),
    Attack(
        "a5 a bracket in MAIL FROM begins a comment",
        f"spf=pass smtp.mailfrom=any@legit.example(.evil.example; {BELIEVED}",
        FROM,
    ),
    Attack(
        "a6 a single quote in MAIL FROM",
        f"spf=pass smtp.mailfrom=any@legit.example'@a.evil.example; {BELIEVED}",
        FROM,
    ),
    Attack(
        "a7 a route in MAIL FROM",
        f"spf=pass smtp.mailfrom=<@legit.example,@any.example:any@evil.example>; {BELIEVED}",
        FROM,
    ),
    # Where the server checks one sender and the reader sees another.
    Attack("a8 two From headers", FOOLED, b"From: <x@evil.example>\r\n" + FROM),
    # The blank makes the first line a part of the header that the server wrote above it.
    Attack(
        "a9 two From headers, a blank before the first",
        FOOLED,
        b" From: <ann@legit.example>\r\nFrom: <x@evil.example>\r\n",
        "C",
    ),
    Attack(
        "a10 two From headers, a blank before the colon",
        FOOLED,
        b"From : <ann@legit.example>\r\nFrom: <x@evil.example>\r\n",
    ),
    Attack(
        "a11 two From headers, one folded before its colon",
        FOOLED,
        b"From\r\n : <ann@legit.example>\r\nFrom: <x@evil.example>\r\n",
    ),
    Attack("a12 From and Sender", FOOLED, b"From: <x@evil.example>\r\nSender: <ann@legit.example>\r\n", "C"),
    Attack("a13 From and Resent-From", FOOLED, b"From: <x@evil.example>\r\nResent-From: <ann@legit.example>\r\n", "C"),
    Attack("a14 two addresses in From", FOOLED, b"From: <ann@legit.example>, <x@evil.example>\r\n"),
    Attack(
        "a15 addresses as encoded words",
        FOOLED,
        b"From: =?utf-8?B?PGFubkBsZWdpdC5leGFtcGxlPg==?=,<x@evil.example>\r\n",
    ),
    Attack("a16 a route in From", FOOLED, b"From: <@evil.example,@any.example:ann@legit.example>\r\n"),
    Attack("a17 a quoted pair in From", FOOLED, b"From: <ann@legit.example>\\,<x@evil.example>\r\n"),
    Attack("a18 a comma takes precedence", FOOLED, b"From: ann@legit.example,<x@evil.example>\r\n"),
    Attack("a19 the name looks like the address", FOOLED, b"From: <x@evil.example>ann@legit.example\r\n"),
]

CLIENT = [
    # The mail is sent by an account of an honest provider, which signs it with its own name.
    Attack(
        "c1 an account of another provider",
        "dkim=pass header.d=provider.example; spf=pass smtp.mailfrom=eve@provider.example; dmarc=none header.from=legit.example",
        FROM,
        "C",
    ),
    Attack(
        "c2 an account of another provider, with a From of its own before the signed one",
        "dkim=pass header.d=provider.example; spf=pass smtp.mailfrom=eve@provider.example; dmarc=pass header.from=provider.example",
        FROM + b"From: <eve@provider.example>\r\n",
    ),
    Attack(
        "c3 a signed mail sent again, with another From and Subject on top of those that are signed",
        f"dkim=pass header.d=legit.example; spf=fail smtp.mailfrom=x@evil.example; {BELIEVED}",
        FROM + b"Subject: our bank has changed\r\nFrom: Bob <bob@legit.example>\r\n",
    ),
]

#: The same tricks in other clothes.
VARIANTS = [
    Attack(
        "two From headers, the second folded", FOOLED, b"From: <x@evil.example>\r\nFrom:\r\n <ann@legit.example>\r\n"
    ),
    Attack("one From, folded at once", BELIEVED, b"From:\r\n <ann@legit.example>\r\n"),
    Attack("two From headers in other letters", FOOLED, b"FROM: <x@evil.example>\r\nfrom: <ann@legit.example>\r\n"),
    Attack("a tab before the colon", FOOLED, b"From\t: <ann@legit.example>\r\nFrom: <x@evil.example>\r\n"),
    Attack("a NUL before the address", FOOLED, b"From: \x00<ann@legit.example>\r\n"),
    Attack("a NUL inside the address", BELIEVED, b"From: <ann@legit.example\x00.evil.example>\r\n"),
    Attack("a group", FOOLED, b"From: Us: <ann@legit.example>;\r\n"),
    Attack("the whole From as an encoded word", FOOLED, b"From: =?utf-8?Q?ann=40legit.example?=\r\n"),
    Attack("an encoded word inside the angle brackets", BELIEVED, b"From: <=?utf-8?Q?ann?=@legit.example>\r\n"),
    Attack("a quoted local part", BELIEVED, b'From: <"ann"@legit.example>\r\n'),
    Attack("a comment behind", BELIEVED, b"From: ann@legit.example(<x@evil.example>)\r\n"),
    Attack("a comment inside", BELIEVED, b"From: <ann(x)@legit.example>\r\n"),
    Attack("the address as a display name", FOOLED, b'From: "ann@legit.example" <x@evil.example>\r\n', "C"),
    Attack("no From at all", FOOLED, b"Sender: <ann@legit.example>\r\n"),
    Attack("a bracket in d=, closed again", f"dkim=pass header.d=legit.example(.evil.example); {BELIEVED}", FROM),
    Attack(
        "a bracket in a comment of SPF",
        f"spf=pass (domain of any@legit.example(.evil.example says so) smtp.mailfrom=legit.example; {BELIEVED}",
        FROM,
        "C",
    ),
    Attack(
        "a signature of a sub-domain that is not ours",
        f"dkim=pass header.d=legit.example.evil.example; {BELIEVED}",
        FROM,
        "C",
    ),
    Attack("DMARC about another sender", "dmarc=pass header.from=evil.example", FROM),
    Attack("two verdicts of DMARC", f"{BELIEVED}; dmarc=fail header.from=legit.example", FROM),
    Attack(
        "results of the sender's own, folded into those of our server",
        "dkim=none; spf=none; dmarc=none header.from=legit.example",
        b" ; dkim=pass header.d=legit.example\r\n" + FROM,
    ),
    Attack(
        "a softfail and nothing else",
        "spf=softfail smtp.mailfrom=ann@legit.example; dkim=none; dmarc=none header.from=legit.example",
        FROM,
        "C",
    ),
    Attack(
        "a name that does not exist under the contact's",
        "dmarc=none header.from=no.legit.example",
        b"From: <ann@no.legit.example>\r\n",
        "C",
    ),
    Attack("results with letters of another script", f"dkim=pass header.d=l\u0435git.example; {BELIEVED}", FROM, "C"),
]
