"""Splits a draft into text and slots. A slot is a chain of names and quoted keys, `{{ inv["A-1"].balance }}`.

Jinja2 does the lexing and parsing; nothing is ever compiled or evaluated. Whatever is not such a chain (a filter,
call, test, statement, comment, literal, sum) is refused and stays in the text as it was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment, TemplateSyntaxError, nodes

MAX_BODY = 20_000
MAX_SLOT = 200

_TOKENS = frozenset({"name", "string", "whitespace"})
_OPERATORS = frozenset({".", "[", "]"})
_UNSAFE_IN_KEY = frozenset("\"'\\{}[]%#")

Path = tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """A part of a draft as written: plain text, a slot (`path`), or something refused (`fault`)."""

    text: str
    path: Path | None = None
    fault: str | None = None


class Refused(Exception):
    """A slot is not a plain lookup; the message says why."""


@lru_cache(maxsize=1)
def _jinja() -> Environment:
    return Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701 - parses plain text, renders nothing


@lru_cache(maxsize=64)
def pieces(body: str) -> tuple[Piece, ...]:
    """Split a body; its pieces put together are the body again, with bare line feeds. Never raises."""
    whole = body.replace("\r\n", "\n").replace("\r", "\n")
    if len(whole) > MAX_BODY:
        return (Piece(whole, fault=f"the draft is longer than {MAX_BODY} characters: shorten it"),)
    try:
        split = _split(whole)
    except (TemplateSyntaxError, RecursionError) as error:
        line = f" in line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        return (Piece(whole, fault=f"the draft has a broken slot{line}: a slot looks like {{{{ company.name }}}}"),)
    if "".join(piece.text for piece in split) != whole:
        return (Piece(whole, fault="the draft has a slot with a dash in its braces: write {{ and }} without it"),)
    return split


def canonical(path: Path) -> str:
    """Write a path the one way that slots are listed: `inv["A-1"].balance`."""
    written = path[0]
    for depth, key in enumerate(path[1:], start=1):
        bracketed = (path[0] == "inv" and depth == 1) or not key.isidentifier()
        written += f'["{_escaped(key)}"]' if bracketed else f".{key}"
    return written


def slot(*path: str) -> str:
    """Write a slot for a draft. Any text is safe as a key: it can neither close the slot nor add to the draft."""
    return "{{ " + canonical(path) + " }}"


def _escaped(key: str) -> str:
    return "".join(c if c.isprintable() and c not in _UNSAFE_IN_KEY else f"\\U{ord(c):08x}" for c in key)


def _split(body: str) -> tuple[Piece, ...]:
    found: list[Piece] = []
    opened: list[tuple[str, str]] | None = None
    for _line, kind, value in _jinja().lexer.tokeniter(body, None):
        if kind == "variable_begin":
            opened = [(kind, value)]
        elif opened is not None:
            opened.append((kind, value))
            if kind == "variable_end":
                found.append(_slot_piece(opened))
                opened = None
        elif kind.endswith("_begin"):
            found.append(Piece(value, fault=f"{value.strip()[:40]}: a draft holds text and slots, nothing else"))
        else:
            found.append(Piece(value))
    if opened is not None:
        raise TemplateSyntaxError("slot is not closed", body.count("\n") + 1)
    return tuple(found)


def _slot_piece(tokens: list[tuple[str, str]]) -> Piece:
    text = "".join(value for _, value in tokens)
    if tokens[0][1] != "{{" or tokens[-1][1] != "}}":
        return Piece(text, fault=f"slot {text[:MAX_SLOT]}: write {{{{ and }}}} without a dash or a plus")
    try:
        return Piece(text, path=_path(tokens[1:-1]))
    except Refused as refused:
        return Piece(text, fault=f"slot {text[:MAX_SLOT]}: {refused}")


def _path(inner: list[tuple[str, str]]) -> Path:
    for kind, value in inner:
        if kind not in _TOKENS and not (kind == "operator" and value in _OPERATORS):
            raise Refused(f"{value[:20]!r} is not allowed, a slot names one value")
    source = "".join(value for _, value in inner)
    if len(source) > MAX_SLOT:
        raise Refused("it is too long")
    try:
        tree = _jinja().parse("{{" + source + "}}")
    except (TemplateSyntaxError, RecursionError) as error:
        raise Refused("it names nothing that can be read") from error
    match tree.body:
        case [nodes.Output(nodes=[expression])]:
            return _chain(expression)
        case _:
            raise Refused("a slot names one value")


def _chain(expression: nodes.Expr) -> Path:
    keys: list[str] = []
    while not isinstance(expression, nodes.Name):
        match expression:
            case nodes.Getattr(node=inner, attr=str(key)):
                keys.append(key)
            case nodes.Getitem(node=inner, arg=nodes.Const(value=str(key))):
                keys.append(key)
            case _:
                raise Refused("a slot names one value")
        expression = inner
    return (expression.name, *reversed(keys))
