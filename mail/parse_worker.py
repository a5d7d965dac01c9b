"""The child process that parses mail for `mail.sandbox`. Started with `python -m mail.parse_worker`, ended at any moment.

Reads requests from standard input and writes answers to standard output, both with a length before them; JSON and bytes only, never
pickle. It has little memory and processor time, writes no file, and knows no secret: its environment is empty.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import struct
import sys
from datetime import datetime
from typing import BinaryIO

LENGTH = struct.Struct(">I")
READY = b"dunwell-parse-3"


def read_exactly(stream: BinaryIO, size: int) -> bytes | None:
    """Read `size` bytes; None at the end of the stream."""
    data = stream.read(size)
    return data if len(data) == size else None


def serve(requests: BinaryIO, answers: BinaryIO, *, cpu_seconds: int) -> None:
    """Answer requests until the stream ends: a JSON head, then the raw mail; the answer is an InboundEmail as JSON.

    Where the mail has PDFs a second answer follows with their words, so that a hostile PDF costs its own words and no others. A head
    that names `files` asks for the words of these attachments alone, as JSON by their sha256.
    """
    from mail.file_words import read_files
    from mail.parse import parse
    from mail.pdf_text import has_pdf, read_pdfs

    _load_libraries()
    _send(answers, READY)
    while (prefix := read_exactly(requests, LENGTH.size)) is not None:
        head = read_exactly(requests, LENGTH.unpack(prefix)[0])
        if head is None:
            return
        request = json.loads(head)
        raw = read_exactly(requests, int(request["size"]))
        if raw is None:
            return
        _allow_cpu(cpu_seconds)
        if "files" in request:
            said = {digest: words.model_dump() for digest, words in read_files(raw, request["files"]).items()}
            _send(answers, json.dumps(said).encode("utf-8"))
            continue
        email = parse(
            raw,
            received_at=datetime.fromisoformat(request["received_at"]),
            authserv_ids=tuple(request["authserv_ids"]),
        )
        _send(answers, email.model_dump_json().encode("utf-8"))
        if has_pdf(email):
            _allow_cpu(cpu_seconds)
            words = {digest: found.model_dump() for digest, found in read_pdfs(raw, email).items()}
            _send(answers, json.dumps(words).encode("utf-8"))


def _load_libraries() -> None:
    """Load what `parse` loads late, so that the first mail's time is not spent on it."""
    names = (
        "authres",
        "babel",
        "flufl.bounce",
        "inscriptis.html_engine",
        "lxml.html",
        "puremagic",
        "pypdf",
        "quotequail",
    )
    for name in names:
        importlib.import_module(name)


def _send(answers: BinaryIO, data: bytes) -> None:
    answers.write(LENGTH.pack(len(data)) + data)
    answers.flush()


def _allow_cpu(seconds: int) -> None:
    """Allow this process `seconds` more of processor time; the kernel ends it with SIGXCPU after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> None:
    """Run the worker. Arguments: memory limit in bytes, processor seconds a mail."""
    memory, cpu_seconds = int(arguments[0]), int(arguments[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not stand between the answers
    _limit(memory)
    serve(sys.stdin.buffer, answers, cpu_seconds=cpu_seconds)


if __name__ == "__main__":
    main(sys.argv[1:])
