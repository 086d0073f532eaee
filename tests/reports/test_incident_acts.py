"""What organizers do with incidents, on every database: put together, take apart, judge, undo."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from reports.custody import Deed, incident_subject, report_subject
from reports.model import (
    Act,
    ActKind,
    Call,
    Docket,
    Handling,
    IncidentActKind,
    Judgement,
    Report,
    Verdict,
    Verification,
)
from reports.services.incidents import (
    BuiltUpon,
    Done,
    EvidenceMissing,
    JudgedApart,
    MovedMeanwhile,
    NoSuchIncident,
    NothingNamed,
    VerdictStands,
    merge,
    set_verdict,
    split,
    tell_apart,
    tell_incidents_apart,
    undo,
)
from reports.services.review import NoSuchReport, judge
from reports.store import SqlReportStore

AT = datetime(2026, 1, 15, 14, 10, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
SEEN = Judgement(Verdict.CONFIRMED, Verification.ON_SCENE)


@pytest.fixture
def line(store: SqlReportStore) -> SqlReportStore:
    """With five reports."""
    with store.begin() as records:
        for number in range(1, 6):
            filed = AT - timedelta(minutes=10 - number)
            records.add_call(Call(f"CA{number}", filed, caller_hash=f"hash{number}"))
            records.add_report(Report(f"{number}00{number}", f"CA{number}", filed, filed))
    return store


ONE, TWO, THREE, FOUR, FIVE = ("1001", "2002", "3003", "4004", "5005")


def together(line: SqlReportStore, *references: str, who: str = "ana") -> int:
    done = merge(line, references=references, who=who, at=AT)
    assert done.incident_id is not None
    return done.incident_id


def docket(line: SqlReportStore, incident_id: int) -> Docket:
    with line.read() as records:
        found = records.docket(incident_id)
    assert found is not None
    return found


def act_id(done: Done) -> int:
    assert done.act is not None
    assert done.act.act_id is not None
    return done.act.act_id


def test_reports_put_together_are_one_incident_until_that_is_undone(line: SqlReportStore) -> None:
    done = merge(line, references=[TWO, ONE], who="ana", at=AT)
    assert done.incident_id is not None
    found = docket(line, done.incident_id)
    assert found.references == (ONE, TWO)
    assert [(act.kind, act.who) for act in found.acts] == [(IncidentActKind.MERGED, "ana")]
    with line.read() as records:
        assert records.incident_of([ONE, TWO, THREE]) == dict.fromkeys((ONE, TWO), done.incident_id)
        assert records.dockets() == [found]
        dossier = records.dossier(ONE)
    assert dossier is not None
    assert dossier.incident == found.incident
    assert dossier.report.changed_at == AT

    undo(line, act_id=act_id(done), who="ben", at=LATER)
    after = docket(line, done.incident_id)
    assert after.references == ()
    assert (after.acts[0].undone_by, after.acts[0].undone_at) == ("ben", LATER)
    with line.read() as records:
        assert records.dockets() == []
        assert records.incident_of([ONE, TWO]) == {}


def test_a_report_joins_what_stands(line: SqlReportStore) -> None:
    first = together(line, ONE, TWO)
    assert together(line, THREE, ONE) == first
    assert merge(line, references=[FOUR], incidents=[first], who="ana", at=AT).incident_id == first
    assert docket(line, first).references == (ONE, TWO, THREE, FOUR)


def test_the_second_who_presses_sees_what_the_first_did(line: SqlReportStore) -> None:
    first = merge(line, references=[ONE, TWO], who="ana", at=AT)
    second = merge(line, references=[TWO, ONE], who="ben", at=LATER)
    assert second.act is None
    assert second.incident_id == first.incident_id
    assert second.by is not None
    assert second.by.who == "ana"
    again = split(line, incident_id=together(line, ONE), references=[ONE], who="ana", at=AT)
    late = split(line, incident_id=again.act.incident_id, references=[ONE], who="ben", at=LATER)  # type: ignore[union-attr, arg-type]
    assert late.act is None
    assert late.by == again.act


def test_many_who_press_at_once_make_one_incident(line: SqlReportStore) -> None:
    found: list[Done] = []

    def press(who: str) -> None:
        found.append(merge(line, references=[ONE, TWO, THREE], who=who, at=AT))

    threads = [threading.Thread(target=press, args=(f"p{number}",)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({done.incident_id for done in found}) == 1
    assert sum(done.act is not None for done in found) == 1
    with line.read() as records:
        assert [each.references for each in records.dockets()] == [(ONE, TWO, THREE)]


def test_a_report_that_was_put_elsewhere_meanwhile_is_not_taken_from_there(
    line: SqlReportStore,
) -> None:
    one, other = together(line, ONE, TWO), together(line, THREE, FOUR, who="ben")
    with pytest.raises(MovedMeanwhile) as moved:
        merge(line, references=[FIVE, THREE], incidents=[one], who="ana", at=LATER)
    assert (moved.value.reference, moved.value.incident_id) == (THREE, other)
    assert moved.value.by is not None
    assert moved.value.by.who == "ben"
    with pytest.raises(MovedMeanwhile):
        merge(line, references=[ONE, THREE], who="ana", at=LATER)
    with pytest.raises(MovedMeanwhile):
        split(line, incident_id=one, references=[THREE], who="ana", at=LATER)
    assert docket(line, one).references == (ONE, TWO)


def test_two_incidents_become_the_one_that_was_judged_or_the_older(line: SqlReportStore) -> None:
    older, newer = together(line, ONE, TWO), together(line, THREE)
    newest = together(line, FOUR)
    set_verdict(line, incident_id=newer, judgement=SEEN, who="ana", at=AT)
    done = merge(line, incidents=[older, newer], who="ana", at=LATER)
    assert done.incident_id == newer
    assert docket(line, newer).references == (ONE, TWO, THREE)
    assert docket(line, older).references == ()
    assert docket(line, older).acts[-1].incident_id == newer, "it tells where they went"
    assert merge(line, incidents=[newest, newer], who="ana", at=LATER).incident_id == newer
    undo(line, act_id=act_id(done), who="ana", at=LATER)
    assert docket(line, older).references == (ONE, TWO)


def test_what_is_said_to_be_different_is_not_put_together(line: SqlReportStore) -> None:
    one, other = together(line, ONE), together(line, TWO)
    set_verdict(line, incident_id=one, judgement=SEEN, who="ana", at=AT)
    alarm = Judgement(Verdict.FALSE_ALARM, Verification.ON_SCENE)
    set_verdict(line, incident_id=other, judgement=alarm, who="ben", at=AT)
    with pytest.raises(JudgedApart):
        merge(line, incidents=[one, other], who="ana", at=LATER)


def test_a_split_tells_apart_and_undoing_it_forgets_that(line: SqlReportStore) -> None:
    incident = together(line, ONE, TWO, THREE)
    done = split(line, incident_id=incident, references=[THREE], who="ana", at=LATER)
    assert docket(line, incident).references == (ONE, TWO)
    with line.read() as records:
        assert records.told_apart([THREE]) == [(ONE, THREE), (TWO, THREE)]
        assert records.told_apart([ONE]) == [(ONE, THREE)]
    undo(line, act_id=act_id(done), who="ana", at=LATER)
    assert docket(line, incident).references == (ONE, TWO, THREE)
    with line.read() as records:
        assert records.told_apart([THREE]) == []


def test_reports_that_are_in_none_can_be_told_apart(line: SqlReportStore) -> None:
    incident = together(line, ONE, TWO)
    done = tell_apart(line, reference=FOUR, others=[THREE], incidents=[incident], who="ana", at=AT)
    with line.read() as records:
        assert records.told_apart([FOUR]) == [(ONE, FOUR), (TWO, FOUR), (THREE, FOUR)]
    assert tell_apart(line, reference=FOUR, others=[THREE], who="ben", at=AT).act is None
    undo(line, act_id=act_id(done), who="ana", at=AT)
    with line.read() as records:
        assert records.told_apart([FOUR]) == []
    with pytest.raises(MovedMeanwhile):
        tell_apart(line, reference=ONE, others=[TWO], who="ana", at=AT)
    with pytest.raises(NothingNamed):
        tell_apart(line, reference=ONE, who="ana", at=AT)


def test_only_what_nothing_builds_upon_is_undone(line: SqlReportStore) -> None:
    first = merge(line, references=[ONE, TWO], who="ana", at=AT)
    incident = first.incident_id
    assert incident is not None
    second = split(line, incident_id=incident, references=[TWO], who="ben", at=AT)
    with pytest.raises(BuiltUpon) as built:
        undo(line, act_id=act_id(first), who="ana", at=LATER)
    assert built.value.later.who == "ben"
    undo(line, act_id=act_id(second), who="ana", at=LATER)
    undo(line, act_id=act_id(first), who="ana", at=LATER)
    twice = undo(line, act_id=act_id(first), who="ben", at=LATER)
    assert twice.act is None
    assert twice.by is not None
    assert twice.by.undone_by == "ana"
    with pytest.raises(NoSuchIncident):
        undo(line, act_id=999, who="ana", at=LATER)


def test_an_incident_that_was_judged_is_not_emptied(line: SqlReportStore) -> None:
    merged = merge(line, references=[ONE, TWO], who="ana", at=AT)
    incident = merged.incident_id
    assert incident is not None
    judged = set_verdict(line, incident_id=incident, judgement=SEEN, who="ben", at=AT)
    with pytest.raises(VerdictStands) as stands:
        undo(line, act_id=act_id(merged), who="ana", at=LATER)
    assert stands.value.by.who == "ben"
    with pytest.raises(VerdictStands):
        split(line, incident_id=incident, references=[ONE, TWO], who="ana", at=LATER)
    assert docket(line, incident).references == (ONE, TWO)
    undo(line, act_id=act_id(judged), who="ana", at=LATER)
    undo(line, act_id=act_id(merged), who="ana", at=LATER)
    assert docket(line, incident).references == ()
    with pytest.raises(NoSuchIncident):
        set_verdict(line, incident_id=incident, judgement=SEEN, who="ana", at=LATER)


# --- Verdicts


def test_a_verdict_carries_who_when_and_how_it_is_known(line: SqlReportStore) -> None:
    incident = together(line, ONE, TWO)
    drill = Judgement(
        Verdict.NOT_ENFORCEMENT, Verification.PHOTO, "  a fire\n drill ", "two films of it"
    )
    set_verdict(line, incident_id=incident, judgement=drill, who="ana", at=LATER)
    found = docket(line, incident).incident
    assert found.judgement == Judgement(
        Verdict.NOT_ENFORCEMENT, Verification.PHOTO, "a fire drill", "two films of it"
    )
    assert found.judged is not None
    assert (found.judged.who, found.judged.at) == ("ana", LATER)


@pytest.mark.parametrize(
    ("judgement", "missing"),
    [
        (Judgement(Verdict.CONFIRMED), "how"),
        (Judgement(Verdict.FALSE_ALARM), "how"),
        (Judgement(Verdict.NOT_ENFORCEMENT, Verification.PHOTO, "  "), "instead"),
        (Judgement(Verdict.CONFIRMED, Verification.OTHER), "note"),
    ],
)
def test_a_verdict_without_evidence_is_none(
    line: SqlReportStore, judgement: Judgement, missing: str
) -> None:
    incident = together(line, ONE)
    with pytest.raises(EvidenceMissing, match=missing):
        set_verdict(line, incident_id=incident, judgement=judgement, who="ana", at=AT)
    assert docket(line, incident).incident.judged is None


def test_another_may_say_the_same_by_other_evidence_and_each_is_undone_by_itself(
    line: SqlReportStore,
) -> None:
    incident = together(line, ONE)
    first = set_verdict(line, incident_id=incident, judgement=SEEN, who="ana", at=AT)
    assert set_verdict(line, incident_id=incident, judgement=SEEN, who="ana", at=AT).act is None
    second = Judgement(Verdict.CONFIRMED, Verification.SECOND_SOURCE)
    later = set_verdict(line, incident_id=incident, judgement=second, who="ben", at=LATER)
    with pytest.raises(BuiltUpon):
        undo(line, act_id=act_id(first), who="ana", at=LATER)
    undo(line, act_id=act_id(later), who="ana", at=LATER)
    assert docket(line, incident).incident.judgement == SEEN
    unsaid = Judgement(Verdict.UNVERIFIED)
    set_verdict(line, incident_id=incident, judgement=unsaid, who="ana", at=LATER)
    assert docket(line, incident).incident.verdict is Verdict.UNVERIFIED
    assert set_verdict(line, incident_id=incident, judgement=unsaid, who="b", at=AT).act is None


def test_reports_show_what_is_said_of_their_incident_unless_it_is_said_of_them(
    line: SqlReportStore,
) -> None:
    judge(line, reference=TWO, verdict=Verdict.FALSE_ALARM, who="ben", at=AT)
    incident = together(line, ONE, TWO)
    done = set_verdict(line, incident_id=incident, judgement=SEEN, who="ana", at=LATER)

    def shown() -> list[tuple[Verdict, str | None]]:
        with line.read() as records:
            return [
                (each.verdict, None if each.judged is None else each.judged.who)
                for each in records.dossiers_of([ONE, TWO])
            ]

    assert shown() == [(Verdict.CONFIRMED, "ana"), (Verdict.FALSE_ALARM, "ben")]
    with line.read() as records:
        assert not records.is_trusted("hash1"), "that a person said of the report itself alone"
        assert [d.report.reference for d in records.dossiers(since=LATER)] == [TWO, ONE]
    undo(line, act_id=act_id(done), who="ana", at=LATER)
    assert shown() == [(Verdict.UNVERIFIED, None), (Verdict.FALSE_ALARM, "ben")]


# --- The rest


def test_the_custody_log_tells_of_it_and_holds_no_words(line: SqlReportStore) -> None:
    done = merge(line, references=[ONE, TWO], who="ana", at=AT)
    incident = done.incident_id
    assert incident is not None
    drill = Judgement(Verdict.NOT_ENFORCEMENT, Verification.PHOTO, "a fire drill", "says Mr Nobody")
    set_verdict(line, incident_id=incident, judgement=drill, who="ana", at=AT)
    split(line, incident_id=incident, references=[TWO], who="ben", at=LATER)
    with line.read() as records:
        of_report = records.custody_of([report_subject(TWO)])
        of_incident = records.custody_of([incident_subject(incident)])
    assert [(entry.deed, entry.who) for entry in of_report] == [
        (Deed.INCIDENT_MERGED, "ana"),
        (Deed.INCIDENT_SPLIT, "ben"),
    ]
    assert [dict(entry.detail) for entry in of_incident] == [
        {"after": "not_enforcement", "how": "photo"}
    ]


def test_who_names_nothing_or_what_is_not_there_is_told_so(line: SqlReportStore) -> None:
    with pytest.raises(NothingNamed):
        merge(line, who="ana", at=AT)
    with pytest.raises(NoSuchReport):
        merge(line, references=[ONE, "9999"], who="ana", at=AT)
    with pytest.raises(NoSuchIncident):
        merge(line, references=[ONE], incidents=[7], who="ana", at=AT)
    with line.read() as records:
        assert records.incident_of([ONE]) == {}


def test_what_changed_since_and_what_is_open(line: SqlReportStore) -> None:
    together(line, ONE)
    later = merge(line, references=[TWO], who="ana", at=LATER).incident_id
    with line.read() as records:
        assert [each.incident.incident_id for each in records.dockets(since=LATER)] == [later]
        assert [ref for ref, _ in records.filed_since(AT - timedelta(minutes=7), 10)] == [
            FIVE,
            FOUR,
            THREE,
        ]
        assert records.filed_since(AT - timedelta(minutes=7), 1) == [
            (FIVE, AT - timedelta(minutes=5))
        ]
    with line.begin() as records:
        report = records.report(FIVE)
        assert report is not None
        records.save_report(Report(FIVE, "CA5", report.filed_at, AT, handling=Handling.CLOSED))
        records.add_act(Act(FIVE, AT, "ana", ActKind.HANDLING, "new", "closed"))
        assert [ref for ref, _ in records.filed_since(AT - timedelta(minutes=7), 1)] == [FOUR]


def test_two_incidents_can_be_told_apart_until_that_is_undone(line: SqlReportStore) -> None:
    one, other = together(line, ONE, TWO), together(line, THREE, FOUR)
    done = tell_incidents_apart(line, incident_id=one, others=[other, one], who="ana", at=LATER)
    with line.read() as records:
        assert records.told_apart([ONE]) == [(ONE, THREE), (ONE, FOUR)]
        assert records.told_apart([TWO]) == [(TWO, THREE), (TWO, FOUR)]
    for incident in (one, other):
        assert docket(line, incident).acts[-1].kind is IncidentActKind.APART
    again = tell_incidents_apart(line, incident_id=other, others=[one], who="ben", at=LATER)
    assert again.act is None
    undo(line, act_id=act_id(done), who="ben", at=LATER)
    with line.read() as records:
        assert records.told_apart([ONE, TWO]) == []
    assert docket(line, other).acts[-1].undone_by == "ben"


def test_of_many_reports_enough_are_told_apart_for_some_to_leave(line: SqlReportStore) -> None:
    filed = AT - timedelta(minutes=3)
    many = [f"7{number:03}" for number in range(30)]
    with line.begin() as records:
        for reference in many:
            records.add_call(Call(f"CA{reference}", filed))
            records.add_report(Report(reference, f"CA{reference}", filed, filed))
    one, other = together(line, *many[:15]), together(line, *many[15:])
    done = tell_incidents_apart(line, incident_id=one, others=[other], who="ana", at=AT)
    assert done.act is not None
    told = {frozenset(pair) for pair in done.act.apart}
    assert all({each, many[15]} in told for each in many[:15])
    assert all({many[0], each} in told for each in many[15:])
    assert len(told) == 15 * 15 - 5 * 5


def test_an_incident_that_was_put_into_another_meanwhile_is_not_told_apart_from_it(
    line: SqlReportStore,
) -> None:
    one, other = together(line, ONE), together(line, TWO)
    merge(line, incidents=[one, other], who="ben", at=LATER)
    with pytest.raises(MovedMeanwhile) as moved:
        tell_incidents_apart(line, incident_id=one, others=[other], who="ana", at=LATER)
    assert (moved.value.reference, moved.value.incident_id) == (TWO, one)
    with pytest.raises(NothingNamed):
        tell_incidents_apart(line, incident_id=one, others=[one], who="ana", at=LATER)
    with pytest.raises(NoSuchIncident):
        tell_incidents_apart(line, incident_id=one, others=[99], who="ana", at=LATER)
