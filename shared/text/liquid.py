"""The one renderer of message templates: Liquid, closed by allow-lists and bounded in size and work."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, ClassVar

from liquid import BoundTemplate, Environment, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.exceptions import LiquidError, LiquidSyntaxError, UndefinedError
from liquid.expression import Expression
from liquid.undefined import FalsyStrictUndefined, Undefined

from shared.errors import Invalid

MAX_TEMPLATE = 10_000
MAX_VARIABLES = 20_000
MAX_OUTPUT = 50_000
MAX_LOOPS = 300
MAX_STEPS = 20_000
_MAX_DEPTH = 6

# No assign, capture, increment, include or render: a template keeps no state, so its work cannot grow with itself.
TAGS = frozenset({"if", "unless", "case", "for", "break", "continue", "comment", "#"})
# No replace, split, times or the like: none of these makes more text than it was given.
FILTERS = frozenset(
    {"append", "prepend", "capitalize", "downcase", "upcase", "strip", "lstrip", "rstrip", "strip_newlines", "squish"}
    | {"truncate", "truncatewords", "default", "first", "last", "join", "size", "escape", "escape_once", "url_encode"}
    | {"newline_to_br", "date"}
)
_PLAIN_TAGS = frozenset({"content", "output", "illegal", "__LITERAL"})
_DELIMITER = re.compile(r"\{\{|\{%|\}\}|%\}")
_DATE_FORMAT = re.compile(r"(?:%-?[aAbBdeHIjmMpSyYZ%]|[^%]){1,60}")


class TemplateRefused(Invalid):
    """The template is not one we render; the message says where and why."""

    code: ClassVar[str] = "template_refused"


class UndefinedVariable(TemplateRefused):
    code: ClassVar[str] = "undefined_variable"


def render(template: str, variables: Mapping[str, object], *, strict: bool = False, html: bool = False) -> str:
    """The text of the template. Variables are data: template syntax in them is printed, never evaluated.

    `strict` raises UndefinedVariable where a missing variable would be printed; `{% if x %}` and `default` stay allowed.
    `html` escapes what variables print. Raises TemplateRefused.
    """
    data = {str(name): _plain(value, _MAX_DEPTH) for name, value in variables.items()}
    if sum(_weight(value) for value in data.values()) > MAX_VARIABLES:
        raise TemplateRefused(f"The variables hold more than {MAX_VARIABLES} characters; shorten them.")
    try:
        return str(_parse(template, strict, html).render(data))
    except UndefinedError as error:
        raise UndefinedVariable(f"{_sentence(error)} Give it a value or a default.") from error
    except (LiquidError, RecursionError, ValueError, TypeError, ArithmeticError) as error:
        raise TemplateRefused(f"The template cannot be rendered: {_sentence(error)}") from error


def check(template: str) -> frozenset[str]:
    """The variables a template needs, by their first name; raises TemplateRefused when it could not be rendered."""
    return frozenset(_parse(template, strict=False, html=False).analyze(include_partials=False).globals)


class _Undefined(FalsyStrictUndefined):
    force_liquid_default = True


class _Context(RenderContext):
    """Counts what a template does, and hides Liquid's own clock (`now`, `today`)."""

    steps = 0

    def get(self, path: list[object], *args: Any, **kwargs: Any) -> object:
        self._step()
        if path and path[0] in ("now", "today") and path[0] not in self.globals:
            return self.env.undefined(str(path[0]), token=kwargs.get("token"))
        return super().get(path, *args, **kwargs)

    def filter(self, *args: Any, **kwargs: Any) -> Callable[..., object]:
        self._step()
        call = super().filter(*args, **kwargs)
        return lambda *values, **named: _bounded(call(*values, **named))

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise LiquidSyntaxError("it does too much work", token=None)


class _Template(BoundTemplate):
    context_class = _Context


class _Environment(Environment):
    template_class = _Template
    loop_iteration_limit = MAX_LOOPS
    output_stream_limit = MAX_OUTPUT
    block_nesting_limit = 10

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=False)
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS | _PLAIN_TAGS}
        self.filters = {name: call for name, call in self.filters.items() if name in FILTERS}
        self.filters |= {"date": _format_date, "join": _join}


