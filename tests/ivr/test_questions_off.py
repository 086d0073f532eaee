"""Questions that are left out: whatever is switched off, every call ends with what was recorded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.languages import Prompts, load_prompts
from ivr.script import Ask, Finish, Record, Taken, accepted, after_keys, after_recording
from ivr.scripts import Question, read_script
from reports.wording import Wording

PROMPTS = load_prompts(Path("prompts"))
IDS = [question.id for question in PROMPTS.script.questions]
SCRIPT = """
unknown_language = {{ id = "what", kind = "record", longest = 9, silence = 9 }}
flood = ["where"]

[[question]]
id = "when"
kind = "choose"
keys = ["1"]
{when}

[[question]]
id = "where"
kind = "record"
longest = 9
silence = 9
only_if = {{ when = ["1"] }}
{where}

[[question]]
id = "how"
kind = "choose"
keys = ["1"]
{how}
"""


def without(*ids: str) -> Prompts:
    return PROMPTS.worded(Wording({}, frozenset(ids)))


def question(prompts: Prompts, id_: str) -> Question:
    found = prompts.script.question(id_)
    assert found is not None
    return found


@given(st.sets(st.sampled_from([*IDS, "nonsense"])), st.sampled_from("1236"))
def test_what_is_recorded_is_asked_whatever_is_off(off: set[str], first: str) -> None:
    prompts = without(*off)
    asked, answers = [], {"when": first}
    after: str | None = "when"
    while (following := prompts.script.following(after, answers)) is not None:
        asked.append(following)
        after = following.id
    assert not {each.id for each in asked} & prompts.script.off
    assert prompts.script.off <= {each.id for each in PROMPTS.script.questions if each.optional}
    full = PROMPTS.script
    assert [each.id for each in asked if each.kind == "record"] == [
        each.id
        for each in full.questions
        if each.kind == "record" and full._is_asked(each, answers)
    ]


@given(
    st.sets(st.sampled_from(IDS)),
    st.sampled_from([question for question in PROMPTS.script.questions if question.optional]),
    st.sampled_from(["", "1", "2", "9", "*", "0", "12"]),
    st.integers(1, 12),
)
def test_who_was_asked_what_is_off_by_now_is_led_on(
    off: set[str], asked: Question, digits: str, turn: int
) -> None:
    prompts = without(*off, asked.id)
    known = question(prompts, asked.id)
    step = after_keys(prompts, known, turn, digits, {"when": "1"})
    step = step.step if isinstance(step, Taken) else step
    if isinstance(step, Ask | Record) and step.question.id != asked.id:
        assert step.question.id not in prompts.script.off


def test_a_key_that_leads_nowhere_is_none_and_others_stay() -> None:
    when = question(without("rights"), "when")
    assert when.keys == ("1", "2", "3", "5", "6")
    assert when.files == ("1", "2", "3")
    assert accepted(when, "4") is None
    assert question(without("officers", "callback"), "when") == question(PROMPTS, "when")


def test_in_a_flood_as_much_is_asked_as_before() -> None:
    off = without("rights", "others", "officers", "still_there", "callback")
    short = off.script.short()
    assert [each.id for each in short.questions] == ["where", "what"]
    first = short.following(None, {})
    assert first is not None
    assert first.id == "where"
    flooded = replace(off, script=short)
    step = after_recording(flooded, first, 1, "#", {}, known_language=True, recording_sid="RE1")
    assert isinstance(step, Record)
    assert step.question.id == "what"
    step = after_recording(
        flooded, step.question, 1, "#", {}, known_language=True, recording_sid="RE2"
    )
    assert isinstance(step, Finish)


@pytest.mark.parametrize(
    ("which", "why"),
    [
        ("when", "'where' depends on it"),
        ("where", "what is recorded is always asked"),
        ("where", "what is asked in a flood is always asked"),
        ("how", None),
    ],
)
def test_what_others_depend_on_cannot_be_called_optional(
    tmp_path: Path, which: str, why: str | None
) -> None:
    file = tmp_path / "script.toml"
    file.write_text(
        SCRIPT.format(**{"when": "", "where": "", "how": "", which: "optional = true"}),
        encoding="utf-8",
    )
    wrong: list[str] = []
    script = read_script(file, wrong)
    assert (script is None) is (why is not None)
    if why is not None:
        assert any(why in line and "optional" in line for line in wrong), wrong


def test_optional_is_true_or_false(tmp_path: Path) -> None:
    file = tmp_path / "script.toml"
    file.write_text(
        SCRIPT.format(when="", where="", how='optional = "yes"\nwait = true'), encoding="utf-8"
    )
    wrong: list[str] = []
    assert read_script(file, wrong) is None
    assert any("optional must be a bool" in line for line in wrong)
    assert any("wait must be a int" in line for line in wrong)
