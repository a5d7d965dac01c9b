"""Sets the conversation of a claim in order of time: mails, letters that were posted, calls with what came of them, texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from prompts.sheet import Sheet, words
from prompts.wording import long_date
from store.company import CompanyProfile
from store.facts import CaseFacts
from store.last_resort_thread import PacketMail
from store.outreach_words import Channel

#: So many letters of a mail stand in the PDF; all of it lies beside, as text and as it came.
_LONGEST = 4000


class Conversed(Protocol):
    """What was said on an account, and who says it again."""

    @property
    def facts(self) -> CaseFacts:
        """The account."""

    @property
    def company(self) -> CompanyProfile:
        """Who we are."""

    @property
    def mails(self) -> Sequence[PacketMail]:
        """All that was written and said, oldest first."""


def conversation(sheet: Sheet, file: Conversed, w: Mapping[str, str]) -> None:
    """Set all that was written and said, the oldest first."""
    begin = sheet.mark()
    sheet.gap(10)
    sheet.say(w["conversation"], size=11, bold=True, after=4)
    for place, mail in enumerate(file.mails, start=1):
        whom = w["from_us" if mail.ours else "from_them"].format(who=mail.who)
        sheet.say(f"{place}. {moment_words(file, mail)}, {whom}", bold=True, after=1)
        sheet.say(heading_of(mail, file), soft=True, after=2)
        if place == 1:
            sheet.keep_together(begin)
        for line in _lines(mail.text, w):
            sheet.say(line, size=8, after=1)
        sheet.gap(6)
    if not file.mails:
        sheet.say(w["no_mail"])


def heading_of(mail: PacketMail, file: Conversed) -> str:
    """Say what it was: the subject of a mail, else how it went and what came of it."""
    language = file.company.language
    w = words(language, "claim")
    match mail.way:
        case Channel.LETTER:
            day = mail.day or _local(file, mail.at).date()
            return w["letter_posted"].format(date=long_date(day, language=language))
        case Channel.CALL:
            return w["call_made"].format(outcome=w[f"call_{mail.outcome}"])
        case Channel.SMS:
            return w["text_sent"]
        case Channel.MAIL:
            return mail.subject


def moment_words(file: Conversed, mail: PacketMail) -> str:
    """Write when it was where the customer is; of a letter only the day of posting is known, and that in no zone."""
    if mail.day is not None:
        return long_date(mail.day, language=file.company.language)
    local = _local(file, mail.at)
    return f"{long_date(local.date(), language=file.company.language)}, {local:%H:%M}"


def shortened(text: str) -> str:
    """Give as much of a text as stands in the PDF."""
    return text[:_LONGEST]


def _local(file: Conversed, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(file.facts.customer.timezone) if file.facts.customer else ZoneInfo("UTC"))


def _lines(text: str, w: Mapping[str, str]) -> Iterable[str]:
    for line in shortened(text).splitlines():
        if line.strip():
            yield line.strip()
    if len(text) > _LONGEST:
        yield w["cut"]
