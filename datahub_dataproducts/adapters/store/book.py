"""The book of health in SQL: what one transaction reads and writes."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, insert, select

from datahub_dataproducts.adapters.store import (
    conversation_statements,
    evidence_statements,
    rows,
    schema,
    statements,
)
from datahub_dataproducts.adapters.store.digest_book import NEXT_DIGEST, SqlDigestBook
from datahub_dataproducts.adapters.store.letters import write_letter
from datahub_dataproducts.adapters.store.notices import SqlIncidentBook
from datahub_dataproducts.adapters.store.quiet_book import SqlQuietBook
from datahub_dataproducts.adapters.store.register import SqlRegister
from datahub_dataproducts.adapters.store.statements import Series
from datahub_dataproducts.adapters.store.told_book import SqlToldBook
from datahub_dataproducts.application.ports import Scope
from datahub_dataproducts.application.recording import Recorded
from datahub_dataproducts.domain.assertions import Observation, Result
from datahub_dataproducts.domain.durations import DAY
from datahub_dataproducts.domain.letters import Letter, ToPeople
from datahub_dataproducts.domain.timelines import Step
from datahub_dataproducts.domain.verdicts import Change, Standing


class SqlBook(SqlRegister, SqlToldBook, SqlQuietBook, SqlDigestBook, SqlIncidentBook):
    """See the `Book` port, whose rules this keeps."""

    # Once it was read: empty, or the mark.
    _mark: tuple[int, ...] | None = None

    def record(self, evidence: Observation) -> Recorded:
        """Keep a piece of evidence; a run event displaces provisional results of its run."""
        row = rows.evidence_row(evidence)
        mark = self.mark()
        if mark is not None and evidence.at < mark:
            known = evidence_statements.IS_KEPT.rows(self._connection, row)
            return Recorded(new=False, too_old=not known)
        displaced: list[tuple[int, str]] = []
        if isinstance(evidence, Result):
            if evidence.provisional and self._has_run_event(evidence):
                return Recorded(new=False)
            if not evidence.provisional:
                displaced = self._displace(evidence)
        kept = evidence_statements.RECORD.run(self._connection, row)
        if not displaced:
            return Recorded(new=kept == 1)
        return Recorded(
            new=kept == 1,
            displaced=displaced[0][0] if mark is None else max(displaced[0][0], mark),
            confirms=displaced == [(row["at"], row["outcome"])],
        )

    def evidence(self, subjects: Sequence[str], since: int | None) -> list[Observation]:
        """All evidence of some subjects from an instant on (None: from the beginning)."""
        found: list[Observation] = []
        for subject in dict.fromkeys(subjects):
            key = {"of_subject": subject, "since": -schema.OPEN if since is None else since}
            found += map(rows.evidence, evidence_statements.HEARD.rows(self._connection, key))
        return found

    def heard_of(self, subjects: Sequence[str]) -> frozenset[str]:
        """Those of some subjects of which there is any evidence."""
        asked = {"asked": json.dumps(list(subjects))}
        return frozenset(
            urn for (urn,) in evidence_statements.HEARD_OF.rows(self._connection, asked)
        )

    def anchor(self, subjects: Sequence[str], before: int) -> int | None:
        """The latest instant before another at which there is evidence, and none of it an ERROR."""
        asked = {"asked": json.dumps(subjects), "before": before}
        found = [
            at
            for subject in dict.fromkeys(subjects)
            for (at,) in evidence_statements.ANCHOR.rows(
                self._connection, {**asked, "of_subject": subject}
            )
        ]
        return max(found, default=None)

    def standing(self, product: str, assertion: str) -> Standing | None:
        """Where an assertion of a product stands; None: nothing was heard yet."""
        key = {"product": product, "assertion": assertion}
        found = statements.STANDING.rows(self._connection, key)
        return rows.standing(found[0]) if found else None

    def put_standing(self, product: str, assertion: str, standing: Standing) -> None:
        """Replace where it stands."""
        key = {"product": product, "assertion": assertion}
        statements.PUT_STANDING.run(self._connection, {**key, **rows.standing_row(standing)})

    def forget_standing(self, product: str, assertion: str) -> None:
        """An assertion that is promised no more."""
        key = {"product": product, "assertion": assertion}
        statements.FORGET_STANDING.run(self._connection, key)

    def due(
        self, now: int, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, str, Standing]]:
        """Standings that time alone changes by now: product, assertion; earliest first."""
        key: dict[str, Any] = {"now": now, "most": limit}
        if among is None:
            found = statements.DUE.rows(self._connection, key)
        else:
            asked = {"asked": json.dumps(sorted(among))}
            found = statements.DUE_AMONG.rows(self._connection, {**key, **asked})
        return [(row[0], row[1], rows.standing(row)) for row in found]

    def next_due(self) -> int | None:
        """When there is next something to do although nothing is heard."""
        ((expiry,),) = statements.NEXT_EXPIRY.rows(self._connection, {})
        ((posted,),) = statements.OLDEST_POST.rows(self._connection, {})
        ((waiting,),) = statements.NEXT_ANNOUNCEMENT.rows(self._connection, {})
        ((reminder,),) = conversation_statements.NEXT_REMINDER.rows(self._connection, {})
        ((look,),) = conversation_statements.NEXT_LOOK.rows(self._connection, {})
        ((digest,),) = NEXT_DIGEST.rows(self._connection, {})
        due = [at for at in (expiry, waiting, reminder, look, digest) if at is not None]
        due += [] if posted is None else [posted + DAY]
        return min(due, default=None)

    def changes(self, product: str, since: int) -> dict[str, list[Change]]:
        """By assertion, the change in force at an instant and all later ones, in order."""
        found: dict[str, list[Change]] = {}
        key = {"product": product, "since": since}
        for row in statements.CHANGES.rows(self._connection, key):
            found.setdefault(row[1], []).append(rows.change(row))
        return found

    def put_changes(
        self, product: str, assertion: str, since: int, changes: Sequence[Change]
    ) -> None:
        """Replace all changes of an assertion at or after an instant."""
        key = {"product": product, "assertion": assertion}
        made = [{**key, **rows.change_row(c)} for c in changes]
        before = self._cut(statements.CHANGE_SERIES, key, since)
        goes_on = bool(before and changes) and rows.change(before).says == changes[0].says
        begun = before[2] if before else None
        self._append(statements.CHANGE_SERIES, key, begun, made[1:] if goes_on else made)

    def steps(self, product: str, scope: Scope, since: int) -> list[Step]:
        """The step in force at an instant and all later ones, in order; empty: no history yet."""
        key = {"product": product, "scope": scope.value, "since": since}
        statement = statements.STEPS if since > 0 else statements.ALL_STEPS
        found = statement.rows(self._connection, key)
        return [(at, rows.HEALTHS[health]) for at, health in found]

    def put_steps(self, product: str, scope: Scope, since: int, steps: Sequence[Step]) -> None:
        """Replace all steps at or after an instant; the first may go on what came before."""
        key = {"product": product, "scope": scope.value}
        made = [{**key, "at": at, "health": health.value} for at, health in steps]
        before = self._cut(statements.STEP_SERIES, key, since)
        goes_on = bool(before and steps) and before[4] == steps[0][1].value
        begun = before[2] if before else None
        self._append(statements.STEP_SERIES, key, begun, made[1:] if goes_on else made)

    def send(self, channel: str, key: str, letter: Letter, at: int, *, replace: bool) -> None:
        """Put a letter into the outbox, due at once; see the port for `replace`."""
        row = {
            "channel": channel,
            "key": key,
            "due_at": at,
            "body": write_letter(letter),
            "thread": letter.thread if isinstance(letter, ToPeople) else "",
        }
        statement = statements.REPLACE_LETTER if replace else statements.ADD_LETTER
        self.sent += statement.run(self._connection, row)

    def mark(self) -> int | None:
        """Evidence of before it may be gone, so that none that comes later can be judged."""
        # Nobody moves it in a transaction that is one of these.
        if self._mark is None:
            self._mark = tuple(mark for (mark,) in statements.MARK.rows(self._connection, {}))
        return self._mark[0] if self._mark else None

    def set_aside(self, reason: str, content: str, at: int) -> None:
        """Keep something that cannot be used, with the reason, for the operator."""
        table = schema.set_aside
        # It may repeat what no database takes for text.
        reason = reason.encode("utf-8", "replace").decode()
        same = select(table.c.id).where(table.c.reason == reason, table.c.content == content)
        if self._connection.execute(same.limit(1)).first() is None:
            row = {"reason": reason, "content": content, "at": at}
            self._connection.execute(insert(table), row)

    def horizon(self) -> int:
        """The latest instant the book speaks of; 0 for an empty one."""
        latest = [
            self._connection.execute(select(func.max(column))).scalar_one_or_none() or 0
            for column in (schema.steps.c.at, schema.changes.c.at, schema.standings.c.latest)
        ]
        return max(latest)

    def _has_run_event(self, evidence: Result) -> bool:
        key = {"of_subject": evidence.subject, "of_run": evidence.run_id}
        return bool(evidence_statements.RUN_EVENT.rows(self._connection, key))

    def _displace(self, evidence: Result) -> list[tuple[int, str]]:
        """Provisional results of its run are gone: their instants, in order, and outcomes."""
        key = {"of_subject": evidence.subject, "of_run": evidence.run_id}
        displaced = [
            (r[0], r[1]) for r in evidence_statements.PROVISIONAL.rows(self._connection, key)
        ]
        if displaced:
            evidence_statements.DISPLACE.run(self._connection, key)
        return displaced

    def _cut(self, series: Series, key: dict[str, Any], since: int) -> tuple[Any, ...]:
        """Remove what begins at or after an instant; the row in force before it, empty: none."""
        mine = {f"of_{name}": key[name] for name in series.key}
        series.cut.run(self._connection, {**mine, "since": since})
        found = series.last.rows(self._connection, mine)
        return found[0] if found else ()

    def _append(
        self, series: Series, key: dict[str, Any], begun: int | None, made: list[dict[str, Any]]
    ) -> None:
        """Add rows, each open until the next; the one begun before them ends where they begin."""
        ends = [row["at"] for row in made] + [schema.OPEN]
        if begun is not None:
            mine = {f"of_{name}": key[name] for name in series.key}
            series.end.run(self._connection, {**mine, "begun": begun, "ended": ends[0]})
        for row, end in zip(made, ends[1:], strict=True):
            series.add.run(self._connection, {**row, "until": end})
