"""Tables of settings and test messages, and `reports.settings.SettingsRecords` over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import RowMapping

from reports.settings import Change, Sent, Trial, TrialState
from reports.tables import Rows, UtcDateTime, columns, metadata, states

setting_changes = sa.Table(
    "setting_changes",
    metadata,
    sa.Column("change_id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, index=True),
    sa.Column("value", sa.Text),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("undone_at", UtcDateTime),
    sa.Column("undone_by", sa.String(64)),
)
trials = sa.Table(
    "trials",
    metadata,
    sa.Column("trial_id", sa.String(64), primary_key=True),
    sa.Column("reach_id", sa.String(64), nullable=False, index=True),
    sa.Column("person_id", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.Column("state", states(TrialState, "state"), nullable=False),
    sa.Column("provider_id", sa.String(64)),
    sa.Column("reason", sa.String(200)),
)


class SqlSettings(Rows):
    """`reports.settings.SettingsRecords` over one connection in a transaction."""

    def changes(self) -> Sequence[Change]:
        query = sa.select(setting_changes).order_by(setting_changes.c.change_id)
        return self._many(query, _change)

    def edition(self) -> tuple[int, int]:
        rows = setting_changes.c
        query = sa.select(
            sa.func.coalesce(sa.func.max(rows.change_id), 0), sa.func.count(rows.undone_at)
        )
        last, undone = self._connection.execute(query).one()
        return last, undone

    def change(self, change_id: int) -> Change | None:
        return self._one(setting_changes, change_id, _change)

    def add_change(self, change: Change) -> int:
        row = columns(change, without=frozenset({"change_id"}))
        done = self._connection.execute(setting_changes.insert().values(**row))
        assert done.inserted_primary_key is not None  # noqa: S101  # each has one
        return int(done.inserted_primary_key[0])

    def undo_change(self, change_id: int, at: datetime, who: str) -> bool:
        stands = setting_changes.c.undone_at.is_(None)
        done = self._connection.execute(
            setting_changes.update()
            .where(setting_changes.c.change_id == change_id, stands)
            .values(undone_at=at, undone_by=who)
        )
        return done.rowcount == 1

    def trial(self, trial_id: str) -> Trial | None:
        return self._one(trials, trial_id, _trial)

    def add_trial(self, trial: Trial) -> bool:
        return self._add(trials, columns(trial))

    def save_trial(self, trial: Trial) -> None:
        self._save(trials, columns(trial))

    def trials_since(self, since: datetime) -> Sequence[Trial]:
        query = sa.select(trials).where(trials.c.at >= since)
        return self._many(query.order_by(trials.c.at.desc(), trials.c.trial_id), _trial)

    def trials_of(self, person_id: str) -> Sequence[Trial]:
        query = sa.select(trials).where(trials.c.person_id == person_id)
        return self._many(query.order_by(trials.c.at.desc(), trials.c.trial_id), _trial)

    def last_trials(self) -> Mapping[str, Trial]:
        last = (
            sa.select(trials.c.reach_id, sa.func.max(trials.c.at).label("at"))
            .group_by(trials.c.reach_id)
            .subquery()
        )
        query = sa.select(trials).join(
            last, (trials.c.reach_id == last.c.reach_id) & (trials.c.at == last.c.at)
        )
        return {trial.reach_id: trial for trial in self._many(query, _trial)}

    def last_sent(self) -> Sequence[Sent]:
        found: dict[tuple[str, bool], Sent] = {}
        told = metadata.tables["notifications"]
        for table in (trials, told):
            for arrived in (True, False):
                state = "delivered" if arrived else "failed"
                ended = sa.select(
                    table.c.channel, sa.func.max(table.c.changed_at).label("at")
                ).where(table.c.state == state)
                last = ended.group_by(table.c.channel).subquery()
                query = sa.select(table.c.channel, table.c.changed_at, table.c.reason).join(
                    last, (table.c.channel == last.c.channel) & (table.c.changed_at == last.c.at)
                )
                for row in self._connection.execute(query.where(table.c.state == state)):
                    known = found.get((row.channel, arrived))
                    if known is None or known.at < row.changed_at:
                        sent = Sent(row.channel, arrived, row.changed_at, row.reason)
                        found[row.channel, arrived] = sent
        return tuple(found.values())


def _change(row: RowMapping) -> Change:
    return Change(**row)


def _trial(row: RowMapping) -> Trial:
    return Trial(**row)
