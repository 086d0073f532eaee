"""`script.toml` as typed values: which questions a call asks, in what order, and who is asked them.

The script is data, so that another group asks other things without another line of code.
"""

from __future__ import annotations

import string
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from ivr.toml_file import TomlFile
from reports.model import Admission

Kind = Literal["choose", "number", "record", "reference", "inform"]
PersonKey = Literal["key", "first", "off"]

PERSON: Final = "0"
"""The key that rings the people on shift, at every question."""
REPEAT: Final = "*"
"""The key that has a question said again."""
LONGEST_ID: Final = 40
"""Characters: what is set of its words is kept under a name of 64 that holds it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the script, see `prompts/script.toml`. Times are in seconds."""

    id: str
    kind: Kind
    keys: tuple[str, ...] = ()
    files: tuple[str, ...] | None = None
    """The keys that make a report; None: all of them."""
    default: str | None = None
    missing: str = ""
    only_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    back_to: str | None = None
    optional: bool = False
    """Whether it may be switched off."""
    digits: int = 1
    wait: int = 5
    longest: int = 0
    silence: int = 0

    def makes_report(self, digits: str) -> bool:
        """Whether this answer is worth a report by itself."""
        if not digits or self.kind == "reference":
            return False
        return self.files is None or digits in self.files


@dataclass(frozen=True, slots=True)
class Script:
    name: str
    questions: tuple[Question, ...]
    unknown_language: Question
    person: PersonKey = "key"
    flood: tuple[str, ...] = ()
    """The ids of the questions that are left in a flood."""
    off: frozenset[str] = frozenset()
    """The ids of those that are not asked. They are known all the same: who was just asked one is
    still answered."""

    def without(self, ids: Iterable[str]) -> Script:
        """The same, and these are not asked: those of them that are optional. Nor is a key taken
        that would lead to nothing else."""
        optional = {question.id for question in self.questions if question.optional}
        off = frozenset(ids) & optional
        if not off:
            return self
        return replace(
            self,
            off=off,
            questions=tuple(self._with_keys_that_lead(each, off) for each in self.questions),
        )

    def _with_keys_that_lead(self, question: Question, off: frozenset[str]) -> Question:
        leads_to = [
            (follower.id, follower.only_if[question.id])
            for follower in self.questions
            if question.id in follower.only_if
        ]
        dead = {key for id_, keys in leads_to if id_ in off for key in keys} - {
            key for id_, keys in leads_to if id_ not in off for key in keys
        }
        if not dead & set(question.keys):
            return question
        return replace(
            question,
            keys=tuple(key for key in question.keys if key not in dead),
            files=None
            if question.files is None
            else tuple(key for key in question.files if key not in dead),
        )

    def short(self, let_in: Admission = Admission.FLOOD) -> Script:
        """The same with the questions of a flood alone, each asked whatever was not asked before
        it; a recorder is always among them.

        People may still be rung by key, unless the caller is limited; of who is blocked one
        recording is enough.
        """
        left = [
            replace(question, only_if={}, back_to=None)
            for question in self.questions
            if question.id in self.flood
        ]
        recorders = [question for question in left if question.kind == "record"]
        if not recorders:
            spoken = (each for each in self.questions if each.kind == "record")
            first = replace(next(spoken, self.unknown_language), only_if={})
            left, recorders = [*left, first], [first]
        if let_in is Admission.BLOCKED:
            left = recorders[:1]
        person: PersonKey = "off" if not let_in.alerts or self.person == "off" else "key"
        return replace(self, questions=tuple(left), person=person)

    def question(self, question_id: str) -> Question | None:
        everything = (*self.questions, self.unknown_language)
        return next((question for question in everything if question.id == question_id), None)

    def following(self, after: str | None, answers: Mapping[str, str]) -> Question | None:
        """The next question that is to be asked, None after the last.

        `after` is the id of the one before, None at the beginning; `answers` what was pressed so
        far, by question.
        """
        ids = [None, *(question.id for question in self.questions)]
        if after not in ids:
            return None
        rest = self.questions[ids.index(after) :]
        return next((question for question in rest if self._is_asked(question, answers)), None)

    def _is_asked(self, question: Question, answers: Mapping[str, str]) -> bool:
        return question.id not in self.off and all(
            self._counts_as(earlier, answers) in wanted
            for earlier, wanted in question.only_if.items()
        )

    def _counts_as(self, question_id: str, answers: Mapping[str, str]) -> str:
        given = answers.get(question_id, "")
        if given:
            return given
        question = self.question(question_id)
        return "" if question is None else question.missing


_FIELDS: Mapping[str, type] = MappingProxyType(
    {
        "id": str,
        "kind": str,
        "keys": list,
        "files": list,
        "default": str,
        "missing": str,
        "only_if": dict,
        "back_to": str,
        "optional": bool,
        "digits": int,
        "wait": int,
        "longest": int,
        "silence": int,
    }
)
_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "choose": ("keys",),
        "number": ("digits",),
        "record": ("longest", "silence"),
        "reference": ("digits",),
        "inform": (),
    }
)
_PERSON: Final = ("key", "first", "off")


