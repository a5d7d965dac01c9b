"""Find in the words of a report whom the mail did not reach and what the other server said, where no fields say it.

Every address in the words is a candidate; what stands around it speaks for or against it. flufl.bounce (GNU Mailman's detectors) is one
voice among these: it is foreign heuristics over foreign text, so it sees few and short lines only.
"""

from __future__ import annotations

import logging
import re
from email.message import Message

from mail.bounce_fields import plain_address
from mail.bounce_reasons import ADDRESS, has_code, speaks
from mail.bounce_report import Report
from mail.headers import first, text_of, values

MAX_LINES = 400
MAX_DIAGNOSTIC = 1500
_FLUFL_LINES, _FLUFL_WIDTH, _FLUFL_ATS = 250, 200, 4

_LABEL = re.compile(
    r"(?:final|original|failed|intended|undeliverable|rejected|invalid|unknown)?[ -]?(?:recipients?|address(?:es)?|user|mailbox|rcpt to|empfänger\w{0,8}|destinataires?|destinatari[oa]?s?|"
    r"ontvangers?|geadresseerde|mottagare|odbiorc\w{1,2}|adresat\w{0,3}|получател\w{1,2}|адресат\w?|宛先|受信者|收件人|error-for|to|an|a|à|para|aan|till|do|кому)\W{0,4}$",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"(?:from|sender|von|absender|expéditeur|remitente|mittente|afzender|remetente|nadawca|отправител\w|差出人|发件人|mail from|reply-to|message-?id|envelope-?id|return-path|x-[\w-]{1,30}|user-agent)\W{0,5}$|"
    r"(?:contact|please|write|send|forward|questions?|assist\w{0,5}|help|report|postmaster|administrator|kontakt\w{0,8}|bitte|wenden|contact(?:ez|ar|er)|support|info)[^.:;]{0,60}$",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"(?:try|use|new address(?: is)?|moved to|changed to|now|neue[^.]{0,20}|nouvelle[^.]{0,20}|instead|forward to|is now)\W{0,6}$",
    re.IGNORECASE,
)
_ALIAS = re.compile(
    r"(?:expanded from|generated from|originally|forwarded (?:from|for)|alias(?:ed)? (?:from|of)|orig(?:inal)?[_ ]to)\W{0,6}(?:rfc822;)?[<( ]{0,3}$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"[>\s]{0,6}\(?(?:ultimately )?(?:expanded|generated|forwarded|originally) from:?\s{0,6}<?([^\s<>()]{3,300})",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?:postmaster|mailer-daemon|abuse|support|helpdesk|hostmaster|noc|webmaster|administrator|no-?reply)@",
    re.IGNORECASE,
)
_SAID = re.compile(r"\b[245]\d\d[ -]|[245]\.\d\.\d|said:|error|reason|rcpt|smtp|grund|motivo|raison", re.IGNORECASE)
_TALK = re.compile(
    r"^\s*(?:<<<|>>>|\.\.\.)|\bsaid:|remote (?:host|server) said|(?<![\d.])[45]\d\d[ -](?:#?[45]\.\d\.\d|\w)|\b[45]\.\d\.\d{1,3}\b|#[45]\d\d|error type:|reason:|diagnostic|grund:|fehler:",
    re.IGNORECASE,
)


def recipients(top: Message, report: Report) -> list[str]:
    """List the addresses that a report without fields names as failed, most likely first; empty where it names none."""
    named = [
        address
        for value in values(top, "x-failed-recipients")
        for piece in value.split(",")[:50]
        if (address := plain_address(piece))
    ]
    scores = _scores(top, report)
    returned = report.returned_to
    if named:
        best = sorted(dict.fromkeys(named), key=lambda address: -scores.get(address, 0))
        aliases = [address for address, score in scores.items() if score >= 12 and address not in best]
        return [*aliases, *best]
    found = [address for address in sorted(scores, key=lambda address: -scores[address]) if scores[address] > 0]
    if not found:
        ours = set(report.returned_from) | set(_of(top, "to"))
        return [address for address in returned if address not in ours][:1] or returned[:1]
    enough = max(3, scores[found[0]] - 4)
    return [address for address in found if address == found[0] or scores[address] >= enough][:20]


def alias_of(report: Report, recipient: str | None) -> str | None:
    """Give the address that we wrote to, where the words say that this recipient only stands behind it."""
    if recipient is None:
        return None
    place = report.words.lower().find(recipient.lower())
    behind = _BEHIND.match(report.words, place + len(recipient)) if place >= 0 else None
    return plain_address(behind[1]) if behind else None


def _scores(top: Message, report: Report) -> dict[str, int]:
    ours = set(_of(top, "to")) | set(report.returned_from)
    theirs = set(_of(top, "from")) | set(_of(top, "reply-to"))
    returned, voices = set(report.returned_to), set(detectors(top, report))
    lines = report.words.split("\n")[:MAX_LINES]
    scores: dict[str, int] = {}
    for number, line in enumerate(lines):
        for match in ADDRESS.finditer(line):
            address = plain_address(match[0])
            if address:
                follows = " ".join(lines[number : number + 3])
                score = _around(line, match, follows) - min(number // 20, 3)
                scores[address] = max(scores.get(address, -99), score)
    for address in voices - set(scores):
        scores[address] = 0
    for address in scores:
        scores[address] += 4 * (address in voices) + 4 * (address in returned)
        scores[address] -= 8 * (address in theirs and address not in returned) + 6 * (
            address in ours and address not in returned
        )
        scores[address] -= 4 * bool(_ROLE.match(address) and address not in returned)
    return scores


def _of(top: Message, name: str) -> list[str]:
    return [
        address for value in values(top, name) for piece in value.split(",")[:20] if (address := plain_address(piece))
    ]


def _around(line: str, match: re.Match[str], follows: str) -> int:
    """Weigh the words around an address: alone on its line, after a label, before a reason."""
    before = line[max(0, match.start() - 120) : match.start()]
    after = line[match.end() : match.end() + 60]
    bare = before.strip(" \t<>\"'([*-•·|0123456789.") == ""
    score = 1
    if _ALIAS.search(before):
        return 12
    if bare and after.strip(" \t<>\"')],;:.*|") == "":
        score += 4
    elif bare and re.match(r"[>\"')\]]{0,3}\s{0,3}(?:[:;(,]|\.\.\.|-| on | - |\s)", after):
        score += 3
    elif _LABEL.search(before):
        score += 4
    elif before.rstrip().endswith(("<", "[", "smtp:", "SMTP=", "SMTP:", "=")):
        score += 1
    if _INSTEAD.search(before):
        return -5
    if _AGAINST.search(before) and not bare:
        score -= 5
    if _SAID.search(follows):
        score += 1
    return score


def detectors(top: Message, report: Report) -> list[str]:
    """Ask flufl.bounce, on a small plain copy of the mail."""
    from flufl.bounce import all_failures

    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)  # it logs what it met, which is the sender's text
    try:
        soft, hard = all_failures(_small_copy(top, report))
    except Exception:  # heuristics over foreign text
        return []
    found = (plain_address(address.decode("ascii", "replace")) for address in sorted(hard or soft)[:20])
    return [address for address in found if address]


def _small_copy(top: Message, report: Report) -> Message:
    """Build what flufl.bounce may see: its patterns are not linear, so lines are few, short, and hold few addresses."""
    lines = [line[:_FLUFL_WIDTH] for line in report.words.split("\n")[:_FLUFL_LINES] if line.count("@") <= _FLUFL_ATS]
    text = Message()
    text["Content-Type"] = "text/plain"
    text["Content-Description"] = "notification"
    text.set_payload("\n".join([*lines, "", *report.copy.split("\n")[:1]]).encode("ascii", "replace").decode("ascii"))
    small = Message() if top.is_multipart() else text
    for name in ("from", "subject", "x-mailer"):
        value = text_of(first(top, name))[:300]
        if value:
            small[name] = value.encode("ascii", "replace").decode("ascii")
    if top.is_multipart():
        rest = Message()
        rest.set_payload("")
        small["Content-Type"] = top.get_content_type()
        small.set_payload([text, rest])
    return small


def diagnostic(report: Report, recipient: str | None) -> str:
    """Give what the report says of this recipient: the lines after its address, else those that look like a server's answer."""
    if recipient and (block := said_of(report, recipient)):
        return block
    lines = report.words.split("\n")[:MAX_LINES]
    talk = [_with_next(lines, number) for number, line in enumerate(lines) if _TALK.search(line)]
    if talk:
        return " ".join(dict.fromkeys(talk))[:MAX_DIAGNOSTIC]
    telling = [line.strip() for line in lines if line.strip() and speaks(line)]
    return " ".join(telling[:3])[:MAX_DIAGNOSTIC]


def said_of(report: Report, recipient: str) -> str:
    """Give the lines at this recipient's address that name a reason, empty where there are none."""
    lines, wanted = report.words.split("\n")[:MAX_LINES], recipient.lower()
    places = [number for number, line in enumerate(lines) if wanted in line.lower()]
    spoken = [block for place in places[:6] if speaks(block := _block(lines, place))]
    return next(iter(sorted(spoken, key=lambda block: not has_code(block))), "")[:MAX_DIAGNOSTIC]


def _with_next(lines: list[str], number: int) -> str:
    """Give a line; where it is only a label ("Reason:"), the one that follows it too."""
    line = lines[number].strip()
    if not line.endswith(":"):
        return line
    return f"{line} {next((later.strip() for later in lines[number + 1 : number + 4] if later.strip()), '')}"


def _block(lines: list[str], place: int) -> str:
    """Join the line and those that follow it; one blank line is passed over where nothing was said yet."""
    taken = [lines[place].strip()]
    for line in lines[place + 1 : place + 14]:
        if not line.strip():
            if speaks(re.sub(ADDRESS, " ", " ".join(taken))) or len(taken) > 4:
                break
            continue
        if ADDRESS.match(line.strip(" <")) and len(taken) > 1:
            break
        taken.append(line.strip())
    return " ".join(taken)
