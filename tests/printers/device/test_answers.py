"""What a printer says back: masked, three-valued, and never believed when it makes no sense."""

import random

import pytest

from printers.device.replies import Answers, Health, ReplyKind, Status, judged

# Answers to DLE EOT 1 to 4 of an Epson TM, as an independent emulator gives them (PRINTING.md, 4).
OK = (0x12, 0x12, 0x12, 0x12)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (OK, Status(Health.OK)),
        ((0x12, 0x12, 0x12, 0x1E), Status(Health.LOW, "paper-low")),
        ((0x1A, 0x32, 0x12, 0x7E), Status(Health.BAD, "paper-out")),
        ((0x1A, 0x16, 0x12, 0x12), Status(Health.BAD, "cover-open")),
        ((0x1A, 0x52, 0x1A, 0x12), Status(Health.BAD, "cutter")),
        ((0x1A, 0x52, 0x32, 0x12), Status(Health.BAD, "error")),
        ((0x1A, 0x12, 0x12, 0x12), Status(Health.BAD, "offline")),
        ((0x12, 0x12, 0x12, 0x00), Status(Health.UNKNOWN, "garbage")),
        ((0xFF, 0xFF, 0xFF, 0xFF), Status(Health.UNKNOWN, "garbage")),
    ],
)
def test_each_state_is_told_apart(answers: tuple[int, int, int, int], expected: Status) -> None:
    assert judged(*answers) == expected


def test_only_ok_and_low_may_print() -> None:
    assert [health for health in Health if Status(health).may_print] == [Health.OK, Health.LOW]


def test_a_hundred_thousand_garbage_answers_are_practically_never_ok() -> None:
    dice = random.Random(2026)
    believed = sum(judged(*dice.randbytes(4)).may_print for _ in range(25_000))
    assert believed <= 1


def test_answers_are_told_apart_however_packets_are_cut() -> None:
    stream = bytes.fromhex("12" + "10000300" + "00" + "37223030313200" + "16" + "ff")
    kinds = [ReplyKind.DLE, ReplyKind.ASB, ReplyKind.GS_R, ReplyKind.GS_H, ReplyKind.DLE, ReplyKind.NOISE]
    for cut in range(len(stream)):
        answers = Answers()
        found = [*answers.feed(stream[:cut]), *answers.feed(stream[cut:])]
        assert [answer.kind for answer in found] == kinds
        assert b"".join(answer.data for answer in found) == stream