def read_script(path: Path, wrong: list[str]) -> Script | None:
    """The script, or None with what is wrong with it added to `wrong`: file, line and key."""
    file = TomlFile.read(path, wrong)
    if file is None:
        return None
    before = len(wrong)
    questions = [
        _question(file, entry, "question", index, wrong)
        for index, entry in enumerate(file.table.get("question", []))
    ]
    unknown = _question(
        file, file.table.get("unknown_language", {}), "unknown_language", None, wrong
    )
    known = [question for question in questions if question]
    _whole(file, known, wrong)
    if not questions:
        wrong.append(file.at("has no [[question]]"))
    if unknown is not None and unknown.kind != "record":
        wrong.append(file.at("kind must be 'record'", "unknown_language", key="kind"))
    person = file.table.get("person", "key")
    if person not in _PERSON:
        wrong.append(file.at(f"person must be one of {', '.join(_PERSON)}", key="person"))
    flood = file.table.get("flood", [])
    if not isinstance(flood, list):
        wrong.append(file.at("flood must be a list of questions' ids", key="flood"))
        flood = []
    for question_id in flood:
        if question_id not in {question.id for question in known}:
            wrong.append(file.at(f"flood: there is no question {question_id!r}", key="flood"))
    if len(wrong) > before or unknown is None:
        return None
    name = str(file.table.get("name", path.parent.name))
    for index, question in enumerate(questions):
        if question is not None and question.optional:
            for problem in _why_needed(question, known, flood):
                wrong.append(file.at(f"optional: {problem}", "question", index, key="optional"))
    if len(wrong) > before:
        return None
    return Script(name, tuple(known), unknown, person, tuple(flood))


def _why_needed(
    question: Question, questions: Iterable[Question], flood: Collection[str]
) -> Iterator[str]:
    """Why a question cannot be optional."""
    if question.kind == "record":
        yield "what is recorded is always asked: a report without a recording is none"
    if question.id in flood:
        yield "what is asked in a flood is always asked"
    for other in questions:
        if question.id in other.only_if or question.id == other.back_to:
            yield f"{other.id!r} depends on it"


def _whole(file: TomlFile, questions: list[Question], wrong: list[str]) -> None:
    """What is only wrong between questions: the same id twice, rules about what is not before."""
    seen: set[str] = set()
    for index, question in enumerate(questions):
        where = ("question", index)
        if question.id in seen:
            wrong.append(file.at(f"two questions have the id {question.id!r}", *where, key="id"))
        for earlier in question.only_if:
            if earlier not in seen:
                wrong.append(
                    file.at(f"only_if: {earlier!r} is not asked before it", *where, key="only_if")
                )
        if question.back_to is not None and question.back_to not in seen:
            wrong.append(
                file.at(f"back_to: {question.back_to!r} is not before it", *where, key="back_to")
            )
        seen.add(question.id)


def _question(
    file: TomlFile, entry: Mapping[str, Any], table: str, index: int | None, wrong: list[str]
) -> Question | None:
    before = len(wrong)

    def complain(problem: str, key: str | None = None) -> None:
        wrong.append(file.at(problem, table, index, key=key))

    for name, value in entry.items():
        if name not in _FIELDS:
            complain(f"{name!r} is no key of a question", name)
        elif type(value) is not _FIELDS[name]:
            complain(f"{name} must be a {_FIELDS[name].__name__}", name)
        elif isinstance(value, int) and not isinstance(value, bool) and value < 1:
            complain(f"{name} must be 1 or more", name)
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in _NEEDED:
        complain(f"kind must be one of {', '.join(_NEEDED)}", "kind")
    else:
        for name in _NEEDED[kind]:
            if not entry.get(name):
                complain(f"a {kind!r} needs {name}")
    if not entry.get("id"):
        complain("id is missing")
    elif isinstance(entry["id"], str) and len(entry["id"]) > LONGEST_ID:
        complain(f"id is longer than {LONGEST_ID} characters", "id")
    for name in ("keys", "files"):
        for key in entry.get(name, []):
            if not isinstance(key, str) or key not in set(string.digits):
                complain(f"{name}: {key!r} is no single digit in quotes", name)
            elif key == PERSON:
                complain(f"{name}: {PERSON!r} is always the key for a person", name)
            elif name == "files" and key not in entry.get("keys", []):
                complain(f"files: {key!r} is none of keys", name)
    for earlier, wanted in (entry.get("only_if") or {}).items():
        if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
            complain(f"only_if: {earlier} must be a list of keys in quotes", "only_if")
    if len(wrong) > before:
        return None
    return Question(
        **{
            **entry,
            "keys": tuple(entry.get("keys", ())),
            "files": tuple(entry["files"]) if "files" in entry else None,
            "only_if": {id_: tuple(wanted) for id_, wanted in entry.get("only_if", {}).items()},
        }
    )
