"""Documents of ours that customers ask for: keep one, list them, take one out of use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.options import DEFAULT, ConfigPath
from agent.cli.output import CommandFailed, print_json, say

app = typer.Typer(no_args_is_help=True, help="Documents that answers may carry: W-9, proofs of delivery, forms.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    kind: Annotated[
        str, typer.Argument(help="w9, vendor_form, contract, bank_letter (never sent by dunwell), proof_of_delivery.")
    ],
    file: Annotated[Path, typer.Argument(help="A PDF of at most 3 MB.")],
    invoice: Annotated[
        str | None,
        typer.Option(
            "--invoice", help="The invoice that it belongs to; without one any customer may be sent the document."
        ),
    ] = None,
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Keep a document; the one of the same kind (and invoice) that was in force is withdrawn."""
    from agent.cli.home import actor, open_home
    from store.documents import KEPT, NotKept, add_document
    from store.engine import unit_of_work
    from store.vocabulary import DocumentKind

    chosen = next((k for k in DocumentKind if k == kind), None)
    if chosen is None:
        raise CommandFailed(f"{kind}: is no kind of document: use one of {', '.join(sorted(KEPT))}", code=2)
    content = _read(file)
    home = open_home(config)
    try:
        with unit_of_work(home.engine) as session:
            row, new = add_document(
                session,
                content,
                kind=chosen,
                filename=file.name,
                invoice_number=invoice,
                actor=actor(),
                now=home.clock(),
            )
            told = {"id": row.id, "kind": kind, "invoice": invoice, "sha256": row.document_sha256, "new": new}
    except NotKept as error:
        raise CommandFailed(f"{file.name}: {error}", code=2) from None
    if json:
        print_json(told)
        return
    of = f" of {invoice}" if invoice else ""
    say(f"document {told['id']}: {kind}{of} is kept" if new else f"document {told['id']}: was kept already")


@app.command("list")
def list_(
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Also those that were in force before.")] = False,
) -> None:
    """List the documents in force."""
    from agent.cli.home import open_home
    from store.documents import kept_documents
    from store.engine import unit_of_work

    with unit_of_work(open_home(config).engine) as session:
        found = kept_documents(session, withdrawn=withdrawn)
    if json:
        print_json([_as_json(document) for document in found])
        return
    for d in found:
        of = f" of {d.invoice_number}" if d.invoice_number else ""
        gone = f"  withdrawn {d.withdrawn_at:%Y-%m-%d}" if d.withdrawn_at else ""
        say(f"{d.id}  {d.kind.value}{of}  {d.filename}  {d.size} bytes  {d.added_at:%Y-%m-%d} by {d.added_by}{gone}")
    if not found:
        say("no document is kept: add one with `dunwell documents add`")


@app.command()
def withdraw(
    number: Annotated[int, typer.Argument(help="The document's number, as `dunwell documents list` shows it.")],
    config: ConfigPath = DEFAULT,
    json: AsJson = False,
) -> None:
    """Take a document out of use: no answer carries it any more. Answers that wait with it are made anew."""
    from agent.cli.home import actor, open_home
    from store.documents import NotKept, withdraw_document
    from store.engine import unit_of_work

    home = open_home(config)
    try:
        with unit_of_work(home.engine) as session:
            kind = withdraw_document(session, number, actor=actor(), now=home.clock()).kind
    except NotKept as error:
        raise CommandFailed(f"{error}: see `dunwell documents list`", code=2) from None
    if json:
        print_json({"id": number, "withdrawn": True})
        return
    say(f"document {number}: {kind} is withdrawn")


def _read(file: Path) -> bytes:
    from store.documents import MAX_DOCUMENT

    try:
        if not file.is_file():
            raise CommandFailed(f"{file} is no file", code=2)
        with file.open("rb") as opened:
            return opened.read(MAX_DOCUMENT + 1)
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}", code=2) from None


def _as_json(document: Any) -> dict[str, Any]:
    return {
        "id": document.id,
        "kind": document.kind.value,
        "invoice": document.invoice_number,
        "filename": document.filename,
        "sha256": document.sha256,
        "bytes": document.size,
        "added_by": document.added_by,
        "added_at": document.added_at.isoformat(),
        "withdrawn_at": document.withdrawn_at.isoformat() if document.withdrawn_at else None,
    }
