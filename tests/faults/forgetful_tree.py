"""Files and folders that exist twice: as the programs see them, and as the disk has them. Only fsync brings the second after the first.

When the power is lost the second is all that is left, and of what was on its way to the disk as much or as little as chance
lets through: whole sectors of a file, in any order; names in the order in which they were given, as a journal keeps them.
"""

from __future__ import annotations

import random
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

ROOT = 1


class Loss(StrEnum):
    """What becomes of all that nobody asked to have on the disk."""

    ALL = "all"
    #: The first so many of each file's sectors came through.
    PREFIX = "prefix"
    #: Any of them, so that a write is torn.
    SUBSET = "subset"


@dataclass(frozen=True, slots=True)
class Write:
    """A piece of a file; `data` None: the file was cut or stretched to `offset`."""

    offset: int
    data: bytes | None

    def on(self, content: bytearray) -> None:
        """Do it."""
        if self.data is None:
            del content[self.offset :]
            content.extend(bytes(self.offset - len(content)))
            return
        content.extend(bytes(max(0, self.offset - len(content))))
        content[self.offset : self.offset + len(self.data)] = self.data

    def torn(self, sector: int) -> Iterator[Write]:
        """Give its pieces, cut where sectors meet."""
        if self.data is None:
            yield self
            return
        at = 0
        while at < len(self.data):
            end = min(len(self.data), at + sector - (self.offset + at) % sector)
            yield Write(self.offset + at, self.data[at:end])
            at = end


@dataclass(frozen=True, slots=True)
class Naming:
    """A change of names that happens as a whole: (folder, name, the node it now means or None)."""

    changes: tuple[tuple[int, str, int | None], ...]


@dataclass
class Node:
    """A file, a folder or a symbolic link."""

    number: int
    mode: int
    uid: int = 0
    gid: int = 0
    content: bytearray = field(default_factory=bytearray)
    on_disk: bytearray = field(default_factory=bytearray)
    on_its_way: list[Write] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    names_on_disk: dict[str, int] = field(default_factory=dict)
    changed: float = field(default_factory=time.time)

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)

    def write(self, piece: Write) -> None:
        """Change it as the programs see it."""
        piece.on(self.content)
        self.on_its_way.append(piece)
        self.changed = time.time()

    def sync(self) -> None:
        """Bring the content to the disk."""
        for piece in self.on_its_way:
            piece.on(self.on_disk)
        self.on_its_way.clear()

    def lose(self, how: Loss, *, sector: int, chance: random.Random) -> int:
        """Lose the power; give how many sectors did not come through."""
        pieces = [part for piece in self.on_its_way for part in piece.torn(sector)]
        through: list[Write] = []
        if how is Loss.PREFIX:
            through = pieces[: chance.randint(0, len(pieces))]
        elif how is Loss.SUBSET:
            through = [piece for piece in pieces if chance.random() < 0.5]
        for piece in through:
            piece.on(self.on_disk)
        self.on_its_way.clear()
        self.content = bytearray(self.on_disk)
        return len(pieces) - len(through)


class Tree:
    """All nodes, and the names that are not on the disk yet."""

    def __init__(self) -> None:
        self.nodes = {ROOT: Node(ROOT, stat.S_IFDIR | 0o755)}
        self._namings: list[Naming] = []
        self._last = ROOT

    def new(self, mode: int, *, uid: int = 0, gid: int = 0) -> Node:
        """Make a node that has no name yet."""
        self._last += 1
        self.nodes[self._last] = Node(self._last, mode, uid, gid)
        return self.nodes[self._last]

    def name(self, *changes: tuple[int, str, int | None]) -> None:
        """Give, take and move names at one stroke."""
        naming = Naming(changes)
        _put(self.nodes, naming, on_disk=False)
        self._namings.append(naming)

    def sync_names(self, folder: int) -> None:
        """Bring a folder's names to the disk, with all that happened before to the same names."""
        touched: set[tuple[int, str]] = set()
        chosen = []
        for naming in reversed(self._namings):
            keys = {(where, name) for where, name, _ in naming.changes}
            if keys & touched or any(where == folder for where, _ in keys):
                touched |= keys
                chosen.append(naming)
        for naming in reversed(chosen):
            _put(self.nodes, naming, on_disk=True)
            self._namings.remove(naming)

    def sync_all(self) -> None:
        """Bring everything to the disk."""
        for naming in self._namings:
            _put(self.nodes, naming, on_disk=True)
        self._namings.clear()
        for node in self.nodes.values():
            node.sync()

    def lose(self, how: Loss, *, sector: int, seed: int) -> tuple[int, int]:
        """Lose the power: give how many sectors and how many changes of names are gone. Nobody may hold a node meanwhile."""
        chance = random.Random(seed)
        through = self._namings[: chance.randint(0, len(self._namings))] if how is not Loss.ALL else []
        for naming in through:
            _put(self.nodes, naming, on_disk=True)
        names, self._namings = len(self._namings) - len(through), []
        sectors = sum(node.lose(how, sector=sector, chance=chance) for node in self.nodes.values())
        for node in self.nodes.values():
            node.names = dict(node.names_on_disk)
        self._forget_nameless()
        return sectors, names

    def _forget_nameless(self) -> None:
        reached, to_look = {ROOT}, [ROOT]
        while to_look:
            inside = set(self.nodes[to_look.pop()].names.values()) - reached
            reached |= inside
            to_look += inside
        self.nodes = {number: node for number, node in self.nodes.items() if number in reached}


def _put(nodes: dict[int, Node], naming: Naming, *, on_disk: bool) -> None:
    for folder, name, number in naming.changes:
        names = nodes[folder].names_on_disk if on_disk else nodes[folder].names
        if number is None:
            names.pop(name, None)
        else:
            names[name] = number
