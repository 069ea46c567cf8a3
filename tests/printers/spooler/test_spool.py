"""The spool: nothing lost, nothing doubled, and a code that is gone as soon as its paper is on the way."""

from collections.abc import Iterator
from datetime import timedelta

import peewee
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from printers.errors import NoSuchJob, WrongStep
from printers.spooler import spool
from printers.spooler.spool import STEPS, PrintJobState
from tests.printers.faulty import Killed, MemoryStation
from tests.printers.slips import CODE, a_receipt, a_short_slip


@pytest.fixture
def station() -> Iterator[MemoryStation]:
    made = MemoryStation()
    yield made
    made.close()


def move(station: MemoryStation, job: int, *states: PrintJobState) -> None:
    for state in states:
        with station.writing() as database:
            spool.step(database, job, state, by="worker", why="", now=station.clock())


def test_two_taps_make_one_paper(station: MemoryStation) -> None:
    assert station.enqueue(a_receipt(), "R1") == station.enqueue(a_receipt(), "R1")
    assert station.enqueue(a_short_slip(), "R1") != station.enqueue(a_receipt(), "R1")


def test_the_job_is_part_of_the_callers_promise(station: MemoryStation) -> None:
    station.crash_at = station.commits + 1
    with pytest.raises(Killed):
        station.enqueue(a_receipt(), "R1")
    with station.writing() as database:
        assert spool.jobs_of(database, "R1") == []


def test_only_steps_of_the_table_are_taken(station: MemoryStation) -> None:
    for start, path in {
        PrintJobState.QUEUED: (),
        PrintJobState.SENDING: (PrintJobState.SENDING,),
        PrintJobState.SENT: (PrintJobState.SENDING, PrintJobState.SENT),
        PrintJobState.PRINTED: (PrintJobState.SENDING, PrintJobState.SENT, PrintJobState.PRINTED),
        PrintJobState.UNCERTAIN: (PrintJobState.SENDING, PrintJobState.UNCERTAIN),
        PrintJobState.SUPERSEDED: (PrintJobState.SENDING, PrintJobState.UNCERTAIN, PrintJobState.SUPERSEDED),
        PrintJobState.CANCELLED: (PrintJobState.CANCELLED,),
    }.items():
        for goal in PrintJobState:
            job = station.enqueue(a_short_slip(), f"{start}-{goal}")
            move(station, job, *path)
            if goal in STEPS[start]:
                move(station, job, goal)
                assert station.job(job).state is goal
            else:
                with pytest.raises(WrongStep):
                    move(station, job, goal)


@pytest.mark.parametrize(
    "path",
    [
        (PrintJobState.SENDING, PrintJobState.SENT),
        (PrintJobState.SENDING, PrintJobState.UNCERTAIN),
        (PrintJobState.SENDING, PrintJobState.SENT, PrintJobState.PRINTED),
        (PrintJobState.CANCELLED,),
    ],
)
def test_the_code_is_erased_when_the_paper_leaves_the_queue_for_good(
    station: MemoryStation, path: tuple[PrintJobState, ...]
) -> None:
    job = station.enqueue(a_receipt(), secret=CODE.encode())
    move(station, job, *path)
    assert station.job(job).secret is None
    assert station.job(job).has_secret


def test_the_table_itself_refuses_to_keep_a_code_with_a_printed_paper(station: MemoryStation) -> None:
    job = station.enqueue(a_receipt(), secret=CODE.encode())
    with pytest.raises(peewee.IntegrityError), station.writing() as database:
        database.execute_sql("UPDATE print_job SET state = 'printed' WHERE id = ?", (job,))


def test_a_person_who_has_the_paper_settles_it(station: MemoryStation) -> None:
    job = station.enqueue(a_receipt())
    move(station, job, PrintJobState.SENDING, PrintJobState.UNCERTAIN)
    for _ in range(2):
        with station.writing() as database:
            spool.confirm_taken(database, job, by="citizen", now=station.clock())
    with station.writing() as database:
        last = spool.events(database, job)[-1]
    assert (last.from_state, last.to_state, last.by, last.why) == ("uncertain", "printed", "citizen", "taken")


def test_a_person_who_does_not_have_it_gets_a_marked_copy_once(station: MemoryStation) -> None:
    job = station.enqueue(a_receipt(), secret=CODE.encode())
    move(station, job, PrintJobState.SENDING, PrintJobState.UNCERTAIN)
    copy = station.reprint(job)
    assert station.reprint(job) == copy, "a second tap"
    assert station.job(job).state is PrintJobState.SUPERSEDED
    again = station.job(copy)
    assert (again.copy, again.state, again.secret, again.slip) == (
        1,
        PrintJobState.QUEUED,
        None,
        station.job(job).slip,
    )
    with station.writing() as database:
        (event,) = spool.events(database, copy)
    assert (event.by, event.why) == ("clerk-li", "not-taken")


