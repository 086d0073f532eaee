"""The words that fields listen for, in one language: `[listens]` in its `hears.toml`.

    [listens]
    officer = ["agent|agents", "(the) cops"]      # a kind, and its phrases
    [listens.presence]
    here = ["still here", "they|theyre (are) (all) still here"]   # a kind with values
    [listens.words]
    relative = ["husband", "wife"]         # for phrases: "took my {relative}"

In a phrase `a|b` is either word, `(a)` one that may be left out, `{relative}` any of those words,
and a phrase that is `*aron` alone any word of that ending. Accents, capitals and apostrophes do
not matter. At each word the longest phrase of a kind counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from reports.fields.learnt import Learnt, load_learnt
from reports.fields.network import load_networks
from reports.fields.phrases import Phrases, Slot, Step
from reports.fields.plain import plain

FILE: Final = "hears.toml"
TABLE: Final = "listens"
COMMON: Final = "listens.toml"
"""Beside the folders of languages: what is called the same in all, such as makes of cars."""
LEARNT: Final = "learnt.json"
"""Beside it: what words speak for, as it was learnt from written calls."""
COUNTS: Final = "counts.npz"
"""Beside it: the networks that weigh counts."""
MOST_WORDS: Final = 9
"""Of a phrase: a longer one is a mistake."""
WORDS: Final = "words"
"""The table of words that phrases name by `{…}`: it is no kind."""
SHORTEST_ENDING: Final = 3
LONGEST_ENDING: Final = 6
"""Letters."""
REMEMBERED: Final = 1 << 14
"""Words of which it is remembered what they say alone: callers say any."""
FILLER: Final = "filler"
"""The kind for what fills a pause, and may be a word."""
HESITATION: Final = "hesitation"
"""The kind for sounds that are never one: 'uh', 'eh'."""


KINDS: Final = frozenset(
    [
        "aboard",
        "about_to",
        "about",
        "activity",
        "agency",
        "ago",
        "ahead",
        "all_of",
        "along",
        "and",
        "and_half",
        "any_of",
        "article",
        "as_in",
        "behind_name",
        "beside",
        "between",
        "block",
        "both",
        "break",
        "by_now",
        "bystanding",
        "call_me",
        "call_when",
        "caller_at",
        "captives",
        "clock_about",
        "clock_ahead",
        "clock_and",
        "clock_at",
        "clock_behind",
        "clock_cue",
        "clock_from",
        "colour",
        "coming_from",
        "common",
        "correction",
        "county",
        "crosses",
        "crosses_known",
        "day",
        "definite",
        "definite_many",
        "denial",
        "denied_place",
        "denied_place_behind",
        "digit",
        "driver_and_passenger",
        "each",
        "equipment",
        "evidence",
        "filler",
        "goes_on",
        "greeting",
        "focus",
        "guess",
        "half_of_day",
        "heading",
        "held",
        "held_at",
        "hesitation",
        "hour",
        "house_number",
        "idiom",
        "in_town",
        "inside",
        "kind",
        "jail",
        "knows",
        "length",
        "letter",
        "lettering",
        "lives",
        "look",
        "makes",
        "many",
        "many_alone",
        "mine",
        "month",
        "more",
        "named",
        "namely",
        "need",
        "not_counted_behind",
        "not_theirs",
        "now_at",
        "number",
        "number_and",
        "oclock",
        "of",
        "officers",
        "one_person",
        "only_one",
        "or",
        "ordinary",
        "own",
        "own_doing",
        "own_taking",
        "other_city",
        "other_hours",
        "other_station",
        "others",
        "pair",
        "part",
        "partial",
        "passing",
        "passing_behind",
        "past",
        "people",
        "person",
        "personal",
        "plate",
        "plate_state",
        "preposition",
        "presence",
        "present",
        "private",
        "restrained",
        "right_here",
        "says",
        "school",
        "side",
        "single",
        "some",
        "spelling_gap",
        "station",
        "staying",
        "street_article",
        "street_type",
        "taken",
        "them",
        "there_are",
        "tinted",
        "titled",
        "total",
        "towards",
        "unit",
        "unmarked",
        "unsure",
        "vehicle",
        "vehicle_adjective",
        "whereabouts",
        "whose",
        "with",
        "years_old",
    ]
)
"""That some field reads: another one is a slip."""


class BadLexicon(ValueError):
    """A lexicon is not as it should be. `str()` lists all that is wrong, a line each."""


class Mark(NamedTuple):
    """Words that the lexicon knows: from `first` up to `last` and without it."""

    first: int
    last: int
    kind: str
    value: str


_mark: Final[Callable[[tuple[int, int, str, str]], Mark]] = partial(tuple.__new__, Mark)
"""What `Mark` makes of the same, without a call of its own: a report has a hundred."""


class _Alone(NamedTuple):
    """What a word says."""

    says: Sequence[tuple[str, str]]
    """Each kind once, with its value, where no longer phrase begins with it."""
    then: Mapping[str, Step[tuple[str, str]]]
    """By the next word, where longer phrases lead."""


@dataclass(frozen=True)
class Lexicon:
    """Of one language, by its code without region; empty for one that nobody wrote one for."""

    language: str
    _known: Phrases[tuple[str, str]] = field(default_factory=Phrases, repr=False, compare=False)
    _endings: Mapping[str, Sequence[tuple[str, str]]] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    words: frozenset[str] = field(default=frozenset(), repr=False)
    """All words of its phrases, plain."""
    learnt: Learnt | None = field(default=None, repr=False, compare=False)
    """What calls sound like as a whole: the same for all languages; None: nothing is guessed."""
    _pauses: Phrases[tuple[str, str]] = field(default_factory=Phrases, repr=False, compare=False)
    """Of `_known` those that fill pauses."""
    _alone: dict[str, _Alone] = field(default_factory=dict, repr=False, compare=False)
    """Of words that were looked up."""

    @cached_property
    def _lengths(self) -> frozenset[int]:
        return frozenset(map(len, self._endings))

    @classmethod
    def of(cls, language: str, *tables: Mapping[str, Any], learnt: Learnt | None = None) -> Lexicon:
        """Of all that stands in tables.

        Raises:
            BadLexicon: with everything that is wrong in them.
        """
        wrong: list[str] = []
        phrases, pauses = Phrases[tuple[str, str]](), Phrases[tuple[str, str]]()
        known = set[str]()
        endings: dict[str, list[tuple[str, str]]] = {}
        named = _named(tables, wrong)
        for kind, value, phrase in (each for table in tables for each in _phrases(table, wrong)):
            if phrase.startswith("*"):
                ending = plain(phrase[1:])
                if not SHORTEST_ENDING <= len(ending) <= LONGEST_ENDING:
                    wrong.append(
                        f"{kind}: “{phrase}”: an ending has {SHORTEST_ENDING} to {LONGEST_ENDING}"
                        " letters"
                    )
                endings.setdefault(ending, []).append((kind, value))
                continue
            if unknown := [name for name in _NAME.findall(phrase) if name not in named]:
                wrong.append(f"{kind}: “{phrase}”: no {', '.join(unknown)} in [{TABLE}.{WORDS}]")
                continue
            slots = list(_slots(phrase, named))
            if all(slot.is_optional for slot in slots) or len(slots) > MOST_WORDS:
                wrong.append(f"{kind}: “{phrase}” has no words, or more than {MOST_WORDS}")
                continue
            known.update(*(slot.words for slot in slots))
            phrases.add(slots, (kind, value))
            if kind in (FILLER, HESITATION):
                pauses.add(slots, (kind, value))
        if wrong:
            raise BadLexicon("\n".join(wrong))
        made = cls(language, phrases, endings, frozenset(known), learnt, pauses)
        made._prepare()
        return made

    def _prepare(self) -> None:
        """Makes what words are looked up in now, so that no call waits for it."""
        _ = self._pauses.begins
        for word in self._known.begins:
            self._say(word)

    def marks(self, words: Sequence[str]) -> tuple[Mark, ...]:
        """All that is known of plain words, in order; of each kind the longest at each word."""
        found: list[Mark] = []
        known, count, last = self._alone, len(words), 0
        for word in words:
            first, last = last, last + 1
            says, then = known.get(word) or self._say(word)
            if then and last < count and (step := then.get(words[last])) is not None:
                longest = {kind: (last, value) for kind, value in says}
                _lengthen(longest, words, last, step)
                for kind, (end, value) in longest.items():
                    found.append(_mark((first, end, kind, value)))
            else:
                for kind, value in says:
                    found.append(_mark((first, last, kind, value)))
        return tuple(found)

    def pauses(self, words: Sequence[str]) -> tuple[Mark, ...]:
        """What fills pauses: of each kind the longest at each word."""
        begins = self._pauses.begins
        return tuple(
            Mark(first, last, kind, "")
            for first, word in enumerate(words)
            if word in begins
            for kind, last in {k: n for n, (k, _) in self._pauses.found(words, first)}.items()
        )

    def _say(self, word: str) -> _Alone:
        """What a word says: by its ending, and as a phrase."""
        says = {
            kind: value
            for letters in self._lengths
            if len(word) > letters
            for kind, value in self._endings.get(word[-letters:], ())
        }
        step = self._known.begins.get(word)
        alone = _Alone(
            tuple((says | dict(step.ends if step else ())).items()), step.then if step else {}
        )
        if len(self._alone) < REMEMBERED:
            self._alone[word] = alone
        return alone


def _lengthen(
    longest: dict[str, tuple[int, str]],
    words: Sequence[str],
    at: int,
    step: Step[tuple[str, str]] | None,
) -> None:
    """Puts phrases that are longer than a word and go on with the word at `at` in the place of
    shorter ones: where each kind ends, and its value."""
    while step is not None:
        at += 1
        for kind, value in step.ends:
            longest[kind] = at, value
        step = step.then.get(words[at]) if at < len(words) else None


def load_lexicons(folder: Path) -> Mapping[str, Lexicon]:
    """Of every language in a folder of languages whose `hears.toml` has one, by its code.

    Raises:
        BadLexicon: with everything that is wrong in any of them.
    """
    found: dict[str, Lexicon] = {}
    wrong: list[str] = []
    common: Mapping[str, Any] = {}
    if (folder / COMMON).exists():
        common = _read(folder / COMMON, COMMON, wrong)
    learnt = None
    try:
        learnt = load_learnt(folder / LEARNT)
    except (OSError, ValueError, KeyError, TypeError) as error:
        wrong.append(f"{LEARNT}: {error!r}")
    try:
        if learnt is not None and (folder / COUNTS).exists():
            learnt = replace(learnt, networks=load_networks(folder / COUNTS))
    except (OSError, ValueError, KeyError) as error:
        wrong.append(f"{COUNTS}: {error!r}")
    for file in sorted(folder.glob(f"*/{FILE}")):
        where = f"{file.parent.name}/{FILE}"
        table = _read(file, where, wrong)
        try:
            # Who wrote nothing for a language is not answered by the names of cars alone.
            tables = [common, table] if table else []
            spoken = learnt if table else None
            found[file.parent.name] = Lexicon.of(file.parent.name, *tables, learnt=spoken)
        except BadLexicon as bad:
            wrong += [f"{where}: {line}" for line in str(bad).splitlines()]
    if wrong:
        raise BadLexicon("\n".join(wrong))
    return MappingProxyType(found)


def _read(file: Path, where: str, wrong: list[str]) -> Mapping[str, Any]:
    try:
        table: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8")).get(TABLE, {})
    except (OSError, tomllib.TOMLDecodeError) as error:
        wrong.append(f"{where}: {error}")
        return {}
    wrong += [f"{where}: no field listens for {kind}" for kind in table.keys() - KINDS - {WORDS}]
    return table


def _phrases(table: Mapping[str, Any], wrong: list[str]) -> Iterator[tuple[str, str, str]]:
    """(kind, value, phrase): a kind without values has the value ''."""
    for kind, given in table.items():
        if kind == WORDS:
            continue
        values = given if isinstance(given, dict) else {"": given}
        for value, phrases in values.items():
            name = f"{kind}.{value}" if value else kind
            if not isinstance(phrases, list) or not all(isinstance(each, str) for each in phrases):
                wrong.append(f"{name}: a list of phrases")
                continue
            for phrase in phrases:
                yield kind, value, phrase


_NAME: Final = re.compile(r"\{([^}]*)\}")


def _named(tables: Sequence[Mapping[str, Any]], wrong: list[str]) -> Mapping[str, str]:
    """The words that phrases may name, each as `a|b`."""
    found: dict[str, str] = {}
    for name, words in ((n, w) for table in tables for n, w in table.get(WORDS, {}).items()):
        if isinstance(words, list) and all(
            isinstance(each, str) and each.split() == [each] for each in words
        ):
            found[name] = "|".join(words)
        else:
            wrong.append(f"{WORDS}.{name}: a list of single words")
    return found


def _slots(phrase: str, named: Mapping[str, str]) -> Iterator[Slot]:
    for slot in _NAME.sub(lambda name: named[name[1]], phrase).split():
        optional = slot.startswith("(") and slot.endswith(")")
        words = frozenset(plain(word) for word in slot.strip("()").split("|"))
        yield Slot(words - {""}, optional or "" in words)
