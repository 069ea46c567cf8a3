"""The line to the hub as a round needs it; `channel.Channel` is one, and a test may bring another."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the pages that list files shall not load what signs
    from sync.wire.signing import Answer


class HubLine(Protocol):
    """Sends one request after another and verifies each answer."""

    def send(self, method: str, path: str, body: bytes = b"") -> "Answer":
        """
        Return the hub's verified answer.

        Raises:
            SyncError: No answer, none to be trusted, or a refusal.
        """
        ...
