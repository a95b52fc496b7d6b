"""Tie an audit entry to the records it touched: the statement's known keys, looked up in the settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from custodiet.model.access import SubjectKind
from custodiet.sources.pgaudit.message import AuditMessage
from custodiet.sources.pgaudit.names import split_name, written_name
from custodiet.sources.pgaudit.settings import FunctionKey, Key, PgAuditSettings
from custodiet.sources.pgaudit.statement import LIFTED, PARAMETER, Lifted, lift, unwrapped
from custodiet.sources.pgaudit.terms import Term
from custodiet.sources.pgaudit.touches import Plan, Role, Touch, plan_of

#: Texts and forms remembered. A form is a statement without its values; applications have hundreds of them.
REMEMBERED = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One subject that an entry touched, or a table some of whose records it touched without saying which."""

    subject: str
    kind: SubjectKind
    table: str | None
    role: Role | None
    search: str | None = None


class Attribution:
    """Answers which subjects an entry touched; remembers the forms of the statements it has seen."""

    def __init__(self, settings: PgAuditSettings) -> None:
        """Start with nothing remembered."""
        self._schema = settings.default_schema
        self._tables = {split_name(name): keys for name, keys in settings.tables.items()}
        self._functions = {split_name(name): key for name, key in settings.functions.items()}
        self._lifted = lru_cache(maxsize=REMEMBERED)(lift)
        self._plan = lru_cache(maxsize=REMEMBERED)(plan_of)

    def __call__(self, message: AuditMessage, database: str, *, told: bool = False) -> tuple[Seen, ...]:
        """Return what the entry touched, in the statement's order, each once; never nothing.

        Where another entry of the statement has `told` its records, this one tells the tables alone.
        """
        lifted, plan = self._planned(message.statement)
        values = _Values(message.parameters or (), lifted)
        if message.audit_class == "FUNCTION" and message.object_name is not None:
            return self._called(message.object_name, plan, values)
        touches = self._matching(message, plan)
        if told:
            touches = [replace(touch, bounds={}, row=None) for touch in touches]
        found = dict.fromkeys(seen for touch in touches for seen in self._seen(touch, values, message.object_name))
        if found:
            return tuple(found)
        name = message.object_name or database
        return (Seen(subject=name, kind=SubjectKind.TABLE, table=None, role=None),)

    def _planned(self, statement: str | None) -> tuple[Lifted, Plan | None]:
        """Return the statement's plan: of its form, else of the very text (a value may stand where a parameter cannot)."""
        if statement is None:
            return Lifted(form="", values=()), None
        lifted = self._lifted(statement)
        plan = self._plan(unwrapped(lifted.form))
        if plan is None and lifted.values:
            plan = self._plan(unwrapped(lift(statement, values=False).form))
        return lifted, plan

    def _matching(self, message: AuditMessage, plan: Plan | None) -> list[Touch]:
        """Return the statement's touches of the entry's relation; of all its tables where the entry names none."""
        if plan is None or message.audit_class not in {"READ", "WRITE", "DDL", "ROLE"}:
            return []
        if message.object_name is None:
            return [touch for touch in plan.touches if _belongs(touch, message)]
        schema, name = split_name(message.object_name)
        same = [touch for touch in plan.touches if touch.name == name and touch.schema in {None, schema}]
        return [touch for touch in same if _fits(touch.role, message.command)] or same

    def _seen(self, touch: Touch, values: _Values, object_name: str | None) -> list[Seen]:
        name = object_name or written_name(touch.schema or self._schema, touch.name)
        known = self._tables.get(split_name(name))
        bounds = dict(touch.bounds)
        if known is not None and touch.row is not None:
            bounds |= {
                column: terms for column, terms in zip(known.columns, touch.row, strict=False) if terms is not None
            }
        seen = [
            Seen(subject=subject, kind=key.subject_kind, table=name, role=touch.role)
            for key in (known.keys if known is not None else ())
            for subject in _subjects(key, bounds, values)
        ]
        if seen:
            return seen
        search = values.filled(touch.condition)
        return [Seen(subject=name, kind=SubjectKind.TABLE, table=None, role=touch.role, search=search)]

    def _called(self, object_name: str, plan: Plan | None, values: _Values) -> tuple[Seen, ...]:
        """Return the subjects that the calls' declared argument names, or the function itself as a table."""
        known = self._functions.get(split_name(object_name))
        calls = plan.calls if plan is not None and known is not None else ()
        _, name = split_name(object_name)
        subjects = [
            subject
            for call in calls
            if known is not None and call.name == name and len(call.arguments) >= known.argument
            for subject in _argument(known, call.arguments[known.argument - 1] or (), values)
        ]
        if known is None or not subjects:
            return (Seen(subject=object_name, kind=SubjectKind.TABLE, table=None, role=None),)
        kind = known.subject_kind
        return tuple(Seen(subject=one, kind=kind, table=object_name, role=None) for one in dict.fromkeys(subjects))


def _argument(function: FunctionKey, terms: tuple[Term, ...], values: _Values) -> list[str]:
    key = Key(columns=("argument",), prefix=function.prefix)
    return _subjects(key, {"argument": terms}, values)


_PARAMETER = re.compile(rf"%\({PARAMETER}(\d+)\)s")


class _Values:
    """The values of a statement's parameters, and those lifted out of its text."""

    def __init__(self, parameters: tuple[str | None, ...], lifted: Lifted) -> None:
        self._parameters, self._lifted = parameters, lifted.values

    def __call__(self, number: int) -> str | None:
        values: tuple[str | None, ...] = self._parameters
        if number >= LIFTED:
            values, number = self._lifted, number - LIFTED + 1
        return values[number - 1] if 1 <= number <= len(values) else None

    def filled(self, condition: str | None) -> str | None:
        """Return the condition with its parameters' values in their places."""
        if condition is None:
            return None
        return _PARAMETER.sub(self._shown, condition)

    def _shown(self, match: re.Match[str]) -> str:
        value = self(int(match[1]))
        return f"${match[1]}" if value is None else "'" + value.replace("'", "''") + "'"


def _subjects(key: Key, bounds: dict[str, tuple[Term, ...]], values: _Values) -> list[str]:
    """Return the subjects that the key's columns name, or none where that is not known.

    Of two columns with several values each it is not known which go together, and a guess would name the wrong subject.
    """
    columns = []
    for column in key.columns:
        told = [term.values(values) for term in bounds.get(column, ())]
        if not told or any(value is None for value in told):
            return []
        columns.append(list(dict.fromkeys(text for value in told if value is not None for text in value)))
    if sum(len(column) > 1 for column in columns) > 1:
        return []
    return [key.prefix + key.separator.join(parts) for parts in product(*columns)]


_COMMANDS = {
    "SELECT": {Role.READ, Role.COPY_OUT},
    "INSERT": {Role.INSERT, Role.COPY_IN},
    "UPDATE": {Role.UPDATE},
    "DELETE": {Role.DELETE, Role.UPDATE},  # a MERGE may delete
    "TRUNCATE TABLE": {Role.DEFINE},
    "COPY": {Role.COPY_IN, Role.COPY_OUT},
}


def _belongs(touch: Touch, message: AuditMessage) -> bool:
    """Tell whether an entry that names no relation can speak of the touch; its text may hold other statements."""
    if touch.verb is not None:
        return message.command.startswith(touch.verb)
    return message.audit_class in {"READ", "WRITE"} and message.command != "TRUNCATE TABLE"


def _fits(role: Role, command: str) -> bool:
    return role in _COMMANDS.get(command, {role})
