"""The statements for what people are told together, built once."""

from sqlalchemy import bindparam, delete, func, insert, select, union, update

from datahub_dataproducts.adapters.store import schema
from datahub_dataproducts.adapters.store.prepared import Prepared
from datahub_dataproducts.adapters.store.statements import upsert

_IS_CONVERSATION = (
    schema.conversations.c.channel == bindparam("of_channel"),
    schema.conversations.c.key == bindparam("of_key"),
)
_IS_MEMBER = (
    schema.affected.c.channel == bindparam("of_channel"),
    schema.affected.c.key == bindparam("of_key"),
)
CONVERSATION = Prepared(select(schema.conversations).where(*_IS_CONVERSATION))
CONVERSATION_ABOUT = Prepared(
    select(schema.conversations).where(
        schema.conversations.c.channel == bindparam("of_channel"),
        schema.conversations.c.kind == bindparam("of_kind"),
        schema.conversations.c.roots == bindparam("of_roots"),
        schema.conversations.c.is_over.is_(False),
    )
)
OPEN_CONVERSATIONS = Prepared(
    select(schema.conversations)
    .where(schema.conversations.c.is_over.is_(False))
    .order_by(schema.conversations.c.channel, schema.conversations.c.key)
)
CONVERSATIONS_OF = Prepared(
    select(schema.affected.c.channel, schema.affected.c.key)
    .where(schema.affected.c.product == bindparam("of_product"))
    .order_by(schema.affected.c.channel, schema.affected.c.key)
)
PUT_CONVERSATION = upsert(schema.conversations, "channel", "key")
MEMBERS = Prepared(
    select(schema.affected.c.product).where(*_IS_MEMBER).order_by(schema.affected.c.product)
)
ADD_MEMBER = Prepared(insert(schema.affected))
FORGET_MEMBER = Prepared(
    delete(schema.affected).where(*_IS_MEMBER, schema.affected.c.product == bindparam("of_product"))
)
REMINDERS_DUE = Prepared(
    select(schema.conversations.c.channel, schema.conversations.c.key)
    .where(schema.conversations.c.remind_at <= bindparam("now"))
    .order_by(
        schema.conversations.c.remind_at, schema.conversations.c.channel, schema.conversations.c.key
    )
    .limit(bindparam("most"))
)
NEXT_REMINDER = Prepared(select(func.min(schema.conversations.c.remind_at)))
LOOKS_DUE = Prepared(
    select(schema.conversations.c.channel, schema.conversations.c.key)
    .where(schema.conversations.c.look_at <= bindparam("now"))
    .order_by(
        schema.conversations.c.look_at, schema.conversations.c.channel, schema.conversations.c.key
    )
    .limit(bindparam("most"))
)
NEXT_LOOK = Prepared(select(func.min(schema.conversations.c.look_at)))
LOOK_SOONER = Prepared(
    update(schema.conversations)
    .where(schema.conversations.c.held.is_not(None))
    .values(look_at=bindparam("now"))
)
HUSHES = Prepared(
    select(schema.hushes)
    .where(schema.hushes.c.until > bindparam("after"))
    .order_by(schema.hushes.c.id)
)
CHANNELS = Prepared(
    union(select(schema.digests.c.channel), select(schema.conversations.c.channel)).order_by(
        "channel"
    )
)
ADD_HUSH = Prepared(
    insert(schema.hushes).values({
        column.name: bindparam(column.name)
        for column in schema.hushes.c
        if column is not schema.hushes.c.id
    })
)
NEWEST_HUSH = Prepared(select(func.max(schema.hushes.c.id)))
END_HUSH = Prepared(
    update(schema.hushes)
    .where(schema.hushes.c.id == bindparam("of_id"))
    .values(until=bindparam("ends_at"))
)
