"""A file system that forgets what nobody fsynced, and that fails when it is told to. `python -m tests.faults.forgetful FOLDER`.

It speaks to the kernel through /dev/fuse by itself, so that no library and no compiler is needed; it must be root. All of it is
in memory. It takes orders from its standard input, a line of JSON each, and answers each with a line (`tests.faults.disk`).
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import stat
import sys
from contextlib import suppress
from typing import Any

from tests.faults import fuse_wire as wire
from tests.faults.forgetful_answers import Ailing, Answers
from tests.faults.forgetful_tree import Loss, Tree
from tests.faults.fuse_wire import Request

_LIBC = ctypes.CDLL(None, use_errno=True)
_DETACH, _FUSE = 2, "/dev/fuse"


class Forgetful:
    """The mounted file system."""

    def __init__(self, folder: str) -> None:
        self._folder, self._tree, self._ailing = folder, Tree(), Ailing()
        self._answers = Answers(self._tree, self._ailing)
        self._kernel = self._mount()
        self._room = bytearray(wire.MAX_WRITE + 4096)

    def run(self) -> None:
        """Serve until the orders end."""
        orders = sys.stdin.buffer
        print(json.dumps({}), flush=True)
        while True:
            ready, _, _ = select.select([self._kernel, orders], [], [])
            if self._kernel in ready:
                self._serve()
            if orders in ready:
                line = orders.readline()
                if not line:
                    break
                print(json.dumps(self._obey(json.loads(line))), flush=True)
        self._unmount()

    def _serve(self) -> None:
        try:
            size = os.readv(self._kernel, [self._room])
        except (BlockingIOError, FileNotFoundError, InterruptedError):
            return  # FileNotFoundError: the asker was killed before it was heard
        request = Request.read(memoryview(self._room)[:size])
        if request.op in wire.UNANSWERED:
            return
        with suppress(FileNotFoundError):  # the asker was killed meanwhile
            os.write(self._kernel, self._answers.to(request))

    def _obey(self, order: dict[str, Any]) -> dict[str, object]:
        if "ail" in order:
            self._ailing.kind = order["ail"]
        if order.get("keep"):
            self._tree.sync_all()
        if "cut" in order:
            # Nothing is written back any more: what the kernel holds is lost with the rest.
            self._unmount()
            sectors, names = self._tree.lose(Loss(order["cut"]), sector=order["sector"], seed=order["seed"])
            self._kernel = self._mount()
            return {"sectors": sectors, "names": names}
        return {}

    def _mount(self) -> int:
        if not os.path.exists(_FUSE):
            os.mknod(_FUSE, stat.S_IFCHR | 0o600, os.makedev(10, 229))  # a container has a small /dev of its own
        kernel = os.open(_FUSE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        options = f"fd={kernel},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions"
        if _LIBC.mount(b"forgetful", os.fsencode(self._folder), b"fuse", 0, options.encode()) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), self._folder)
        return kernel

    def _unmount(self) -> None:
        os.close(self._kernel)
        _LIBC.umount2(os.fsencode(self._folder), _DETACH)


if __name__ == "__main__":
    Forgetful(sys.argv[1]).run()
