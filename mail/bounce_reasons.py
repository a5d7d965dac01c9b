"""Tell from a server's words and codes why a mail did not arrive, and whether the address is of no more use.

One table of what servers say. Clear words decide over any code but the one that says the same; vague words only over codes that say
nothing themselves (x.0.0, 5.7.1). Nothing is decided from who wrote: that is `mail.bounce_signs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mail.bounce_phrases import CLEAR, VAGUE
from store.vocabulary import DEAD_ADDRESS, BounceReason

MAX_WORDS = 2500

#: No character of a script that is written without spaces: it would be the text around the address.
_NO_CJK = r"\u3000-\u9fff\uac00-\ud7af\uff00-\uffef"
ADDRESS = re.compile(rf"[^\s<>;,:()\[\]\"'“”„«»{_NO_CJK}]{{1,64}}@[A-Za-z0-9\u00c0-\u024f\u0400-\u04ff.-]{{1,253}}")
#: `5.1.1` but no part of an IP address or a version number. Subjects are 0 to 7 (RFC 3463, 3).
STATUS = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(r"(?<![\d./#-])([45][0-5]\d)(?=[ \-:;#,)'\"]|$)(?!\.\d)")
_AT_RCPT = re.compile(
    r"(?:reply to|after|during|response to|to the) ?(?:sending |the )?rcpt|rcpt to ?:?", re.IGNORECASE
)
_AT_MAIL = re.compile(r"(?:reply to|after|during|response to) (?:sending )?mail(?: from)?\b", re.IGNORECASE)
_AT_DATA = re.compile(r"(?:reply to|after|during|response to)[^\n]{0,20}\bdata\b|end of data", re.IGNORECASE)

_R = BounceReason
#: Detail after the first digit -> class (RFC 3463, RFC 5248 registry, RFC 7372, RFC 7505, Exchange).
_CODES = {
    "1.0": _R.USER_UNKNOWN,
    "1.1": _R.USER_UNKNOWN,
    "1.2": _R.HOST_UNKNOWN,
    "1.3": _R.USER_UNKNOWN,
    "1.4": _R.USER_UNKNOWN,
    "1.6": _R.MOVED,
    "1.7": _R.POLICY,
    "1.8": _R.POLICY,
    "1.10": _R.USER_UNKNOWN,
    "2.1": _R.SUSPENDED,
    "2.2": _R.MAILBOX_FULL,
    "2.3": _R.TOO_LARGE,
    "3.4": _R.TOO_LARGE,
    "4.1": _R.NETWORK,
    "4.2": _R.NETWORK,
    "4.3": _R.NETWORK,
    "4.4": _R.HOST_UNKNOWN,
    "4.5": _R.RATE_LIMITED,
    "4.6": _R.LOOP,
    "4.7": _R.EXPIRED,
    "4.14": _R.LOOP,
    "4.300": _R.EXPIRED,
    "4.310": _R.HOST_UNKNOWN,
    "4.316": _R.EXPIRED,
    "5.3": _R.RATE_LIMITED,
    "7.25": _R.BLOCKED,
    "7.28": _R.RATE_LIMITED,
    "7.508": _R.RATE_LIMITED,
    "7.511": _R.BLOCKED,
}
_SUBJECTS = {
    "2": _R.OTHER,
    "3": _R.SYSTEM_ERROR,
    "4": _R.NETWORK,
    "5": _R.SYSTEM_ERROR,
    "6": _R.CONTENT,
    "7": _R.POLICY,
}
#: Codes that servers use for anything: words decide first.
_GENERIC = frozenset({"0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "6.0", "7.0", "7.1", "4.1", "5.1", "5.2", "5.4", "1.3"})
_DERIVED = {
    _R.USER_UNKNOWN: "1.1",
    _R.HOST_UNKNOWN: "1.2",
    _R.MOVED: "1.6",
    _R.INACTIVE: "2.1",
    _R.NOT_ACCEPTED: "1.10",
    _R.SUSPENDED: "2.1",
    _R.MAILBOX_FULL: "2.2",
    _R.TOO_LARGE: "3.4",
    _R.BLOCKED: "7.1",
    _R.POLICY: "7.1",
    _R.CONTENT: "7.1",
    _R.RATE_LIMITED: "4.5",
    _R.DEFERRED: "0.0",
    _R.EXPIRED: "4.7",
    _R.NETWORK: "4.1",
    _R.SYSTEM_ERROR: "3.0",
    _R.LOOP: "4.6",
    _R.OTHER: "0.0",
}
#: Words that come along with many other reasons: a plain code decides over them.
_LOOSE = frozenset({_R.SYSTEM_ERROR, _R.NETWORK, _R.DEFERRED, _R.EXPIRED})
_PASSING = frozenset({_R.DEFERRED, _R.EXPIRED, _R.NETWORK, _R.RATE_LIMITED})


@dataclass(frozen=True, slots=True)
class Judgement:
    """Why it failed, for how long, and the status code that says so."""

    reason: BounceReason
    hard: bool
    status: str


def judge(diagnostic: str, *, status: str | None = None, delayed: bool = False, context: str = "") -> Judgement:
    """Judge one failed recipient.

    `diagnostic` is what the other server said, `status` the report's own code, `context` the rest of the report: it is asked only where
    the diagnostic says nothing. `delayed` reports are still being tried and never hard.
    """
    diagnostic, context = _plain(diagnostic), _plain(context)
    code = best_status(status, diagnostic)
    temporary = delayed or _is_temporary(code, diagnostic)
    reason = _reason(diagnostic, code, delayed=delayed, temporary=temporary)
    if reason is _R.OTHER and context:
        reason = _reason(context, code, delayed=delayed, temporary=temporary)
        temporary = temporary or (code is None and _is_temporary(None, context))
    if reason is _R.OTHER:
        reason = _by_stage(f"{diagnostic} {context}", code, temporary=temporary)
    if temporary and reason in (_R.OTHER, _R.USER_UNKNOWN) and not _says(diagnostic, CLEAR):
        reason = _R.DEFERRED
    hard = reason in DEAD_ADDRESS and not temporary
    return Judgement(reason, hard, code or _derived(reason, temporary=temporary or reason in _PASSING))


def best_status(status: str | None, words: str) -> str | None:
    """Give the report's code; where that says nothing (x.0.0, or is missing), the most telling one that the other server wrote."""
    spoken = sorted(STATUS.findall(words), key=_vagueness)[:1]
    given = STATUS.findall(status or "")[:1]
    if not given or (spoken and _vagueness(spoken[0]) < _vagueness(given[0]) and spoken[0][0] != "2"):
        return str((spoken or given)[0]) if spoken or given else None
    return str(given[0])


