"""Templates of mails: ours, or one that a team has written, which may do nothing but write text."""

import traceback
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from datahub_dataproducts.adapters.mail.samples import SAMPLES
from datahub_dataproducts.adapters.mail.view import view_of
from datahub_dataproducts.domain.messages import Message
from datahub_dataproducts.domain.shown_text import one_line

OURS = "letter.html.j2"
"""Our own template, which that of a team may extend."""

# What a template's own expressions may raise while they are computed.
_FAULTS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
_LONGEST_WORDS = 200


class BadTemplate(ValueError):
    """A template that cannot be used: file, line, and what is wrong."""


class MailTemplate:
    """Makes the HTML of a message.

    Args:
        path: a template that a team has written, None: ours.

    Raises:
        BadTemplate: it cannot be read, or fails for one of the samples.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._name = OURS if path is None else str(path)
        environment = ImmutableSandboxedEnvironment(
            loader=FunctionLoader(self._source),
            autoescape=True,
            undefined=StrictUndefined,
            # Whoever writes a mail's text is not to fill the memory with templates.
            cache_size=4,
        )
        try:
            self._template = environment.get_template(self._name)
            for sample in SAMPLES:
                self.html_of(sample, is_technical=True, footer=("Sample",))
        except TemplateSyntaxError as fault:
            where = f"{fault.name or self._name}:{fault.lineno}"
            raise BadTemplate(f"{where}: {_words(fault.message or '')}") from None

    def html_of(self, message: Message, *, is_technical: bool, footer: Sequence[str]) -> str:
        """The whole HTML; `BadTemplate` where the template fails for this message."""
        view: dict[str, Any] = view_of(message, is_technical=is_technical)
        try:
            return self._template.render(**view, footer=list(footer))
        except TemplateSyntaxError:
            raise
        except _FAULTS as fault:
            where = f"{self._name}:{self._line_of(fault)}"
            if isinstance(fault, TemplateNotFound):
                told = f"there is no template {fault.name}; one may extend {OURS}"
                raise BadTemplate(f"{where}: {told}") from None
            raise BadTemplate(f"{where}: {_words(str(fault))}") from None

    def _source(self, name: str) -> tuple[str, str, None] | None:
        """The text of a template by its name: of the two that there are."""
        if name == OURS:
            text = files(__package__).joinpath(OURS).read_text(encoding="utf-8")
            return text, OURS, None
        if self._path is None or name != str(self._path):
            return None
        try:
            return self._path.read_text(encoding="utf-8"), name, None
        except OSError as problem:
            raise BadTemplate(f"{name}: cannot be read ({problem.strerror})") from None
        except UnicodeDecodeError:
            raise BadTemplate(f"{name}: is not text in UTF-8") from None

    def _line_of(self, fault: BaseException) -> int:
        """Where in the template it happened; jinja2 puts the template's own lines into the trace."""
        steps = traceback.extract_tb(fault.__traceback__)
        lines = [step.lineno or 1 for step in steps if step.filename == self._name]
        return lines[-1] if lines else 1


def _words(text: str) -> str:
    return one_line(text).rstrip(".")[:_LONGEST_WORDS] or "it fails"
