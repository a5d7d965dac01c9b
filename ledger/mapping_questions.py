"""What a person must settle before a file is imported, each with what to type; and what is taken where a column is missing."""

from __future__ import annotations

from ledger import mapping_dates
from ledger.mapping_fields import NEEDED, Kind
from ledger.mapping_guessed import SURE, Guess, Said
from ledger.mapping_lines import alone, is_bucket
from ledger.mapping_names import currency_in


def ask(found: Guess, said: Said) -> None:
    """Fill in what is missing, what is to be asked and what stands for a column that is not there."""
    taken = {column.name for column in found.columns if column.name} | set(said.columns)
    for column in found.columns:
        if column.name is None and column.why.startswith("reads like"):
            ours = column.why.split()[3].rstrip(",")
            found.questions.append(
                f"{column.heading!r} {column.why}. Say --column {ours}={quoted(column.heading)}, or "
                f"--column ignore={quoted(column.heading)}"
            )
        if column.name and column.sure < SURE:
            found.questions.append(
                f"is {column.heading!r} the {column.name}? ({column.why}) Say --column {column.name}={quoted(column.heading)}, "
                f"or name another column"
            )
        if column.dates:
            for ways, example in column.dates.open.values():
                shape = mapping_dates.seen(example)
                names = [mapping_dates.name(shape[0], way) for way in ways] if shape else []
                found.questions.append(
                    f"{column.heading!r}: {example} could be {' or '.join(names)}, and no row says which. Say --date-format {names[0]}"
                )
            for shape_mixed in column.dates.mixed:
                names = [mapping_dates.name(shape_mixed, way) for way in mapping_dates.orders_of(shape_mixed)[:2]]
                found.defaulted.append(
                    f"{column.heading!r} holds both {' and '.join(names)}: only days that can be read in one way are taken"
                )
        if column.numbers and column.numbers.open and not column.numbers.mixed:
            found.questions.append(
                f"{column.heading!r}: {column.numbers.open} could be thousands or decimals, and no row says which. "
                "Say --numbers 1.234,56 or --numbers 1,234.56"
            )
    _missing(found, taken)
    _aside(found, taken)


def _aside(found: Guess, taken: set[str]) -> None:
    """Tell what is left out of addresses and numbers, as something beside it is missing."""
    if {"postcode", "city", "address_2", "house_number"} & taken and not {"street", "address"} & taken:
        found.defaulted.append("address of customers: none, as no column is the street")
    if {"phone", "mobile"} & taken and "email" not in taken:
        found.defaulted.append("phone: none, as no column is the email of the person")
    elif {"phone", "mobile"} & taken and "country" not in taken and not found.defaults.country:
        found.defaulted.append("phone: only numbers with their country code, or say --country DE")


def _missing(found: Guess, taken: set[str]) -> None:
    if "invoice_number" not in taken and sum(is_bucket(column.heading) for column in found.columns) > 1:
        found.missing.append(
            "this is a list of sums by age, a row a customer: export its detail, with a row for each invoice, its number and dates"
        )
        return
    for group in NEEDED[found.kind]:
        if not any(name in taken for name in group):
            more = ""
            if "customer_id" in group and any(alone(cells) is not None for _, cells in found.sheet.rows):
                more = "; names in lines of their own are not read: export the list with a column for the customer"
            if "balance" in group:
                more = "; where every row is open in full, give it the heading of the amount"
            found.missing.append(f"no column is {' or '.join(group)}: say --column {group[0]}=HEADING{more}")
    if found.kind is Kind.INVOICES:
        both = {"issue_date", "due_date"} <= taken
        if not both and "terms" not in taken and found.defaults.terms is None and {"issue_date", "due_date"} & taken:
            lacking = "due_date" if "due_date" not in taken else "issue_date"
            found.missing.append(
                f"no column is {lacking}: say --column {lacking}=HEADING, or --terms DAYS from issue to due"
            )
        if "amount" not in taken:
            found.defaulted.append("amount: the balance, for invoices that are new")
    _defaults(found, taken)


def _defaults(found: Guess, taken: set[str]) -> None:
    values = found.defaults
    coded = any(c.numbers and c.numbers.currencies for c in found.columns) or any(
        currency_in(c.heading) for c in found.columns if c.numbers
    )
    if found.kind is not Kind.CONTACTS and "currency" not in taken and not coded:
        if values.currency:
            found.defaulted.append(f"currency: {values.currency}")
        else:
            found.missing.append("no column is currency: say --currency EUR")
    new = found.kind is Kind.CUSTOMERS or (found.kind is Kind.INVOICES and "customer_name" in taken)
    if not new:
        return
    for name, value in (("language", values.language), ("timezone", values.timezone)):
        if name not in taken:
            told = f"{name} of new customers: {value}" if value else ""
            if told:
                found.defaulted.append(told)
            else:
                example = {"language": "en", "timezone": "Europe/London"}[name]
                found.missing.append(f"no column is {name}, which new customers need: say --{name} {example}")
    for name, value in (("tier", values.tier), ("owner", values.owner or "nobody")):
        if name not in taken:
            found.defaulted.append(f"{name} of new customers: {value}")


def quoted(heading: str) -> str:
    """Write a heading as a shell takes it."""
    return heading if heading.replace("_", "").isalnum() else '"' + heading.replace('"', '\\"') + '"'
