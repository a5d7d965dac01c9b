"""Parses the next mails while the last are recorded, so that neither the parser's process nor the database waits for the other.

One batch ahead and no more: what is held in memory is the batch in the caller's hands and the one after it. Nothing here records
or marks anything: what was parsed and not taken is read again. Batches come in the order in which they were fetched, and each
failure at the place where it would have come.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError, Future

from mail.mailbox import RawMail
from store.inbound import InboundEmail

Parse = Callable[[RawMail], InboundEmail]
Parsed = list[tuple[RawMail, InboundEmail]]


def parsed_ahead(batches: Iterator[Sequence[RawMail]], parse: Parse) -> Generator[Parsed]:
    """Give each batch parsed, in order; `batches` is asked in the caller's thread, `parse` in another one.

    Close it when it is not read to the end: the mail that is being parsed is waited for, the others are let go. What `batches`
    or `parse` raises is raised after all that came before it was given.
    """
    with _Thread(parse) as thread:
        waiting: Future[Parsed] | None = None
        failure: Exception | None = None
        while failure is None:
            try:
                batch = next(batches, None)
            except Exception as error:
                batch, failure = None, error
            begun = thread.begin(batch) if batch is not None else None
            if waiting is not None:
                yield waiting.result()
            if begun is None:
                break
            waiting = begun
        if failure is not None:
            raise failure


class _Thread:
    """Parses batches one after the other in a thread that keeps no process from its end."""

    def __init__(self, parse: Parse) -> None:
        self._parse = parse
        self._batches = queue.SimpleQueue[tuple[Sequence[RawMail], Future[Parsed]] | None]()
        self._left = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> _Thread:
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._batches.put(None)
        if self._thread is not None:
            self._thread.join()

    def begin(self, batch: Sequence[RawMail]) -> Future[Parsed]:
        """Have a batch parsed after those that were begun before it."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name=f"{threading.current_thread().name}-ahead", daemon=True
            )
            self._thread.start()
        parsed = Future[Parsed]()
        self._batches.put((batch, parsed))
        return parsed

    def _run(self) -> None:
        while self._next():
            pass

    def _next(self) -> bool:
        """Parse one batch, and keep nothing of it; False when there will be no more."""
        if (asked := self._batches.get()) is None:
            return False
        batch, parsed = asked
        try:
            parsed.set_result(self._all(batch))
        except BaseException as error:
            parsed.set_exception(error)
        return True

    def _all(self, batch: Sequence[RawMail]) -> Parsed:
        found = []
        for mail in batch:
            if self._left.is_set():
                raise CancelledError
            found.append((mail, self._parse(mail)))
        return found
