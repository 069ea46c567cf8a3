"""Whatever is sent to the virtual printer, it goes on printing."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tools.virtual_printer.mechanism import Mechanism
from tools.virtual_printer.roll import PaperPiece

HEADS = [
    b"\x1b",
    b"\x1d",
    b"\x1c",
    b"\x10",
    b"\x1d(k",
    b"\x1d(L",
    b"\x1d8L",
    b"\x1dv0\x00",
    b"\x1b*",
    b"\x1dk",
]
STREAMS = st.lists(st.one_of(st.sampled_from(HEADS), st.binary(max_size=12)), max_size=20).map(b"".join)


@given(STREAMS)
@example(b"\x1dv0\x00\x00\x00\x00\x00")
@example(b"\x1dk\x1b" + bytes(40))
@example(b"\x1d(L\x00\x00")
@example(b"\x1d(k\x03\x001C")
@example(b"\x1d(k\x02\x001C")
@example(b"\x1d(k\x00\x00")
@example(b"\x1d(k\x08\x001P0\xff\xff\xff\xff\xff\x1d(k\x03\x001Q0")
@example(b"\x1dkA\x00")
@example(b"\xff\xff\x81\x30\x81\x30")
@settings(max_examples=150, deadline=None)
def test_any_bytes_leave_the_printer_working(stream: bytes) -> None:
    papers: list[PaperPiece] = []
    mechanism = Mechanism(384, papers.append)
    mechanism.feed(stream)
    mechanism.power_cycle()
    mechanism.feed("\x1b@回执".encode("gb18030") + b"\n\x1dV\x00")
    assert papers[-1].text.endswith("回执")
