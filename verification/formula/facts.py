"""The facts about a formula, from its text: ``python -m verification.formula.facts [NAME...]``.

Limits, bounds, roots, symmetry, kinks, saturation and the expansion at 0, of the value and of both
derivatives, for any parameters. All come from enclosures by balls. Roots and kinks, and with them
the places of extrema, are certified within the saturation; beyond it, signs are compared at a point
of each binade. Limits are the values at 10^1000, the saturation is found by bisection, and a
symmetry is that of 40 points to 200 bits.

The command writes ``reference/facts.json`` for the default parameters of the catalogue; a test
derives it again and compares.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import inf, isinf
from pathlib import Path
from typing import Any

from reference import ACTIVATIONS, Activation
from verification.errors import UsageError
from verification.records.files import write_whole

from .balls import ORDERS, form
from .derivative import NEGLIGIBLE, Derivative, may_be_equal, middle
from .fractions import jet
from .language import Expression, parse
from .pieces import Parameters, pieces
from .roots import REACH, nearest_double, sign_at


@cache
def _roundings(expression: Expression) -> int:
    """How many roundings a formula takes in a format, done step by step; many are many."""
    several = 9
    counts = [_roundings(operand) for operand in expression.operands]
    match expression.operation:
        case "number" | "symbol":
            return 0
        case "neg" | "abs" | "min" | "max" | "where" | "lt" | "le" | "gt" | "ge" | "both":
            return max(counts)
        case "add" | "sub" | "mul":
            return sum(counts) + 1
    return several


def derived(
    formulas: tuple[Expression, ...],
    parameters: Mapping[str, float],
    value: Expression | None = None,
) -> list[dict[str, Any]]:
    """The facts about a function and its derivatives, an entry each.

    ``formulas`` are the texts of all of them, which say how many roundings they take; what they
    are is derived from the first.
    """
    cut = tuple(pieces(value or formulas[0], parameters))
    known = tuple(parameters.items())
    return [
        _entry(Derivative(cut, known, order), formula) for order, formula in enumerate(formulas)
    ]


def _entry(derivative: Derivative, formula: Expression) -> dict[str, Any]:
    # The product of a first derivative with upstream is a rounding of its own.
    exactly = _roundings(formula) + (derivative.order == 1) <= 1
    limits = (derivative.limit(-1), derivative.limit(1))
    saturation = [inf, inf] if exactly else [derivative.saturation(n) for n in NEGLIGIBLE]
    reach = min(saturation[1], REACH)
    return {
        "limits": limits,
        "bounds": derivative.bounds(limits, reach),
        "roots": [nearest_double(root) for root in derivative.roots(reach)],
        "symmetry": derivative.symmetry(),
        "saturation": saturation,
        "expansion": derivative.expansion(),
        "starts_at_zero": bool(derivative.at(Fraction(0)) == 0),
        "exact": exactly,
    }


def kinks(
    expression: Expression, parameters: Parameters, places: Mapping[str, Fraction]
) -> list[dict[str, Any]]:
    """Where the value or a derivative jumps, with the derivatives on either side.

    ``places`` name the points at which the author says what is chosen; UsageError if one is
    missing.
    """
    cut = tuple(pieces(expression, parameters))
    orders = [Derivative(cut, tuple(parameters.items()), order) for order in range(ORDERS)]
    named = {point: name for name, point in places.items()}
    found = []
    for left, right in pairwise(cut):
        point = left.right
        assert point is not None  # noqa: S101  pieces meet at points
        sides = [(order.at(point, left), order.at(point, right)) for order in orders]
        if all(may_be_equal(*pair) for pair in sides):
            continue
        if point not in named:
            raise UsageError(f"expected a choice at the kink {float(point)!r}, but there is none")
        first, second = (tuple(map(middle, pair)) for pair in sides[1:])
        found.append(
            {"place": named.pop(point), "at": float(point), "first": first, "second": second}
        )
    return found


def place(text: str, parameters: Parameters) -> Fraction:
    """The point that the formula of a kink's place is."""
    return jet(parse(text, ("x", *parameters)), parameters, 0)[0]


def entry_of(activation: Activation) -> dict[str, Any]:
    """All facts about an activation for its default parameters; UsageError for a stray choice."""
    parameters = activation.parameters
    known = facts_of_orders(
        tuple(function.formula for function in activation.orders),
        tuple(parameters.items()),
        tuple(activation.choices),
    )
    stray = set(activation.choices) - {kink["place"] for kink in known["kinks"]}
    if stray:
        raise UsageError(
            f"{activation.name}: a choice is stated at {min(stray)!r}, but there is no kink there"
        )
    return {
        **known,
        "parameter_derivatives": {
            name: derived((parse(function.formula, ("x", *parameters)),), parameters)[0]
            for name, function in activation.parameter_derivatives.items()
        },
    }


@cache
def facts_of_orders(
    formulas: tuple[str, ...],
    known: tuple[tuple[str, float], ...],
    choices: tuple[str, ...],
) -> dict[str, Any]:
    """The facts about a value and its derivatives, given the texts of all and of kinks' places."""
    parameters = dict(known)
    parsed = tuple(parse(text, ("x", *parameters)) for text in formulas)
    orders = derived(parsed, parameters)
    return {
        "parameters": parameters,
        "monotone": _is_monotone(parsed[0], parameters, orders[1]),
        "kinks": kinks(parsed[0], parameters, {text: place(text, parameters) for text in choices}),
        "orders": orders,
    }


def _is_monotone(expression: Expression, parameters: Parameters, slope: Mapping[str, Any]) -> bool:
    """Whether the value never falls, or never rises: a derivative without a change of sign."""
    if slope["roots"]:
        return False
    cut = tuple(pieces(expression, parameters))
    first = Derivative(cut, tuple(parameters.items()), 1)
    signs = {sign_at(form(p.expression, parameters), 1, p.inner) for p in first.pieces}
    value = Derivative(cut, tuple(parameters.items()), 0)
    for left, right in pairwise(cut):
        assert left.right is not None  # noqa: S101  pieces meet at points
        jump = value.at(left.right, right) - value.at(left.right, left)
        signs.add(1 if jump > 0 else -1 if jump < 0 else 0)
    return not {1, -1} <= signs


def to_json(content: Mapping[str, Any]) -> str:
    """The file's text; infinities are strings, as JSON has none."""
    return json.dumps(_plain(content), indent=1, allow_nan=False) + "\n"


def _plain(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {key: _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    return str(content) if isinstance(content, float) and isinf(content) else content


def main(names: Sequence[str]) -> None:
    """Derive the facts of the activations of these names, or of all, and write them."""
    path = Path(str(files("reference").joinpath("facts.json")))
    known = json.loads(path.read_text(encoding="utf-8"))
    content = {
        name: entry_of(activation) if name in names or not names else known[name]
        for name, activation in ACTIVATIONS.items()
    }
    write_whole(path, to_json(content))


if __name__ == "__main__":
    main(sys.argv[1:])
