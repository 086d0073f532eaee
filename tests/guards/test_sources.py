"""What may not stand in the line's source, or anywhere in the repository."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.tree import sources, syntax, texts, within

PRIVATE = frozenset(
    {
        *("number", "caller", "body", "text", "transcript", "token", "digits", "words", "said"),
        *("address", "recipient", "password", "secret", "form"),
    }
)
"""Names, or parts of names, of what never stands in a log."""
ERRORS = frozenset({"error", "exception", "failure", "refusal", "exc", "e"})
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})
PROGRAMS = ("simulator", "demo", "bench")
"""Run by hand in a terminal, where they speak to whoever started them."""


def found(path: Path, node: ast.AST) -> str:
    return f"{path}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)}"


# --- The environment ------------------------------------------------------------------------------


def reads_of_environment(tree: ast.AST) -> Iterator[ast.AST]:
    """Every use of `os.environ` or `os.getenv` but `{**os.environ, …}`: that hands the environment
    on to a child process whole, and looks at nothing in it."""
    handed_on = {
        id(value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if key is None
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "environb" | "getenv"):
                if id(node) not in handed_on:
                    yield node
            case ast.ImportFrom(module="os", names=names):
                if any(name.name in ("environ", "environb", "getenv") for name in names):
                    yield node


def test_only_the_settings_read_the_environment() -> None:
    # The simulator is a program of its own, whose secrets may come by way of its environment.
    readers = [path for path in sources() if not within(path, "config.py", "simulator")]
    assert [
        found(path, use) for path in readers for use in reads_of_environment(syntax(path))
    ] == []


@pytest.mark.parametrize(
    "source",
    ["os.environ['ONCALL']", "os.environ.get('X')", "os.getenv('X')", "from os import environ"],
)
def test_a_read_of_the_environment_is_seen(source: str) -> None:
    assert list(reads_of_environment(ast.parse(source)))
    assert not list(reads_of_environment(ast.parse("{**os.environ, 'A': 'b'}")))


# --- What is printed and logged -------------------------------------------------------------------


def test_nothing_is_printed_but_by_programs_run_by_hand() -> None:
    prints = [
        found(path, node)
        for path in sources()
        if not within(path, *PROGRAMS, "tests")
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
    ]
    assert prints == []


def log_calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """(level, call) of each."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="log" | "logger" | "logging"), attr=level)
            ) if level in LEVELS:
                yield level, node


def tells_too_much(level: str, call: ast.Call) -> bool:
    """Whether a log call names what is private, or prints an error, whose text may hold it; the
    latter is allowed where nobody sees it unless they ask for it, at the level of debug."""
    if any(isinstance(value, ast.Name) and value.id in ERRORS for value in call.args):
        return True
    traceback = level == "exception" or any(keyword.arg == "exc_info" for keyword in call.keywords)
    if traceback and level != "debug":
        return True
    names = {
        node.id if isinstance(node, ast.Name) else node.attr
        for value in (*call.args, *(keyword.value for keyword in call.keywords))
        for node in ast.walk(value)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    return any(PRIVATE & set(name.lower().strip("_").split("_")) for name in names)


def test_no_log_line_holds_what_is_private() -> None:
    calls = [
        (path, level, call)
        for path in sources()
        if not within(path, "tests", *PROGRAMS)
        for level, call in log_calls(syntax(path))
    ]
    assert len(calls) > 10
    assert [found(path, call) for path, level, call in calls if tells_too_much(level, call)] == []


@pytest.mark.parametrize(
    ("source", "too_much"),
    [
        ("log.info('call from %s', call.caller_number)", True),
        ("log.info(f'pressed {digits}')", True),
        ("log.warning('not sent: %s', error)", True),
        ("log.error('failed', exc_info=error)", True),
        ("log.exception('failed')", True),
        ("logging.debug('%s', notification.body)", True),
        ("log.error('%s failed', type(error).__name__)", False),
        ("log.debug('traceback', exc_info=error)", False),
        ("log.info('the number of report %s was shown', reference)", False),
    ],
)
def test_a_log_line_that_tells_too_much_is_seen(source: str, too_much: bool) -> None:
    ((level, call),) = log_calls(ast.parse(source))
    assert tells_too_much(level, call) is too_much


# --- All files ------------------------------------------------------------------------------------

ELSEWHERE = re.compile(
    r"/(?:home|root|Users)/\w"  # somebody's own folder
    r"|\b(?:py[p]i|python[h]osted|npm[j]s)\.\w+"  # from where somebody installs
    r"|--(?:extra-)?index-url[ =]"
)
NUMBER = re.compile(r"\+1\d{10}\b")
NOBODYS_NUMBER = re.compile(r"\+1\d{3}55501\d\d")
"""Set aside for fiction: 555-0100 to 555-0199 (https://www.nanpa.com/numbering/555-line-numbers)."""


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    assert [
        f"{path}: {mention.group()}"
        for path, text in texts()
        for mention in ELSEWHERE.finditer(text)
    ] == []


def test_every_telephone_number_is_nobodys() -> None:
    numbers = [(path, found) for path, text in texts() for found in NUMBER.findall(text)]
    assert numbers
    assert [each for each in numbers if not NOBODYS_NUMBER.fullmatch(each[1])] == []
