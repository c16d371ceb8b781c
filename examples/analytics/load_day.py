"""Load one day's raw rows into the example's DuckDB file.

Every night the raw tables receive what happened the day before. The rows are
computed from their ids, so a day always brings the same rows; the two faults of the
series that lie in the data (an export that stays out, a renamed column) and the
channel that marketing did not agree on are written down here by date.

Runs with the interpreter that dbt runs with: it needs ``duckdb`` and nothing else.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, datetime, time, timedelta

import duckdb

HISTORY_FROM = date(2026, 2, 16)
FIRST_LOAD = date(2026, 3, 2)

EXPORT_STAYS_OUT = date(2026, 3, 3)
COLUMN_RENAMED = date(2026, 3, 5)
COLUMN_RENAMED_BACK = date(2026, 3, 6)
UNAGREED_CHANNEL = date(2026, 3, 6)
CHANNEL_CORRECTED = date(2026, 3, 7)

# When this many more have registered, a user is touched a second time.
RETURNS_AFTER = 3

COUNTRIES = ("NL", "BE", "DE", "FR")
PLANS = ("free", "free", "plus", "pro")
CHANNELS = ("search", "social", "email", "referral")
CAMPAIGNS = ("brand", "winter-sale", "newsletter", "invite-a-friend")
FIRST_NAMES = ("Sanne", "Lucas", "Emma", "Noah", "Julia", "Milan", "Zoe")
LAST_NAMES = ("de Vries", "Peeters", "Schmidt", "Martin", "Bakker")

SCHEMA = """
create schema app;
create schema marketing;
create schema shop;
create schema stripe;
create table app.users (
    id integer, email varchar, full_name varchar, country varchar, plan varchar,
    created_at timestamp, loaded_at timestamp
);
create table marketing.touches (
    id integer, user_id integer, channel varchar, campaign varchar,
    touched_at timestamp, loaded_at timestamp
);
create table shop.orders (
    id integer, user_id integer, status varchar, gross_cents integer,
    discount_cents integer, ordered_at timestamp, loaded_at timestamp
);
create table stripe.charges (
    id integer, order_id integer, amount_cents integer, refunded_cents integer,
    status varchar, charged_at timestamp, loaded_at timestamp
);
"""

Row = tuple[object, ...]
Rows = dict[str, list[Row]]


def users_until(day: date) -> int:
    """How many users have registered before `day` begins: two or three a day."""
    days = max((day - HISTORY_FROM).days, 0)
    return 2 * days + days // 2


def orders_until(day: date) -> int:
    """How many orders were placed before `day` begins: four a day, none on the first."""
    return 4 * max((day - HISTORY_FROM).days - 1, 0)


def rows_of(day: date) -> Rows:
    """What happened on `day`, per raw table, without the load time."""
    rows: Rows = {
        "app.users": [],
        "marketing.touches": [],
        "shop.orders": [],
        "stripe.charges": [],
    }
    morning = datetime.combine(day, time(9))
    for user in range(users_until(day) + 1, users_until(day + timedelta(days=1)) + 1):
        at = morning + timedelta(minutes=37 * (user % 11))
        rows["app.users"].append(_user(user, at))
        rows["marketing.touches"].append(_touch(2 * user - 1, user, at))
        if user > RETURNS_AFTER:
            rows["marketing.touches"].append(_touch(2 * user, user - RETURNS_AFTER, at))
    for order in range(orders_until(day) + 1, orders_until(day + timedelta(days=1)) + 1):
        at = morning + timedelta(minutes=53 * (order % 12))
        shop_row, charge_row = _order(order, users_until(day), at)
        rows["shop.orders"].append(shop_row)
        rows["stripe.charges"].append(charge_row)
    return rows


def load(connection: duckdb.DuckDBPyConnection, loaded_at: datetime) -> None:
    """Bring the raw tables to what they hold after the load at `loaded_at` (UTC)."""
    today = loaded_at.date()
    if today == FIRST_LOAD:
        connection.execute(SCHEMA)
    if today == COLUMN_RENAMED_BACK:
        connection.execute("alter table shop.orders rename column discount to discount_cents")
    for day in _days_that_arrive(today):
        for table, rows in rows_of(day).items():
            if _arrives(table, day, today):
                _insert(connection, table, [(*row, loaded_at) for row in rows])
    _disturb(connection, today)


def _disturb(connection: duckdb.DuckDBPyConnection, today: date) -> None:
    """What other teams do to the raw tables on some days of the series."""
    if today == COLUMN_RENAMED:
        connection.execute("alter table shop.orders rename column discount_cents to discount")
    if today == UNAGREED_CHANNEL:
        connection.execute(
            "update marketing.touches set channel = 'tiktok'"
            " where channel = 'social' and cast(loaded_at as date) = ?",
            [today],
        )
    if today == CHANNEL_CORRECTED:
        connection.execute(
            "update marketing.touches set channel = 'social' where channel = 'tiktok'"
        )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    for row in rows:
        marks = ", ".join("?" * len(row))
        # The table's name is one of the four above, never input.
        connection.execute(f"insert into {table} values ({marks})", row)  # noqa: S608


def _days_that_arrive(today: date) -> list[date]:
    """The days whose rows a load on `today` may bring, oldest first."""
    yesterday = today - timedelta(days=1)
    if today == FIRST_LOAD:
        length = (yesterday - HISTORY_FROM).days + 1
        return [HISTORY_FROM + timedelta(days=n) for n in range(length)]
    if today == EXPORT_STAYS_OUT + timedelta(days=1):
        return [yesterday - timedelta(days=1), yesterday]
    return [yesterday]


def _arrives(table: str, day: date, today: date) -> bool:
    """Whether this table's rows of `day` come with the load of `today`."""
    if table == "app.users":
        return today != EXPORT_STAYS_OUT
    return today == FIRST_LOAD or day == today - timedelta(days=1)