def test_a_paper_on_its_way_is_not_reprinted(station: MemoryStation) -> None:
    job = station.enqueue(a_receipt())
    with pytest.raises(WrongStep):
        station.reprint(job)
    move(station, job, PrintJobState.SENDING)
    with pytest.raises(WrongStep):
        station.reprint(job)


def test_copies_are_counted(station: MemoryStation) -> None:
    job = station.enqueue(a_receipt())
    for nth in (1, 2, 3):
        move(station, job, PrintJobState.SENDING, PrintJobState.SENT, PrintJobState.PRINTED)
        job = station.reprint(job)
        assert station.job(job).copy == nth


def test_leaving_cancels_what_has_not_begun(station: MemoryStation) -> None:
    waiting, begun = station.enqueue(a_receipt(), "R1"), station.enqueue(a_receipt(), "R2")
    move(station, begun, PrintJobState.SENDING)
    with station.writing() as database:
        assert spool.cancel(database, waiting, by="citizen", why="left", now=station.clock())
        assert spool.cancel(database, waiting, by="citizen", why="left", now=station.clock())
        assert not spool.cancel(database, begun, by="citizen", why="left", now=station.clock())


def test_what_finished_papers_said_is_erased_after_its_time(station: MemoryStation) -> None:
    job = station.enqueue(a_receipt(), "R1")
    waiting = station.enqueue(a_receipt(), "R2")
    move(station, job, PrintJobState.SENDING, PrintJobState.SENT, PrintJobState.PRINTED)
    with station.writing() as database:
        assert spool.forget(database, station.clock() + timedelta(days=1)) == 1
    assert station.job(job).slip == ""
    assert station.job(waiting).slip != ""
    with pytest.raises(WrongStep):
        station.reprint(job)


def test_paper_is_counted_by_kind(station: MemoryStation) -> None:
    for key, mm in (("R1", 140), ("R2", 150)):
        job = station.enqueue(a_receipt(), key)
        move(station, job, PrintJobState.SENDING)
        with station.writing() as database:
            spool.step(
                database, job, PrintJobState.SENT, by="worker", why="", now=station.clock(), paper_mm=mm
            )
    with station.writing() as database:
        assert spool.paper_used(database, station.clock()) == {"disclosure-receipt": 290}


def test_an_unknown_number_is_refused(station: MemoryStation) -> None:
    with pytest.raises(NoSuchJob):
        station.job(99)


class SpoolStory(RuleBasedStateMachine):
    """Citizens, worker, crashes and time in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.station = MemoryStation()
        self.made = 0
        self.papers: dict[int, int] = {}

    def teardown(self) -> None:
        self.station.close()

    @rule()
    def submit(self) -> None:
        self.made += 1
        self.station.enqueue(a_short_slip(), f"R{self.made}", secret=b"x")

    @rule(
        end=st.sampled_from([PrintJobState.SENT, PrintJobState.UNCERTAIN, PrintJobState.QUEUED, None]),
        proven=st.booleans(),
    )
    def work(self, end: PrintJobState | None, proven: bool) -> None:
        """The worker sends one paper; None is a crash on the way."""
        with self.station.writing() as database:
            job = spool.next_queued(database, self.station.clock())
        if job is None:
            return
        move(self.station, job.id, PrintJobState.SENDING)
        if end is not PrintJobState.QUEUED:
            self.papers[job.id] = self.papers.get(job.id, 0) + 1
        if end is not None:
            move(self.station, job.id, end)
        if end is PrintJobState.SENT and proven:
            move(self.station, job.id, PrintJobState.PRINTED)

    @rule()
    def restart(self) -> None:
        with self.station.writing() as database:
            spool.recover(database, self.station.clock())

    @rule(which=st.integers(1, 30))
    def complain(self, which: int) -> None:
        try:
            self.station.reprint(which)
        except (NoSuchJob, WrongStep):
            return

    @rule(minutes=st.sampled_from([1, 11]))
    def wait(self, minutes: int) -> None:
        self.station.clock.pass_minutes(minutes)
        with self.station.writing() as database:
            spool.expire(database, self.station.clock())

    @invariant()
    def each_job_is_sent_at_most_once(self) -> None:
        assert all(count == 1 for count in self.papers.values())

    @invariant()
    def no_request_is_lost(self) -> None:
        with self.station.writing() as database:
            for nth in range(1, self.made + 1):
                copies = [job.copy for job in spool.jobs_of(database, f"R{nth}")]
                assert copies == list(range(len(copies)))
                assert copies

    @invariant()
    def at_most_one_copy_is_on_its_way(self) -> None:
        with self.station.writing() as database:
            for nth in range(1, self.made + 1):
                states = [job.state for job in spool.jobs_of(database, f"R{nth}")]
                assert sum(state in (PrintJobState.QUEUED, PrintJobState.SENDING) for state in states) <= 1


SpoolStory.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
test_any_story_of_citizens_and_crashes = SpoolStory.TestCase
