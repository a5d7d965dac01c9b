"""Works at the posts that this process holds, a thread each: begins with one that it got, ends one that it is to let go of."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

#: Seconds between two looks at what is held.
_LOOK = 0.5


@dataclass(slots=True)
class Post:
    """Something that one worker does at a time. `work` returns soon after its event is set; `wake` rouses it."""

    work: Callable[[threading.Event], None]
    wake: Callable[[], None] = lambda: None


@dataclass(slots=True)
class _Shift:
    post: Post
    thread: threading.Thread
    ending: threading.Event = field(default_factory=threading.Event)


class Posts:
    """The posts of an installation, by name."""

    def __init__(self, posts: Mapping[str, Post], held: Callable[[], frozenset[str]]) -> None:
        """Take all posts, and who says which of them are held now."""
        self._posts, self._held = posts, held
        self._shifts: dict[str, _Shift] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="posts", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self, *, seconds: float = 10) -> None:
        """End all posts, and wait for their threads for a while."""
        self._ended.set()
        self._thread.join()
        with self._lock:
            shifts = list(self._shifts.values())
        for shift in shifts:
            self._end(shift)
        for shift in shifts:
            shift.thread.join(seconds)

    def busy(self) -> set[str]:
        """Name the posts that are worked at, those that end among them."""
        with self._lock:
            return {name for name, shift in self._shifts.items() if shift.thread.is_alive()}

    def look(self) -> None:
        """Begin and end what is to be begun and ended now."""
        held = self._held()
        with self._lock:
            for name, shift in list(self._shifts.items()):
                if name not in held:
                    self._end(shift)
                if not shift.thread.is_alive():
                    del self._shifts[name]
            for name in held - self._shifts.keys():
                self._shifts[name] = self._begin(name)

    def _run(self) -> None:
        while not self._ended.wait(_LOOK):
            self.look()

    def _begin(self, name: str) -> _Shift:
        post, ending = self._posts[name], threading.Event()
        thread = threading.Thread(target=post.work, args=(ending,), name=name, daemon=True)
        log.info("%s: taken over", name)
        thread.start()
        return _Shift(post, thread, ending)

    def _end(self, shift: _Shift) -> None:
        if not shift.ending.is_set():
            log.info("%s: let go of", shift.thread.name)
            shift.ending.set()
        shift.post.wake()
