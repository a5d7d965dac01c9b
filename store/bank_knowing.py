"""Recognises lines that another file brought already, written otherwise: one account's days as CAMT.053, MT940 and CSV.

What is certainly the same is known, as often as it is there. What may be the same is kept aside and shown beside the line that it may
be: it counts for nothing until a person says. Nothing is dropped that is not certainly the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from store import audit
from store.bank_tables import BankAccountStatement, BankLine
from store.bank_words import BankFault, LineState, ReadLine, ReadStatement

#: What banks write where a payer gave no reference.
_NO_REFERENCE = frozenset({"", "notprovided", "nonref", "notavailable", "none", "nichtangegeben"})
#: A text that stands within another one is the same from this length on, and with so many digits: numbers tell payments apart.
_WITHIN, _WITHIN_OF_PAYER, _DIGITS = 12, 6, 4
#: Marks of fields that some banks leave in the words, and others take out.
_MARKS = re.compile(
    r"\b(?:EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|PURP|IBAN|BIC)\+|/(?:REMI|EREF|TRTP|NAME|IBAN|BIC|CSID|MARF)/"
)
_Group = tuple[date, Decimal, str, bool]


@dataclass(frozen=True, slots=True)
class Recognised:
    """Of new lines by their place: which are known, and which may be, with the line that each may be."""

    known: Mapping[int, int]
    doubtful: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _There:
    """A line that is there, with the words of those that a person called the same."""

    row: BankLine
    faces: tuple[BankLine, ...]
    whole: bool


def recognise(session: Session, read: ReadStatement, fresh: Sequence[ReadLine], *, keys: Collection[str]) -> Recognised:
    """Compare new lines of a statement with those that files of another format brought. `keys`: of all lines of this one."""
    there = _there(session, read, fresh, keys=keys)
    known: dict[int, int] = {}
    doubtful: dict[int, int] = {}
    groups: dict[_Group, list[int]] = defaultdict(list)
    for place, line in enumerate(fresh):
        groups[_group(line)].append(place)
    left: dict[_Group, list[_There]] = {}
    for group, places in groups.items():
        known |= _paired(fresh, places, there.get(group, ()))
        taken = set(known.values())
        left[group] = [each for each in there.get(group, ()) if each.row.id not in taken]
    for day in {line.booked_on for line in fresh}:
        known |= _same_day(read, fresh, day, there, known)
    taken = set(known.values())
    for group, places in groups.items():
        others = [each for each in left[group] if each.row.id not in taken]
        for place in (p for p in places if p not in known):
            maybe = next((each for each in others if not _contradict(fresh[place], each)), None)
            if maybe is not None:
                doubtful[place] = maybe.row.id or 0
    doubtful |= _batches(fresh, there, known=known, doubtful=doubtful)
    return Recognised(known, doubtful)


def _there(
    session: Session, read: ReadStatement, fresh: Sequence[ReadLine], *, keys: Collection[str]
) -> dict[_Group, list[_There]]:
    """Give the lines of these days that files of another format brought; tables of a bank's website may be written anew each time."""
    days = sorted({line.booked_on for line in fresh})
    rows = session.exec(
        select(BankLine, BankAccountStatement)
        .join(BankAccountStatement, col(BankAccountStatement.id) == BankLine.bank_statement_id)
        .where(BankLine.account == read.account, BankLine.booked_on >= days[0], BankLine.booked_on <= days[-1])
        .order_by(col(BankLine.id))
    ).all()
    faces: dict[int, list[BankLine]] = defaultdict(list)
    for row, _ in rows:
        if row.same_as is not None and row.state == LineState.DISMISSED:
            faces[row.same_as].append(row)
    found: dict[_Group, list[_There]] = defaultdict(list)
    for row, statement in rows:
        other = statement.form != read.form or statement.form == "csv"
        alike = row.same_as is not None and row.state in (LineState.DISMISSED, LineState.MAYBE_KNOWN)
        if row.key not in keys and other and not alike:
            whole = statement.opening is not None and statement.closing is not None
            found[_group(row)].append(_There(row, (row, *faces[row.id or 0]), whole))
    return found


def _group(line: ReadLine | BankLine) -> _Group:
    return line.booked_on, line.amount, line.currency, line.reversal


def _paired(fresh: Sequence[ReadLine], places: Sequence[int], there: Sequence[_There]) -> dict[int, int]:
    """Pair as many lines as certainly are the same, each with one: augmenting paths, as the lines of a day and amount are few."""
    holder: dict[int, int] = {}

    def placed(place: int, tried: set[int]) -> bool:
        for at, each in enumerate(there):
            if at in tried or not _same(fresh[place], each):
                continue
            tried.add(at)
            if at not in holder or placed(holder[at], tried):
                holder[at] = place
                return True
        return False

    for place in places:
        placed(place, set())
    return {place: there[at].row.id or 0 for at, place in holder.items()}


def _same(line: ReadLine, there: _There) -> bool:
    return any(_certainly(line, face) for face in there.faces) and not _contradict(line, there)