def speaks(words: str) -> bool:
    """Say whether the words give a reason that a server would give, or a reply code."""
    words = _plain(words)
    return has_code(words) or any(reason is not _R.DEFERRED for reason in _classes(words, CLEAR))


def has_code(words: str) -> bool:
    """Say whether the words hold a status or reply code of a failure."""
    return bool(_REPLY.search(words)) or any(code[0] != "2" for code in STATUS.findall(words))


def _plain(words: str) -> str:
    """Give one line without addresses: a user named "spam" or a host named "blocked" is no reason."""
    return ADDRESS.sub("<it>", " ".join(words[:MAX_WORDS].split()))


def _vagueness(code: str) -> int:
    detail = code[2:]
    if detail == "0.0":
        return 3
    return 2 if detail.endswith(".0") else 1 if detail in _GENERIC else 0


def _reason(words: str, code: str | None, *, delayed: bool, temporary: bool) -> BounceReason:
    clear = list(dict.fromkeys(_classes(words, CLEAR)))
    if delayed:  # "still undelivered after 4 hours" is not the end yet
        clear = [_R.DEFERRED if reason is _R.EXPIRED else reason for reason in clear]
        clear.sort(key=lambda reason: reason is _R.DEFERRED)
    coded = _by_code(code)
    if coded is not None and code is not None and _is_exact(code):
        loose = not temporary and bool(clear) and clear[0] in _LOOSE
        if coded in clear or not clear or loose:
            return coded
    if clear:
        return clear[0]
    vague = next(_classes(words, VAGUE), None)
    if vague is _R.USER_UNKNOWN and (_AT_DATA.search(words) or _AT_MAIL.search(words)):
        return (
            coded if coded in (_R.POLICY, _R.CONTENT) else _R.POLICY
        )  # the recipient had been accepted, or not yet named
    return vague or coded or _R.OTHER


def _is_exact(code: str) -> bool:
    return code[2:] in _CODES and code[2:] not in _GENERIC


def _by_code(code: str | None) -> BounceReason | None:
    if code is None or code[2:] == "0.0":
        return None
    detail = code[2:]
    if detail.startswith("7.6") and len(detail) == 5:  # Exchange Online keeps 5.7.600 to 699 for listed senders
        return _R.BLOCKED
    return _CODES.get(detail) or _SUBJECTS.get(detail[0])


def _by_stage(words: str, code: str | None, *, temporary: bool) -> BounceReason:
    """Where no words help: a 550 in answer to RCPT TO is the usual way to refuse a recipient that does not exist (RFC 5321, 4.2.3)."""
    replies = _REPLY.findall(words)
    refused = bool(replies) and replies[0] in ("550", "551", "553")
    if not temporary and refused and _AT_RCPT.search(words) and not _AT_DATA.search(words):
        return _R.USER_UNKNOWN
    return _by_code(code) or _R.OTHER


def _is_temporary(code: str | None, words: str) -> bool:
    if code is not None:
        return code.startswith("4")
    replies = _REPLY.findall(words)
    return bool(replies) and all(reply.startswith("4") for reply in replies)


def _derived(reason: BounceReason, *, temporary: bool) -> str:
    return f"{4 if temporary else 5}.{_DERIVED[reason]}"


def _classes(words: str, table: tuple[tuple[BounceReason, str], ...]) -> Iterator[BounceReason]:
    return (reason for reason, pattern in _compiled(table) if pattern.search(words))


def _says(words: str, table: tuple[tuple[BounceReason, str], ...]) -> bool:
    return next(_classes(words, table), None) is not None


@lru_cache(maxsize=4)
def _compiled(table: tuple[tuple[BounceReason, str], ...]) -> tuple[tuple[BounceReason, re.Pattern[str]], ...]:
    def inside(pattern: str) -> str:
        return pattern.replace("[^.]", r"(?:[^.]|\.(?! ))").replace("[^.:]", r"(?:[^.:]|\.(?! ))")

    return tuple((reason, re.compile(inside(pattern), re.IGNORECASE)) for reason, pattern in table)
