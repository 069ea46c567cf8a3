"""Rules of the order, of the estimate and of the voice, with plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.queue import order, voice
from kiosk.queue.estimate import WaitRange, Working, may_still_be_served, topic_minutes, wait
from kiosk.queue.order import CARE_S, GRACE_S, HEAD_START_S, Claim, Standing, due_of, key_of

MINUTE = 60
CLAIMS = st.builds(
    Claim,
    st.integers(0, 300).map(lambda minute: minute * MINUTE),
    st.none() | st.integers(0, 20).map(lambda slot: slot * 15 * MINUTE),
    st.booleans(),
)
SKILLS = st.lists(st.sampled_from([None, frozenset({"a"}), frozenset({"a", "b"})]), min_size=1, max_size=3)


@pytest.mark.parametrize(
    ("claim", "key_min"),
    [
        (Claim(60 * MINUTE, 90 * MINUTE), 90),
        (Claim(90 * MINUTE, 90 * MINUTE), 90),
        (Claim(100 * MINUTE, 90 * MINUTE), 100),
        (Claim(105 * MINUTE, 90 * MINUTE), 105),
        (Claim(106 * MINUTE, 90 * MINUTE), 136),
        (Claim(60 * MINUTE), 90),
        (Claim(60 * MINUTE, None, has_care=True), 50),
    ],
    ids=["early", "in time", "late within grace", "last minute of grace", "too late", "walk-in", "care"],
)
def test_the_key_of_a_ticket_is_fixed_on_arrival(claim: Claim, key_min: int) -> None:
    assert key_of(claim) == key_min * MINUTE


@dataclass
class Play:
    """One simulated morning: each minute comes who comes, then each idle window takes its next."""

    tickets: list[Standing]
    arrivals: list[int]
    served: list[tuple[int, Standing]]


def played(claims: list[Claim], windows: list[frozenset[str] | None]) -> Play:
    claims = sorted(claims, key=lambda each: each.arrived_s)
    tickets = [
        Standing(str(n), "ab"[n % 2], key_of(claim), due_of(claim), n) for n, claim in enumerate(claims)
    ]
    arrivals = [claim.arrived_s for claim in claims]
    waiting: list[Standing] = []
    served: list[tuple[int, Standing]] = []
    busy_until = [0] * len(windows)
    for now in range(0, 3000 * MINUTE, MINUTE):
        waiting += [each for each, at in zip(tickets, arrivals, strict=True) if at == now]
        for at, skills in enumerate(windows):
            chosen = order.next_for(waiting, skills, now, len(served)) if busy_until[at] <= now else None
            if chosen:
                assert skills is None or chosen.topic in skills
                waiting.remove(chosen)
                served.append((now, chosen))
                busy_until[at] = now + 5 * MINUTE
        if now > 300 * MINUTE and not waiting:
            break
    return Play(tickets, arrivals, served)


@given(st.lists(CLAIMS, max_size=25), SKILLS)
def test_everybody_whom_a_window_can_serve_is_served_once(
    claims: list[Claim], windows: list[frozenset[str] | None]
) -> None:
    play = played(claims, windows)
    able = {each.id for each in play.tickets if any(w is None or each.topic in w for w in windows)}
    assert sorted(each.id for _, each in play.served) == sorted(able)


@given(st.lists(CLAIMS, max_size=25))
def test_whoever_passes_somebody_due_became_due_at_most_half_an_hour_later(claims: list[Claim]) -> None:
    """With priority by law, ten minutes more."""
    play = played(claims, [None])
    place = {each.id: at for at, (_, each) in enumerate(play.served)}
    care = {
        str(n) for n, each in enumerate(sorted(claims, key=lambda claim: claim.arrived_s)) if each.has_care
    }
    for one in play.tickets:
        for other in play.tickets:
            if other.place > one.place and place[other.id] < place[one.id] and one.due_s <= other.due_s:
                allowed = HEAD_START_S + (CARE_S if other.id in care else 0)
                assert other.due_s - one.due_s <= allowed


@given(st.lists(CLAIMS, max_size=25))
def test_a_booking_before_its_time_passes_nobody_who_is_due(claims: list[Claim]) -> None:
    play = played(claims, [None])
    for at, (now, taken) in enumerate(play.served):
        if taken.due_s > now:
            left = [each for _, each in play.served[at + 1 :]]
            assert not [each for each in left if play.arrivals[each.place] <= now and each.due_s <= now]


@given(st.lists(st.integers(0, 300).map(lambda minute: Claim(minute * MINUTE)), max_size=25))
def test_walk_ins_are_called_in_the_order_in_which_they_came(claims: list[Claim]) -> None:
    served = [each.place for _, each in played(claims, [None]).served]
    assert served == sorted(served)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 6))
def test_somebody_who_was_missed_waits_for_two_calls_and_no_window_stays_idle(
    calls: int, now_min: int, others: int
) -> None:
    now = now_min * MINUTE
    back = Standing("back", "a", -1000, 0, 0, after_call=order.back_after(calls))
    rest = [Standing(str(n), "a", n, 0, n + 1) for n in range(others)]
    taken = []
    waiting = [back, *rest]
    for call in range(calls, calls + len(waiting)):
        chosen = order.next_for(waiting, None, now, call)
        assert chosen is not None
        waiting.remove(chosen)
        taken.append(chosen.id)
    assert taken.index("back") == min(2, others)


@given(st.integers(0, 3600), st.integers(0, 3))
def test_a_missed_ticket_keeps_its_key_once_and_for_half_an_hour(late_s: int, times: int) -> None:
    assert order.may_come_back(1000, 1000 + late_s, times) == (times == 0 and late_s <= 1800)


@given(CLAIMS, st.sampled_from(["a", "b"]))
def test_transfer_and_parking_keep_the_key(claim: Claim, topic: str) -> None:
    ticket = Standing("1", "a", key_of(claim), due_of(claim), 1)
    later = Standing("2", topic, ticket.key_s + 1, 0, 2)
    moved = replace(ticket, topic=topic)
    now = max(ticket.due_s, 0)
    assert order.next_for([later, moved], {topic}, now, 0) == moved


@given(st.lists(st.sampled_from(["a", "b"]), max_size=40), st.integers(-10, 200), st.integers(1, 3))
def test_numbers_stop_when_nobody_more_is_called_before_closing(
    ahead: list[str], left_min: int, windows: int
) -> None:
    minutes = {"a": 4.0, "b": 9.0}
    others = [Standing(str(n), topic, n, 0, n) for n, topic in enumerate(ahead)]
    mine = Standing("mine", "a", len(ahead), 0, len(ahead))
    said = wait(mine, others, [Working()] * windows, minutes, 0, ahead=len(ahead))
    is_given = may_still_be_served(said, left_min)
    assert not (is_given and left_min <= 0)
    assert is_given or left_min <= 0 or said.likely >= left_min
    assert said.ahead == len(ahead)


def test_grace_is_shorter_than_the_head_start() -> None:
    """Else a booking that comes late would be worse off than somebody without one."""
    assert GRACE_S < HEAD_START_S


def the_wait(topic: str, ahead: list[str], windows: list[Working], minutes: dict[str, float]) -> WaitRange:
    """The wait of somebody who comes last."""
    others = [Standing(str(n), each, n, 0, n) for n, each in enumerate(ahead)]
    return wait(
        Standing("mine", topic, len(ahead), 0, len(ahead)), others, windows, minutes, 0, ahead=len(ahead)
    )


def test_the_wait_is_a_range_rounded_outward_and_unknown_without_windows() -> None:
    said = the_wait("a", ["a"] * 5, [Working(), Working(frozenset({"b"}))], {"a": 4.0})
    assert said.least is not None
    assert said.most is not None
    assert said.least <= 20 <= said.most, "five services of four minutes at one window"
    assert said.least % 5 == said.most % 5 == 0
    assert not the_wait("a", ["a"], [Working(frozenset({"b"}))], {}).is_known
    assert the_wait("a", ["a"] * 30, [Working()], {"a": 4.0}).is_over_an_hour
    free = the_wait("a", [], [Working()], {"a": 4.0})
    assert (free.least, free.most) == (0, 5), "a free window"


def test_a_window_that_serves_all_is_not_counted_as_if_it_served_one_topic_alone() -> None:
    """Two others take the rest of the queue: the one window for the topic is not alone with everybody."""
    windows = [Working(frozenset({"a"})), Working(frozenset({"a"})), Working()]
    alone = the_wait("b", ["a"] * 30, windows[2:], {"a": 4.0, "b": 4.0})
    helped = the_wait("b", ["a"] * 30, windows, {"a": 4.0, "b": 4.0})
    assert helped.most is not None
    assert alone.least is not None
    assert helped.most <= alone.least


def test_a_booking_that_is_still_to_come_lengthens_the_wait_of_those_it_passes() -> None:
    mine = Standing("mine", "a", 1_800, 0, 1)
    to_come = [Standing(f"b{n}", "a", n, n, 9) for n in range(6)]
    windows, minutes = [Working()], {"a": 5.0}
    without = wait(mine, [], windows, minutes, 0)
    among = wait(mine, to_come, windows, minutes, 0, expected={each.id for each in to_come})
    assert without.most is not None
    assert among.least is not None
    assert among.least >= without.most


def test_the_set_time_counts_as_ten_services() -> None:
    assert topic_minutes(4, []) == 4
    assert topic_minutes(4, [480] * 10) == 6
    assert topic_minutes(4, [60] * 50 + [480] * 100) == pytest.approx((40 + 800) / 110)


@pytest.mark.parametrize(
    ("number", "window", "said"),
    [
        ("A012", "3", "请 A 零 一 二 号到 三号窗口"),
        ("C1000", "12", "请 C 一 零 零 零 号到 十二号窗口"),
        ("X305", "20", "请 X 三 零 五 号到 二十号窗口"),
    ],
)
def test_a_call_is_said_digit_by_digit(number: str, window: str, said: str) -> None:
    assert " ".join(voice.clips(number, window)) == said
    assert set(voice.clips(number, window)) <= set(voice.needed_clips(20))


def test_about_forty_clips_are_enough_and_no_letter_sounds_like_another() -> None:
    assert len(voice.needed_clips(12)) <= 40
    assert not set(voice.LETTERS) & set("IOBDEGPTVJNSQZ")
