"""The small changes of a decision: each number, comparison, sign and condition of a module, one at a time."""

import ast
import copy
from collections.abc import Iterator
from typing import NamedTuple

COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
CALCULATED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
JOINED = {ast.And: ast.Or, ast.Or: ast.And}
EXTREMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


GUARDS = ("strict", "frozen", "slots")
"""Arguments that decide nothing: they refuse what the program does not do."""


class Mutant(NamedTuple):
    """A module with one change. `name` stays the same while other lines move."""

    name: str
    source: str


def make_mutants(source: str) -> Iterator[Mutant]:
    """Yield the module once for each change."""
    tree = ast.parse(source)
    guards = {each.value for each in ast.walk(tree) if isinstance(each, ast.keyword) and each.arg in GUARDS}
    seen: dict[str, int] = {}
    for number, node in enumerate(ast.walk(tree)):
        if node in guards or (changed := _change(node)) is None:
            continue
        whole = copy.deepcopy(tree)
        found = next(each for at, each in enumerate(ast.walk(whole)) if at == number)
        found.__dict__.clear()
        found.__class__ = type(changed)  # type: ignore[assignment]  # the node changes in its place
        found.__dict__.update(vars(changed))
        where = f"{_around(tree, node)}: {ast.unparse(node)} -> {ast.unparse(changed)}"
        seen[where] = seen.get(where, 0) + 1
        yield Mutant(f"{where} ({seen[where]})" if seen[where] > 1 else where, ast.unparse(whole))


def _change(node: ast.AST) -> ast.AST | None:
    new = copy.deepcopy(node)
    match new:
        case ast.Constant(value=bool(value)):
            new.value = not value
        case ast.Constant(value=int(value) | float(value)):
            new.value = value + 1 if isinstance(value, int) else value * 1.5 or 1.0
        case ast.Compare(ops=[op]) if type(op) in COMPARED:
            new.ops = [COMPARED[type(op)]()]
        case ast.BinOp(op=op) if type(op) in CALCULATED:
            new.op = CALCULATED[type(op)]()
        case ast.BoolOp(op=op):
            new.op = JOINED[type(op)]()
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Call(func=ast.Name(id=name)) if name in EXTREMES:
            new.func = ast.Name(EXTREMES[name], ast.Load())
        case _:
            return None
    return new


def _around(tree: ast.Module, node: ast.AST) -> str:
    """Return the name of the innermost function or class around a node, or `module`."""
    line = getattr(node, "lineno", 0)
    kinds = (ast.FunctionDef, ast.ClassDef)
    inside = [
        each for each in ast.walk(tree) if isinstance(each, kinds) and each.lineno <= line <= (each.end_lineno or 0)
    ]
    return max(inside, key=lambda each: each.lineno).name if inside else "module"
