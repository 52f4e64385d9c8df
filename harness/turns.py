"""Whose turn it is, where several scenarios play at the same time and some want to be alone."""

import threading


class Turns:
    """Many scenarios play at the same time, but one that wants to be alone waits for all others, and they wait for it.

    May be used from several threads.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._playing = 0
        self._waiting = 0
        self._is_alone = self._is_over = False

    def take(self, *, alone: bool) -> None:
        """Wait for one's turn; raises KeyboardInterrupt when the run ends before it comes."""
        with self._changed:
            self._waiting += alone
            try:
                self._changed.wait_for(lambda: self._is_over or self._may_play(alone))
            finally:
                self._waiting -= alone
                self._changed.notify_all()
            if self._is_over:
                raise KeyboardInterrupt
            self._playing += 1
            self._is_alone = alone

    def _may_play(self, alone: bool) -> bool:
        return not self._playing if alone else not (self._is_alone or self._waiting)

    def leave(self) -> None:
        """End one's turn."""
        with self._changed:
            self._playing -= 1
            self._is_alone = False
            self._changed.notify_all()

    def end(self) -> None:
        """Let nobody begin any more."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
