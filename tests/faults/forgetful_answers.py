"""What a forgetful disk answers to each request, and what an ailing one refuses. Nothing here is mounted."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable

from tests.faults import fuse_wire as wire
from tests.faults.forgetful_tree import ROOT, Node, Tree, Write
from tests.faults.fuse_wire import Op, Request

_ALL_BYTES = 1 << 30
#: Requests that change something, and those that need a new node or name.
_CHANGING = frozenset(
    {Op.SETATTR, Op.SYMLINK, Op.MKNOD, Op.MKDIR, Op.UNLINK, Op.RMDIR, Op.RENAME, Op.RENAME2, Op.LINK, Op.WRITE}
)
_MAKING = frozenset({Op.SYMLINK, Op.MKNOD, Op.MKDIR, Op.LINK})
_TOUCHING = frozenset({Op.READ, Op.WRITE, Op.FSYNC, Op.FSYNCDIR, Op.READDIR})


class Failed(Exception):
    """A request that is refused, with its errno."""

    def __init__(self, number: int) -> None:
        super().__init__(os.strerror(number))
        self.number = number


class Ailing:
    """What is wrong with the disk: nothing, or one of full, inodes, readonly, io."""

    def __init__(self) -> None:
        self.kind = ""

    def meets(self, op: int) -> None:
        """Refuse a request that a disk in this state refuses."""
        changes = op in _CHANGING
        if self.kind == "readonly" and changes:
            raise Failed(errno.EROFS)
        if self.kind == "io" and (changes or op in _TOUCHING):
            raise Failed(errno.EIO)
        if self.kind in ("full", "inodes") and op in _MAKING:
            raise Failed(errno.ENOSPC)

    def grows(self, node: Node, end: int) -> None:
        """Refuse to let a file grow where there is no space; what it has may be written over."""
        if self.kind == "full" and end > len(node.content):
            raise Failed(errno.ENOSPC)


class Answers:
    """Answers requests out of a tree."""

    def __init__(self, tree: Tree, ailing: Ailing) -> None:
        self._tree, self._ailing = tree, ailing
        self._known: dict[int, Callable[[Request], bytes]] = {
            op: getattr(self, f"_{op.name.lower()}") for op in Op if hasattr(self, f"_{op.name.lower()}")
        }

    def to(self, request: Request) -> bytes:
        """Answer one request."""
        try:
            known = self._known.get(request.op)
            if known is None:
                raise Failed(errno.ENOSYS)
            self._ailing.meets(request.op)
            return wire.answer(request.unique, body=known(request))
        except Failed as refused:
            return wire.answer(request.unique, error=refused.number)

    # --- nodes ----------------------------------------------------------------------------------------------------

    def _node(self, number: int) -> Node:
        found = self._tree.nodes.get(number)
        if found is None:
            raise Failed(errno.ESTALE)
        return found

    def _inside(self, folder: int, name: str) -> Node:
        number = self._node(folder).names.get(name)
        if number is None:
            raise Failed(errno.ENOENT)
        return self._node(number)

    def _attributes(self, node: Node) -> bytes:
        size, seconds = len(node.content), int(node.changed)
        nanos, links = int(node.changed % 1 * 1e9), 2 if node.is_folder else 1
        blocks = (size + 511) // 512
        return wire.ATTR.pack(
            node.number,
            *(size, blocks, seconds, seconds, seconds, nanos, nanos, nanos),
            *(node.mode, links, node.uid, node.gid, 0, 4096, 0),
        )

    def _entry(self, node: Node) -> bytes:
        return wire.ENTRY.pack(node.number, 1, wire.FOR_LONG, wire.FOR_LONG, 0, 0) + self._attributes(node)

    def _init(self, request: Request) -> bytes:
        return wire.welcome(request.body)

    def _lookup(self, request: Request) -> bytes:
        return self._entry(self._inside(request.node, request.names()[0]))

    def _getattr(self, request: Request) -> bytes:
        return wire.ATTR_OUT.pack(wire.FOR_LONG, 0, 0) + self._attributes(self._node(request.node))

    def _setattr(self, request: Request) -> bytes:
        node = self._node(request.node)
        valid, _, _, size, _, _, mtime, _, _, nanos, _, mode, _, uid, gid, _ = wire.SETATTR.unpack_from(request.body)
        if valid & wire.SET_SIZE:
            self._ailing.grows(node, size)
            node.write(Write(size, None))
        if valid & wire.SET_MODE:
            node.mode = stat.S_IFMT(node.mode) | stat.S_IMODE(mode)
        if valid & wire.SET_UID:
            node.uid = uid
        if valid & wire.SET_GID:
            node.gid = gid
        if valid & wire.SET_MTIME and not valid & wire.SET_MTIME_NOW:
            node.changed = mtime + nanos / 1e9
        return self._getattr(request)

    def _statfs(self, request: Request) -> bytes:
        used = sum(len(node.content) for node in self._tree.nodes.values())
        free = 0 if self._ailing.kind == "full" else max(0, _ALL_BYTES - used)
        nodes = 0 if self._ailing.kind == "inodes" else 1 << 20
        return wire.STATFS.pack(_ALL_BYTES // 4096, free // 4096, free // 4096, 1 << 20, nodes, 4096, 255, 4096, 0)

    # --- names ----------------------------------------------------------------------------------------------------

    def _made(self, request: Request, name: str, mode: int) -> Node:
        if name in self._node(request.node).names:
            raise Failed(errno.EEXIST)
        node = self._tree.new(mode)
        self._tree.name((request.node, name, node.number))
        return node

    def _mkdir(self, request: Request) -> bytes:
        mode, mask = wire.MKDIR.unpack_from(request.body)
        name = request.names(wire.MKDIR.size)[0]
        return self._entry(self._made(request, name, stat.S_IFDIR | stat.S_IMODE(mode & ~mask)))

    def _mknod(self, request: Request) -> bytes:
        # A file is made by this and then opened: CREATE, which does both, is declined.
        mode, _, mask, _ = wire.MKNOD.unpack_from(request.body)
        return self._entry(self._made(request, request.names(wire.MKNOD.size)[0], mode & ~mask))

    def _symlink(self, request: Request) -> bytes:
        name, target = request.names()
        node = self._made(request, name, stat.S_IFLNK | 0o777)
        node.write(Write(0, target.encode("utf-8", "surrogateescape")))
        node.sync()
        return self._entry(node)

    def _readlink(self, request: Request) -> bytes:
        return bytes(self._node(request.node).content)

    def _link(self, request: Request) -> bytes:
        (number,) = wire.LINK.unpack_from(request.body)
        name = request.names(wire.LINK.size)[0]
        if name in self._node(request.node).names:
            raise Failed(errno.EEXIST)
        self._tree.name((request.node, name, number))
        return self._entry(self._node(number))

    def _unlink(self, request: Request) -> bytes:
        name = request.names()[0]
        self._inside(request.node, name)
        self._tree.name((request.node, name, None))
        return b""

    def _rmdir(self, request: Request) -> bytes:
        if self._inside(request.node, request.names()[0]).names:
            raise Failed(errno.ENOTEMPTY)
        return self._unlink(request)

    def _rename(self, request: Request) -> bytes:
        (target,) = wire.RENAME.unpack_from(request.body)
        return self._renamed(request.node, target, *request.names(wire.RENAME.size))

    def _rename2(self, request: Request) -> bytes:
        target, flags, _ = wire.RENAME2.unpack_from(request.body)
        old, new = request.names(wire.RENAME2.size)
        if flags & ~wire.RENAME_NOREPLACE:
            raise Failed(errno.EINVAL)
        if flags and new in self._node(target).names:
            raise Failed(errno.EEXIST)
        return self._renamed(request.node, target, old, new)

    def _renamed(self, source: int, target: int, old: str, new: str) -> bytes:
        node = self._inside(source, old)
        before = self._tree.nodes.get(self._node(target).names.get(new, 0))
        if before is not None and before.names:
            raise Failed(errno.ENOTEMPTY)
        if before is not node:
            self._tree.name((source, old, None), (target, new, node.number))
        return b""

    # --- contents -------------------------------------------------------------------------------------------------

    def _open(self, request: Request) -> bytes:
        return wire.OPENED.pack(0, wire.KEEP_CACHE, 0)

    def _opendir(self, request: Request) -> bytes:
        return wire.OPENED.pack(0, 0, 0)

    def _read(self, request: Request) -> bytes:
        _, offset, size, *_ = wire.READ.unpack_from(request.body)
        return bytes(self._node(request.node).content[offset : offset + size])

    def _write(self, request: Request) -> bytes:
        _, offset, size, *_ = wire.READ.unpack_from(request.body)
        node = self._node(request.node)
        self._ailing.grows(node, offset + size)
        node.write(Write(offset, request.body[wire.READ.size : wire.READ.size + size]))
        return wire.WRITTEN.pack(size, 0)

    def _readdir(self, request: Request) -> bytes:
        _, offset, size, *_ = wire.READ.unpack_from(request.body)
        node = self._node(request.node)
        inside = [(name, number, self._node(number).mode) for name, number in node.names.items()]
        around = [(".", node.number, node.mode), ("..", ROOT, node.mode)]
        return wire.directory([*around, *inside], offset=offset, size=size)

    def _fsync(self, request: Request) -> bytes:
        self._node(request.node).sync()
        return b""

    def _fsyncdir(self, request: Request) -> bytes:
        self._tree.sync_names(request.node)
        return b""

    def _nothing(self, request: Request) -> bytes:
        return b""

    _flush = _release = _releasedir = _destroy = _nothing
