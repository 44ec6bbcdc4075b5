"""Every mutant of a source file: one small change that a test should notice, as the bytes that it replaces.

Left out on purpose is what nobody is promised: docstrings, annotations, decorators, assertions, log lines, names of
types, the words of sentences but one in a function; and what would fail wherever it is reached.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
_LOGGING = {"debug", "info", "warning", "error", "exception", "critical"}
_NAMES_OF_TYPES = {"TypeVar", "ParamSpec", "NewType", "cast", "getLogger"}
_DECLARED = {"__all__", "__slots__"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NOTHING = ast.Constant(None)


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """`source[start:end]`, in bytes, becomes `after`. `lines` are the first and last of its statement; what stands
    outside of functions is executed `at_import`."""

    path: str
    line: int
    start: int
    end: int
    before: str
    after: str
    lines: tuple[int, int]
    at_import: bool

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {' '.join(self.before.split())} → {' '.join(self.after.split())}"

    def applied(self, source: bytes) -> bytes:
        return source[: self.start] + self.after.encode() + source[self.end :]


@dataclass
class _Scope:
    """What a node stands in. `joined` is the f-string around it, whose parts have no places of their own."""

    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | None = None
    statement: ast.stmt | None = None
    joined: ast.JoinedStr | None = None
    reassigned: frozenset[str] = frozenset()
    sentences: list[str] = field(default_factory=list)


def mutants_of(path: str, source: bytes) -> list[Mutant]:
    """In the order of the file, each once."""
    return sorted(set(_File(path, source).found(ast.parse(source), _Scope())))


class _File:
    def __init__(self, path: str, source: bytes) -> None:
        self._path, self._source = path, source
        self._offsets = [0]
        for row in source.splitlines(keepends=True):
            self._offsets.append(self._offsets[-1] + len(row))

    def found(self, node: ast.AST, scope: _Scope) -> Iterator[Mutant]:
        if _is_left_out(node):
            return
        if isinstance(node, ast.stmt):
            scope = copy.copy(scope)
            scope.statement = node
        if isinstance(node, ast.JoinedStr) and scope.joined is None:
            scope = copy.copy(scope)
            scope.joined = node
        for old, new in _changes(node, scope):
            if mutant := self._mutant(old, new, scope):
                yield mutant
        for child, inside in _children(node, scope):
            yield from self.found(child, inside)

    def _mutant(self, old: ast.AST, new: ast.AST, scope: _Scope) -> Mutant | None:
        if scope.joined is not None:
            old, new = scope.joined, _swapped(scope.joined, old, new)
        try:
            after = ast.unparse(ast.fix_missing_locations(new))
        except ValueError:  # an f-string with a quote too many
            return None
        if isinstance(new, ast.expr) and not isinstance(new, ast.Constant | ast.Slice | ast.Name | ast.JoinedStr):
            after = f"({after})"
        start, end = self._place(old)
        before = self._source[start:end].decode()
        assert scope.statement is not None
        return Mutant(self._path, old.lineno, start, end, before, after, _lines(scope.statement), not scope.function)  # type: ignore[attr-defined]

    def _place(self, node: ast.AST) -> tuple[int, int]:
        start = self._offsets[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        return start, self._offsets[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]


def _lines(statement: ast.stmt) -> tuple[int, int]:
    """Those of a simple statement, or of a compound one's head."""
    body = getattr(statement, "body", None) or getattr(statement, "cases", None)
    if not body:
        return statement.lineno, statement.end_lineno or statement.lineno
    first = body[0].lineno if isinstance(body[0], ast.stmt) else body[0].pattern.lineno
    return statement.lineno, max(statement.lineno, first - 1)


