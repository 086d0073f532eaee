"""The telephone that shows the codes is lost: whoever runs the machine lets its owner in."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import app
from app import cli
from dashboard import add_organizer
from reports.accounts import AccountActKind, Authenticator, RecoveryCode
from tests.stories.conftest import Line


@pytest.fixture
def ana(line: Line, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(app, "load_settings", lambda: line.settings)
    add_organizer(line.adapters.store, "ana", "Ana Fuentes", "a few plain words", line.clock())
    with line.adapters.store.begin() as records:
        records.put_authenticator(Authenticator("ana", b"sealed", line.clock(), line.clock()))
        records.put_recovery_codes("ana", [RecoveryCode("a hash", "ana", line.clock())])
    return "ana"


def test_the_second_factor_is_taken_away_by_command(line: Line, ana: str) -> None:
    done = CliRunner().invoke(cli, ["organizer", "reset-second-factor", "Ana"])
    assert done.exit_code == 0, done.output
    assert "nothing but the password left" in done.output
    with line.adapters.store.read() as records:
        assert records.authenticator(ana) is None
        assert not records.recovery_codes(ana)
        (act,) = [
            each for each in records.account_acts(10) if each.kind is AccountActKind.FACTOR_RESET
        ]
    assert (act.who, act.about) == ("the server", ana)


def test_of_nobody_it_says_so(line: Line, ana: str) -> None:
    done = CliRunner().invoke(cli, ["organizer", "reset-second-factor", "bob"])
    assert done.exit_code == 1
    assert "nobody has the username 'bob'" in done.output
