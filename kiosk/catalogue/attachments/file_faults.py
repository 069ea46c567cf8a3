"""Why a file is refused; the codes are keys of `records.attachment.REASONS`."""


class FileFault(Exception):
    """The reason why a file is refused."""


ACTIVE, EMBEDDED, LINKED = "file-active", "file-embedded", "file-linked"
BOMB, LOCKED, UNREADABLE = "file-bomb", "file-locked", "file-unreadable"