@lru_cache(maxsize=4)
def _environment(strict: bool, html: bool) -> Environment:
    return _Environment(undefined=_Undefined if strict else Undefined, autoescape=html)


@lru_cache(maxsize=256)
def _parse(template: str, strict: bool, html: bool) -> BoundTemplate:
    if len(template) > MAX_TEMPLATE:
        raise TemplateRefused(f"The template is longer than {MAX_TEMPLATE} characters; shorten it.")
    _refuse_unbalanced(template)
    try:
        parsed = _environment(strict, html).from_string(template)
        _refuse_unknown(parsed)
    except (LiquidError, RecursionError) as error:
        raise TemplateRefused(f"The template is not valid: {_sentence(error)}") from error
    return parsed


def _refuse_unbalanced(template: str) -> None:
    """Liquid's own lexer takes time cubed over "{{{{{{…"; here one that is opened is closed before the next."""
    opened = ""
    for match in _DELIMITER.finditer(template):
        mark = match[0]
        if (mark in ("{{", "{%")) == bool(opened) or (opened and mark != {"{{": "}}", "{%": "%}"}[opened]):
            raise TemplateRefused(f"The template is not valid: unexpected '{mark}' at character {match.start() + 1}.")
        opened = "" if opened else mark
    if opened:
        raise TemplateRefused(f"The template is not valid: a '{opened}' is never closed.")


def _refuse_unknown(parsed: BoundTemplate) -> None:
    if any(isinstance(expression, RangeLiteral) for expression in _expressions(parsed)):
        raise TemplateRefused("The template is not valid: ranges like (1..9) are not allowed.")
    unknown = set(parsed.analyze(include_partials=False).filters) - FILTERS
    if unknown:
        raise TemplateRefused(f"The template is not valid: the filter '{min(unknown)}' is not allowed.")


def _expressions(parsed: BoundTemplate) -> Iterator[Expression]:
    context = _Context(parsed)
    nodes: list[Node] = list(parsed.nodes)
    while nodes:
        node = nodes.pop()
        nodes.extend(node.children(context, include_partials=False))
        yield from _with_children(node.expressions())


def _with_children(expressions: Iterable[Expression]) -> Iterator[Expression]:
    waiting = list(expressions)
    while waiting:
        expression = waiting.pop()
        waiting.extend(expression.children())
        yield expression


def _bounded(result: object) -> object:
    if isinstance(result, str) and len(result) > MAX_OUTPUT:
        raise LiquidSyntaxError("it makes too much text", token=None)
    return result


def _join(items: object, separator: object = " ") -> str:
    texts = [str(item) for item in items] if isinstance(items, list) else [str(items)]
    if len(str(separator)) * len(texts) > MAX_OUTPUT:
        raise LiquidSyntaxError("it makes too much text", token=None)
    return str(separator).join(texts)


def _format_date(value: object, style: object = "%B %-d") -> str:
    """A date by strftime's letters alone: widths, which could fill memory, are not among them."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return ""
    if not isinstance(value, date) or not _DATE_FORMAT.fullmatch(str(style)):
        return ""
    return value.strftime(str(style))


def _plain(value: object, depth: int) -> object:
    """Only plain data reaches a template, so that there are no attributes or methods to reach."""
    if value is None or isinstance(value, str | bool | float | int | date):
        return value
    if depth and isinstance(value, Mapping):
        return {str(key): _plain(item, depth - 1) for key, item in value.items()}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, depth - 1) for item in value]
    return str(value) if depth else ""


def _weight(value: object) -> int:
    if isinstance(value, dict):
        return 1 + sum(len(key) + _weight(item) for key, item in value.items())
    if isinstance(value, list):
        return 1 + sum(_weight(item) for item in value)
    return 1 + len(value) if isinstance(value, str) else 8


def _sentence(error: BaseException) -> str:
    text = str(error).split("\n", 1)[0].strip().rstrip(".") or "it is nested too deeply"
    return f"{text}."
