"""Brings files of the bank and of customers in for the command line: each whole, or not at all, with one clear line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

from agent.bank_advising import numbers_of
from agent.banking import BankImport, rematch, take_statements
from agent.cli.home import actor, open_home
from agent.cli.output import CommandFailed, print_json, say
from agent.installation import Installation
from ledger.bank import advice as advices
from ledger.bank.csv_statement import CsvForm
from ledger.bank.reading import MAX_BYTES, of_ours, read_statements
from mail.sandbox import Parser
from store.bank_advices import take_advice
from store.bank_words import BankFault
from store.engine import unit_of_work


def csv_form(
    *, account: str, columns: str, delimiter: str, decimal: str, date_format: str, encoding: str, currency: str
) -> CsvForm | None:
    """Read how a table is laid out; None where nothing is said of it."""
    pairs = [pair.partition("=") for pair in columns.split(",") if pair.strip()]
    if any(not mark or not name.strip() for _, mark, name in pairs):
        raise CommandFailed("--columns: write what=column, such as booked=Datum,amount=Betrag", code=2)
    if decimal not in ("", ",", "."):
        raise CommandFailed('--decimal: is "," or "."', code=2)
    mark = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
    if len(mark) > 1:
        raise CommandFailed("--delimiter: is one character, or tab", code=2)
    form = CsvForm(
        columns={what.strip(): name.strip() for what, _, name in pairs},
        delimiter=mark,
        decimal=decimal,
        date_format=date_format,
        encoding=encoding,
        account=account,
        currency=currency.upper(),
    )
    return form if form != CsvForm() else None


def import_files(files: Sequence[Path], *, form: CsvForm | None, anew: bool, config: Path, as_json: bool) -> None:
    """Import files, one transaction each, oldest days first; what the others came to stands where one is refused."""
    home = open_home(config)
    told, refused = {}, []
    for file in files:
        try:
            told[file.name] = _imported(home, file, form=form, anew=anew)
        except BankFault as fault:
            refused.append(str(fault))
    if as_json:
        print_json({"files": {name: _as_json(done) for name, done in told.items()}, "refused": refused})
    else:
        for name, done in told.items():
            _say(name, done)
    if refused:
        raise CommandFailed(
            "\n".join(
                (*refused, "nothing of it was imported" if len(refused) == 1 else "nothing of these was imported")
            ),
            code=2,
        )


def _imported(home: Installation, file: Path, *, form: CsvForm | None, anew: bool) -> BankImport:
    content = _content(file, MAX_BYTES)
    own = home.settings.bank.accounts
    read = read_statements(content, name=file.name, form=form)
    if form is not None and form.account:
        read = [replace(s, account=form.account) for s in read]
    read = of_ours(read, accounts=own, name=file.name)
    try:
        with unit_of_work(home.engine) as session:
            cash = home.settings.policy.cash
            return take_statements(session, read, cash=cash, actor=actor(), now=home.clock(), anew=anew)
    except BankFault as fault:
        raise BankFault(f"{file.name}: {fault}") from None


def _content(file: Path, most: int) -> bytes:
    if not file.is_file():
        raise BankFault(f"{file.name}: is no file")
    if file.stat().st_size > most:
        raise BankFault(f"{file.name}: is larger than {most // 1_000_000} MB")
    return file.read_bytes()


def _say(name: str, done: BankImport) -> None:
    for taken in done.taken:
        if taken.again:
            say(f"{name}: this statement was imported before ({taken.known} lines): nothing is new")
        else:
            known = f", {taken.known} were known" if taken.known else ""
            known += f" ({taken.recognised} of them from a file of another format)" if taken.recognised else ""
            say(f"{name}: {taken.new} new lines{known}")
            if taken.doubtful:
                say(
                    f"{name}: {taken.doubtful} of the new ones may be known from another file: look at them with "
                    "dunwell bank lines --state maybe_known, and say with dunwell bank answer"
                )
    matched = done.matched
    counted = ", ".join(f"{count} {state}" for state, count in sorted(matched.states.items())) or "none"
    say(
        f"now: {matched.booked} found booked by the ERP, {matched.reversed} taken back by the bank; waiting for you: {counted}"
    )
    for told in done.gaps:
        say(f"note: {told}")


def _as_json(done: BankImport) -> dict[str, object]:
    return {
        "statements": [
            {
                "id": t.statement_id,
                "new": t.new,
                "known": t.known,
                "recognised": t.recognised,
                "doubtful": t.doubtful,
                "again": t.again,
            }
            for t in done.taken
        ],
        "gaps": list(done.gaps),
        "booked": done.matched.booked,
        "reversed": done.matched.reversed,
        "states": dict(done.matched.states),
    }


def import_advice(file: Path, *, config: Path, as_json: bool) -> None:
    """Import one remittance advice."""
    home = open_home(config)
    try:
        words = _words(file)
        with unit_of_work(home.engine) as session:
            read = advices.read_advice(words, name=file.name, known=numbers_of(session))
            row = take_advice(
                session,
                read.parts,
                total=read.total,
                currency=read.currency,
                reference=read.reference,
                digest=read.digest,
                actor=actor(),
                now=home.clock(),
            )
            rematch(session, cash=home.settings.policy.cash, now=home.clock())
            told = {
                "new": row is not None,
                "invoices": len(read.parts),
                "total": f"{read.total:.2f}",
                "reference": read.reference,
            }
    except BankFault as fault:
        text = str(fault)
        raise CommandFailed(text if text.startswith(file.name) else f"{file.name}: {text}", code=2) from None
    if as_json:
        print_json(told)
    elif told["new"]:
        say(f"{file.name}: {told['invoices']} invoices, {told['total']} in all")
    else:
        say(f"{file.name}: was imported before")


def _words(file: Path) -> str:
    """Give the words of an advice; a PDF is opened in the parser's sandbox alone, as one that came with a mail."""
    content = _content(file, advices.MAX_BYTES)
    if not content.startswith(b"%PDF"):
        for encoding in ("utf-8-sig", "cp1252", "latin-1"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    carrier = EmailMessage()
    carrier.set_content("advice")
    carrier.add_attachment(content, maintype="application", subtype="pdf", filename="advice.pdf")
    with Parser() as parser:
        from store.clock import system_clock

        read = parser.parse(carrier.as_bytes(), received_at=system_clock())
    (found,) = read.attachments or (None,)
    if found is None or not found.text:
        raise BankFault(
            f"{file.name}: {found.note if found is not None and found.note else 'no words could be read of it'}"
        )
    return found.text