def _certainly(line: ReadLine, row: BankLine) -> bool:
    """Say whether a reference, or the words with the payer, are the same."""
    for one, other in (
        (line.end_to_end, row.end_to_end),
        (line.bank_reference, row.bank_reference),
        (line.structured, row.structured),
    ):
        if _plain(one) not in _NO_REFERENCE and _plain(one) == _plain(other):
            return True
    words, others = _plain(_MARKS.sub(" ", line.remittance)), _plain(_MARKS.sub(" ", row.remittance))
    short, long = sorted((words, others), key=len)
    same_payer, telling = _same_payer(line, row), sum(c.isdigit() for c in short) >= _DIGITS
    if not same_payer and line.payer_name and row.payer_name:
        return False
    if words and words == others:
        return same_payer or telling
    return telling and len(short) >= (_WITHIN_OF_PAYER if same_payer else _WITHIN) and short in long


def _same_payer(line: ReadLine, row: BankLine) -> bool:
    if line.payer_iban and _plain(line.payer_iban) == _plain(row.payer_iban):
        return True
    short, long = sorted((_plain(line.payer_name), _plain(row.payer_name)), key=len)
    return len(short) >= _WITHIN_OF_PAYER and long.startswith(short)


def _contradict(line: ReadLine, there: _There) -> bool:
    """Say whether a line certainly is another one: another reference of the payer, or another account."""
    row = there.row
    one, other = _plain(line.end_to_end), _plain(row.end_to_end)
    if one not in _NO_REFERENCE and other not in _NO_REFERENCE and not (one.startswith(other) or other.startswith(one)):
        return True
    return bool(line.payer_iban and row.payer_iban and _plain(line.payer_iban) != _plain(row.payer_iban))


def _plain(text: str) -> str:
    return "".join(re.findall(r"[^\W_]+", text.casefold()))


def _same_day(
    read: ReadStatement,
    fresh: Sequence[ReadLine],
    day: date,
    there: Mapping[_Group, Sequence[_There]],
    known: Mapping[int, int],
) -> dict[int, int]:
    """Recognise a whole day by its amounts, where two statements with balances both have it: each lists all of a day.

    Several amounts, all of them the same and as often: one alone might be chance.
    """
    if read.opening is None or read.closing is None:
        return {}
    mine = [place for place, line in enumerate(fresh) if line.booked_on == day]
    own = Counter(_group(fresh[place]) for place in mine)
    theirs = [each for group, some in there.items() if group[0] == day for each in some]
    if len(own) < 2 or not all(each.whole for each in theirs) or own != Counter(_group(each.row) for each in theirs):
        return {}
    found: dict[int, int] = {}
    gone = set(known.values())
    for place in (p for p in mine if p not in known):
        rest = [e for e in theirs if e.row.id not in gone and _group(e.row) == _group(fresh[place])]
        other = next((e for e in rest if not _contradict(fresh[place], e)), None)
        if other is None:
            return {}
        found[place] = other.row.id or 0
        gone.add(found[place])
    return found


def _batches(
    fresh: Sequence[ReadLine],
    there: Mapping[_Group, Sequence[_There]],
    *,
    known: Mapping[int, int],
    doubtful: Mapping[int, int],
) -> dict[int, int]:
    """Doubt what is left of a day where its sum is the sum of what is left there: one file spells a batch out that another has as one."""
    taken = {*known.values(), *doubtful.values()}
    mine: dict[tuple[date, str, bool], list[int]] = defaultdict(list)
    theirs: dict[tuple[date, str, bool], list[BankLine]] = defaultdict(list)
    for place, line in enumerate(fresh):
        if place not in known and place not in doubtful:
            mine[line.booked_on, line.currency, line.amount > 0].append(place)
    for each in (e for some in there.values() for e in some if e.row.id not in taken):
        theirs[each.row.booked_on, each.row.currency, each.row.amount > 0].append(each.row)
    found: dict[int, int] = {}
    for group, places in mine.items():
        rows = theirs.get(group, [])
        if rows and len(rows) != len(places) and _sum(fresh[p].amount for p in places) == _sum(r.amount for r in rows):
            found.update(dict.fromkeys(places, rows[0].id or 0))
    return found


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def say_known(session: Session, line: BankLine, *, known: bool, actor: str, now: datetime) -> None:
    """Take a person's word whether a line is the one that it may be. Raises BankFault where nobody asks."""
    if line.state != LineState.MAYBE_KNOWN:
        raise BankFault(f"line {line.id} is {line.state}: nobody asks whether it is known")
    if known:
        line.state, line.explanation = LineState.DISMISSED, f"the same as line {line.same_as}, in another file"
    else:
        came = line.amount > 0 and not line.reversal
        line.state, line.same_as, line.explanation = (LineState.OPEN if came else LineState.OUTGOING), None, ""
    line.decided_by, line.decided_at = (actor, now) if known else (None, None)
    session.add(line)
    session.flush()
    payload = {"same": known}
    audit.append(session, at=now, actor=actor, event="bank.answered", subject=f"bank_line:{line.id}", payload=payload)
