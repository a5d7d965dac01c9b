"""Puts faults of the surroundings into one plain line: a database, a folder, a file that cannot be used.

Never shows a statement, its parameters or a traceback: they may hold mail text, and help nobody who runs the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from agent.cli.output import CommandFailed
from store.migrated import NewerDatabase


def told(error: BaseException) -> str:
    """Give what an error says about its cause, in one line."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, SQLAlchemyError):
        # Its text goes on with the statement and a web address.
        return str(cause).partition("\n")[0]
    return " ".join(str(cause).split()) or type(cause).__name__


@contextmanager
def database_opened() -> Iterator[None]:
    """Turn what goes wrong while the database is opened into a line that names the setting."""
    advice = "check store.url, or the environment variable DUNWELL_DATABASE_URL"
    try:
        yield
    except NewerDatabase as newer:
        raise CommandFailed(f"store.url: {newer}") from None
    except (SQLAlchemyError, CommandError, OSError) as error:
        raise CommandFailed(f"store.url: the database cannot be opened: {told(error)}: {advice}") from None
    except (ValueError, TypeError):
        # From the address itself, a part of which the text quotes: it could be a piece of a password.
        raise CommandFailed(f"store.url: is not an address of a database, or holds a wrong option: {advice}") from None


@contextmanager
def data_folder_used(folder: Path) -> Iterator[None]:
    """Turn what goes wrong with the data directory or the key in it into a line that names it."""
    try:
        yield
    except OSError as error:
        raise CommandFailed(
            f"data_dir: {folder} cannot be used: {told(error)}: name a folder that dunwell may write to"
        ) from None
    except ValueError as error:
        raise CommandFailed(f"data_dir: {error}") from None
