"""Log lines as JSON, one object a line, for those who collect them."""

import json
import logging
import re
from datetime import datetime, timezone

_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
# Who one is, in an address or a header; a library may put what it was given into its messages.
_SECRET = re.compile(
    r"(?P<scheme>\b[a-zA-Z][\w+.-]*://)[^/\s@'\"]+@|(?P<bearer>\bBearer\s+)[\w.~+/=-]+"
)


class JsonLines(logging.Formatter):
    """A record as one line: `time` (UTC), `level`, `logger`, `message`.

    Where there is an exception its trace is in `exception`. What a call gives as `extra` stands by
    its own name, if it is a text, a number or a truth. User and password in addresses, and what
    follows `Bearer`, are left out.
    """

    def format(self, record: logging.LogRecord) -> str:
        """As `logging` asks."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, tz=timezone.utc).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": _without_secrets(record.getMessage()),
        }
        for name, value in record.__dict__.items():
            if name not in _OWN and name not in told and isinstance(value, str | int | float):
                told[name] = _without_secrets(value) if isinstance(value, str) else value
        if record.exc_info:
            told["exception"] = _without_secrets(self.formatException(record.exc_info))
        elif record.exc_text:
            told["exception"] = _without_secrets(record.exc_text)
        # Halves of characters, which a name may have in it, are in no encoding.
        return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def write_json() -> None:
    """From now on every handler there is writes JSON, whoever made it."""
    known = logging.root.manager.loggerDict.values()
    loggers = [logging.root, *(each for each in known if isinstance(each, logging.Logger))]
    for handler in {handler for each in loggers for handler in each.handlers}:
        handler.setFormatter(JsonLines())


def _without_secrets(text: str) -> str:
    return _SECRET.sub(lambda found: f"{found['scheme'] or found['bearer']}***{_end(found)}", text)


def _end(found: re.Match[str]) -> str:
    return "@" if found["scheme"] else ""
