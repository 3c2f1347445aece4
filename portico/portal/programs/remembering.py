"""What a process keeps of packages: named by their hash, so it is never out of date."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Things by what they depend on, up to a total weight; the least used go first.

    Making one is left to whoever asks first, outside of the lock: two may make the same.
    """

    def __init__(self, most: int, *, weigh: Callable[[T], int]) -> None:
        self.most = most
        self._weigh = weigh
        self._things: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept by this key, or what `make` makes of it now."""
        with self._lock:
            found = self._things.get(key)
            if found is not None:
                self._things.move_to_end(key)
                return found[0]
        made = make()
        weight = self._weigh(made)
        if weight * 4 <= self.most:  # one thing must not push out all others
            self._keep(key, made, weight)
        return made

    def _keep(self, key: Hashable, made: T, weight: int) -> None:
        with self._lock:
            before = self._things.pop(key, None)
            self._weight += weight - (before[1] if before else 0)
            self._things[key] = (made, weight)
            while self._weight > self.most:
                _key, (_thing, lost) = self._things.popitem(last=False)
                self._weight -= lost

    def __len__(self) -> int:
        return len(self._things)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._things.clear()
            self._weight = 0