def _children(node: ast.AST, scope: _Scope) -> Iterator[tuple[ast.AST, _Scope]]:
    """What of a node may be changed, and what that stands in."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                yield default, scope
        inside = _Scope(node, scope.statement, reassigned=_reassigned(node))
        for child in [node.body] if isinstance(node, ast.Lambda) else node.body:
            yield child, inside
    elif isinstance(node, ast.ClassDef):
        yield from ((child, scope) for child in node.body)
    elif isinstance(node, ast.AnnAssign):
        yield from [(node.value, scope)] if node.value is not None else []
    elif isinstance(node, ast.Subscript) and scope.function is None:  # a type
        yield node.value, scope
    elif isinstance(node, ast.JoinedStr):
        yield from ((part.value, scope) for part in node.values if isinstance(part, ast.FormattedValue))
    elif isinstance(node, ast.match_case):
        yield from ((child, scope) for child in (node.guard, *node.body) if child is not None)
        inner = copy.copy(scope)
        inner.statement = ast.Pass(lineno=node.pattern.lineno, end_lineno=node.pattern.end_lineno)
        yield node.pattern, inner
    else:
        yield from ((child, scope) for child in ast.iter_child_nodes(node))


def _reassigned(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """Names that have another value before some assignment: without the first one, all that reads it would fail."""
    stored = Counter(n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    taken = {n.arg for n in ast.walk(function.args) if isinstance(n, ast.arg)}
    return frozenset(taken | {name for name, count in stored.items() if count > 1})


def _is_left_out(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assert() | ast.Global() | ast.Nonlocal():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in _DECLARED
        case ast.Expr(value=ast.Call() as call) | (ast.Call() as call):
            return _is_unpromised(call.func)
    return False


def _is_unpromised(called: ast.expr) -> bool:
    match called:
        case ast.Name(id=name):
            return name in _NAMES_OF_TYPES
        case ast.Attribute(value=base, attr=name):
            base_name = ast.unparse(base).casefold()
            return name in _NAMES_OF_TYPES or (name in _LOGGING and base_name.endswith(("log", "logger")))
    return False


def _changes(node: ast.AST, scope: _Scope) -> Iterator[tuple[ast.AST, ast.AST]]:
    """A part of the node, and what stands there instead."""
    match node:
        case ast.Constant():
            yield from ((node, ast.Constant(value)) for value in _other_values(node.value, scope))
        case ast.Compare():
            for n, op in enumerate(node.ops):
                yield node, _with(node, ops=[*node.ops[:n], _COMPARISONS[type(op)](), *node.ops[n + 1 :]])
        case ast.BoolOp():
            yield node, _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node, node.operand
        case ast.BinOp() | ast.AugAssign() if type(node.op) in _ARITHMETIC:
            if scope.function or not isinstance(node.op, ast.BitOr):  # else it is a type
                yield node, _with(node, op=_ARITHMETIC[type(node.op)]())
    yield from _less(node)
    yield from _forced(node)
    if isinstance(node, ast.stmt):
        yield from _statements(node, scope)


def _less(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """A bound that is not there, an error that is not caught."""
    match node:
        case ast.Slice():
            yield from ((node, _with(node, **{end: None})) for end in ("lower", "upper") if getattr(node, end))
        case ast.ExceptHandler(type=ast.Tuple(elts=kinds) as kind):
            yield from ((kind, _with(kind, elts=[k for k in kinds if k is not one])) for one in kinds)
        case ast.ExceptHandler(type=ast.expr() as kind):
            yield kind, ast.Tuple([], ast.Load())
        case ast.Call(func=ast.Name(id="suppress"), args=kinds):
            yield from ((node, _with(node, args=[k for k in kinds if k is not one])) for one in kinds)


def _forced(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Conditions that always, or never, hold. An endless loop says nothing."""
    conditions: list[ast.expr | None] = []
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            conditions = [test]
        case ast.comprehension(ifs=ifs):
            conditions = [*ifs]
        case ast.match_case(guard=guard):
            conditions = [guard]
    for condition in conditions:
        if condition is None or isinstance(condition, ast.Constant):
            continue
        yield condition, ast.Constant(False)
        if not isinstance(node, ast.While):
            yield condition, ast.Constant(True)


def _statements(node: ast.stmt, scope: _Scope) -> Iterator[tuple[ast.AST, ast.AST]]:
    match node:
        case ast.Return(value=None):
            yield node, ast.Pass()
        case ast.Return(value=ast.expr() as value):
            returns = getattr(scope.function, "returns", None)
            is_truth = isinstance(returns, ast.Name) and returns.id == "bool"
            if is_truth and not isinstance(value, ast.Constant):
                yield value, ast.UnaryOp(ast.Not(), value)
            if not isinstance(value, ast.Constant) or not isinstance(value.value, bool | None):
                yield value, _NOTHING
        case ast.Expr(value=ast.Call() | ast.Await(value=ast.Call())):
            yield node, ast.Pass()
        case ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break() | ast.Delete():
            yield node, ast.Pass()
        case ast.Assign(targets=targets) if scope.function is not None:
            is_made = getattr(scope.function, "name", "") == "__init__"
            if not is_made and not all(isinstance(t, ast.Name) and t.id not in scope.reassigned for t in targets):
                yield node, ast.Pass()


def _other_values(value: object, scope: _Scope) -> list[object]:
    match value:
        case bool():
            return [not value]
        case int() | float():
            return [value + 1, value - 1]
        case bytes():
            return [b"another" if value != b"another" else b""]
        case str():
            if len(value.split()) > 1:  # words of a sentence
                scope.sentences.append(value)
                if len(scope.sentences) > 1:
                    return []
            return ["another" if value != "another" else ""]
    return []


def _with(node: ast.AST, **changes: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in changes.items():
        setattr(new, name, value)
    return new


def _swapped(tree: ast.AST, old: ast.AST, new: ast.AST) -> ast.AST:
    """The tree with another node in the place of one."""
    if tree is old:
        return new

    def one(value: object) -> object:
        if isinstance(value, list):
            return [one(v) for v in value]
        return _swapped(value, old, new) if isinstance(value, ast.AST) else value

    return _with(tree, **{name: one(value) for name, value in ast.iter_fields(tree)})