def _user(user: int, at: datetime) -> Row:
    first = FIRST_NAMES[user % len(FIRST_NAMES)]
    last = LAST_NAMES[user % len(LAST_NAMES)]
    return (
        user,
        f"{first}.{last.replace(' ', '')}{user}@example.com",
        f"{first} {last}",
        COUNTRIES[user % len(COUNTRIES)],
        PLANS[(user // 2) % len(PLANS)],
        at,
    )


def _touch(touch: int, user: int, at: datetime) -> Row:
    kind = (touch + user // 3) % len(CHANNELS)
    before = at - timedelta(minutes=20)
    return (touch, user, CHANNELS[kind], CAMPAIGNS[kind], before)


def _order(order: int, known_users: int, at: datetime) -> tuple[Row, Row]:
    """An order and its charge; every other order comes from a recent user."""
    recent = min(known_users, 6)
    back = order % recent if order % 2 else (order * 7) % known_users
    gross = 1500 + (order * 370) % 9000
    discount = gross // 10 if order % 4 == 0 else 0
    status = "returned" if order % 11 == 0 else "completed"
    amount = gross - discount
    refunded = amount if status == "returned" else 0
    paid = "failed" if order % 13 == 0 else "succeeded"
    shop_row = (order, known_users - back, status, gross, discount, at)
    charge_at = at + timedelta(minutes=2)
    return shop_row, (order, order, amount, refunded, paid, charge_at)


def main() -> int:
    """Read the arguments and load one day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="the DuckDB file")
    parser.add_argument(
        "--loaded-at",
        required=True,
        type=datetime.fromisoformat,
        help="time of the load in UTC, such as 2026-03-02T05:00:00",
    )
    arguments = parser.parse_args()
    with duckdb.connect(arguments.database) as connection:
        load(connection, arguments.loaded_at)
    return 0


if __name__ == "__main__":
    sys.exit(main())
