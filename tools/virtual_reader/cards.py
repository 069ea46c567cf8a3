"""Made-up cards, and the text block of each: nobody has these names and numbers."""

from __future__ import annotations

from dataclasses import dataclass

BLOCK_BYTES = 256
PICTURE = bytes(1_024)


@dataclass(frozen=True)
class MadeUpCard:
    """A card by its fields: each with its length in bytes, in the order of its layout."""

    title: str
    fields: tuple[tuple[str, int], ...]

    def block(self) -> bytes:
        """Return its text block; short fields end in spaces, as those of real cards do."""
        block = b"".join(_padded(text, length) for text, length in self.fields)
        assert len(block) == BLOCK_BYTES, self.title
        return block


def _padded(text: str, length: int) -> bytes:
    return text.ljust(length // 2).encode("utf-16-le")


def _resident(title: str, *texts: str, kind: str = " ") -> MadeUpCard:
    """Return a card laid out as a resident's: name to last day, then permit number, times issued, kind, reserve."""
    lengths = (30, 2, 4, 16, 70, 36, 30, 16, 16, 18, 4, 6, 2, 6)
    filled = [*texts, *[""] * (len(lengths) - 2 - len(texts)), kind, ""]
    return MadeUpCard(title, tuple(zip(filled, lengths, strict=True)))


ZHANG = _resident(
    "居民身份证 张样例",
    "张样例", "1", "01", "19900101", "山东省冠县样例镇样例村1号", "371525199001010017", "冠县公安局",
    "20200101", "长期",
)  # fmt: skip
EXPIRED = _resident(
    "过期的居民身份证 王样例",
    "王样例", "2", "01", "19800202", "山东省冠县样例路9号", "371525198002020028", "冠县公安局", "20100101", "20200101",
)  # fmt: skip
LI = _resident(
    "港澳台居民居住证 李样例",
    "李样例", "2", "", "19850505", "山东省冠县样例路2号", "830000198505050021", "冠县公安局", "20240101", "20290101",
    "01234567", "01", kind="J",
)  # fmt: skip
YANG_2017 = MadeUpCard(
    "外国人永久居留身份证（2017版） YANGLI, TEST",
    tuple(
        zip(
            ("YANGLI, TEST", "1", "USA370080010100", "USA", "杨样例", "20200101", "20300101", "19800101", "01",
             "3700", "I", ""),
            (120, 2, 30, 6, 30, 16, 16, 16, 4, 8, 2, 6),
            strict=True,
        )
    ),
)  # fmt: skip
YANG_2023 = MadeUpCard(
    "外国人永久居留身份证（2023版） YANGLI, TEST",
    tuple(
        zip(
            ("杨样例", "1", "01", "19800101", "YANGLI, TEST", "937840198001010012", "", "20240101", "20340101", "",
             "USA", "Y", "000"),
            (30, 2, 4, 16, 70, 36, 30, 16, 16, 22, 6, 2, 6),
            strict=True,
        )
    ),
)  # fmt: skip
RARE = _resident(
    "名字有生僻字的居民身份证",
    "赵\ue123例", "1", "01", "19750303", "山东省冠县样例镇样例村3号", "371525197503030019", "冠县公安局",
    "20200101", "20400101",
)  # fmt: skip
CARDS = {
    "zhang": ZHANG, "expired": EXPIRED, "li": LI, "yang-2017": YANG_2017, "yang-2023": YANG_2023, "rare": RARE,
}  # fmt: skip
"""By the names of the virtual reader's page."""
