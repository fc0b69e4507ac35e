"""The language: Python's expression syntax over x, parameters, and a few functions.

    x * Phi(x)
    where(x > 0, x, negative_slope * x)
    sigmoid(w) * (1 + w) with w = 2 * sqrt(2 / pi) * (x + 0.044715 * x**3)

Names: ``x``, the parameters, ``pi``; the functions below;
every activation of the catalogue, which stands for its own formula, with its parameters as keyword
arguments: ``elu(x, alpha=0.5)``. Operators: ``+ - * / **`` (integer powers) and comparisons, which
may be chained, as the first argument of ``where``. Behind ``with``, names are given to
subexpressions. A decimal literal is the decimal itself: 0.044715 is no double.

The text is parsed by `ast` and never run. What is not in the language is refused with the place.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property

from reference import ACTIVATIONS
from verification.errors import UsageError

FUNCTIONS = {
    **dict.fromkeys(
        ("exp", "expm1", "log", "log1p", "sqrt", "erf", "erfc", "sin", "cos", "atan", "tanh"), 1
    ),
    **dict.fromkeys(("Phi", "phi", "sigmoid", "softplus", "abs"), 1),
    **dict.fromkeys(("min", "max"), 2),
    "where": 3,
}
OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}
CONDITIONS = ("lt", "le", "gt", "ge", "both")
WITH = " with "
LONGEST, DEEPEST, LARGEST_POWER = 10_000, 100, 100
# How much of a text is quoted.
QUOTED = 200
# A line break is a blank: columns count from the beginning of the text.
BLANKS = str.maketrans("\t\n\r\f\v", "     ")


class FormulaError(UsageError):
    """One sentence: what is wrong with a formula, and where."""


@dataclass(frozen=True)
class Expression:
    """A node of a formula.

    operation: "number", "symbol", "named", an operator ("add", "neg", "pow", "lt", ...) or a
        function.
    operands: what it is applied to.
    content: the number, the name of a symbol or of a named subexpression, or the exponent.
    """

    operation: str
    operands: tuple["Expression", ...] = ()
    content: Fraction | str | int = ""

    def __hash__(self) -> int:
        known = self.__dict__.get("_hash")
        if known is None:
            known = hash((self.operation, self.operands, self.content))
            object.__setattr__(self, "_hash", known)
        return int(known)

    @cached_property
    def symbols(self) -> frozenset[str]:
        """The names of the symbols in it."""
        if self.operation == "symbol":
            return frozenset([str(self.content)])
        return frozenset().union(*(operand.symbols for operand in self.operands))


def number(value: Fraction | int) -> Expression:
    """A rational constant."""
    return Expression("number", content=Fraction(value))


def symbol(name: str) -> Expression:
    """A variable, a parameter, or pi."""
    return Expression("symbol", content=name)


def operation(name: str, *operands: Expression) -> Expression:
    """An operator or a function applied to operands."""
    return Expression(name, operands)


@cache
def parse(text: str, symbols: tuple[str, ...] = ("x",)) -> Expression:
    """The formula that a text is, in which ``symbols`` may stand; FormulaError for any other."""
    return _Parser(text, symbols).formula()


def formula_of(name: str, order: int = 0) -> Expression:
    """The formula of an activation of the catalogue, or of one of its derivatives."""
    activation = ACTIVATIONS[name]
    return parse(activation.orders[order].formula, ("x", *activation.parameters))


def substituted(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """The expression with other ones in the place of symbols."""
    if expression.operation == "symbol":
        return values.get(str(expression.content), expression)
    operands = tuple(substituted(operand, values) for operand in expression.operands)
    return Expression(expression.operation, operands, expression.content)


class _Parser:
    """One text, being parsed."""

    def __init__(self, text: str, symbols: Iterable[str]) -> None:
        if not isinstance(text, str) or not text.strip():
            raise FormulaError(f"expected a formula such as 'x * Phi(x)', but got {text!r}")
        if len(text) > LONGEST:
            raise FormulaError(
                f"expected a formula of at most {LONGEST} characters, but got {len(text)}"
            )
        self.text = text.translate(BLANKS)
        self.names = {name: symbol(name) for name in (*symbols, "pi")}
        # The part that is being parsed, and where it begins.
        self.part, self.offset = self.text, 0
        if "#" in text:
            raise FormulaError(
                f"formula {_shown(self.text)}: there are no comments (column {text.index('#') + 1})"
            )

    def formula(self) -> Expression:
        """The expression before ``with``, in which the names behind it are known."""
        head, separator, definitions = self.text.partition(WITH)
        place = len(head) + len(separator)
        for definition in _split(definitions) if separator else []:
            name, equals, body = definition.partition("=")
            self.part, self.offset = definition, place
            if not equals or not name.strip().isidentifier():
                raise self._refused(
                    f"expected NAME = EXPRESSION behind 'with', but got {_shown(definition)}"
                )
            inner = self._expression(body, place + len(name) + 1)
            self.names[name.strip()] = Expression("named", (inner,), name.strip())
            place += len(definition) + 1
        return self._expression(head, 0)

    def _expression(self, text: str, place: int) -> Expression:
        stripped = text.lstrip()
        self.part, self.offset = stripped, place + len(text) - len(stripped)
        try:
            tree = ast.parse(stripped, mode="eval")
        except SyntaxError as error:
            column = self.offset + (error.offset or len(stripped) + 1)
            raise FormulaError(
                f"formula {_shown(self.text)}: {error.msg} (column {column})"
            ) from None
        except (RecursionError, MemoryError, ValueError):
            raise FormulaError(
                f"expected a formula nested at most {DEEPEST} deep, but got {_shown(self.text)}"
            ) from None
        return self._node(tree.body, 0)

    def _node(self, node: ast.expr, depth: int) -> Expression:
        if depth > DEEPEST:
            raise self._refused(f"it is nested more than {DEEPEST} deep", node)
        match node:
            case ast.Constant():
                return self._number(node)
            case ast.Name():
                return self._name(node)
            case ast.UnaryOp():
                return self._signed(node, depth)
            case ast.BinOp():
                return self._binary(node, depth)
            case ast.Call():
                return self._call(node, depth)
        raise self._refused(f"{_shown(self._source(node))} is not in the language", node)

    def _signed(self, node: ast.UnaryOp, depth: int) -> Expression:
        if not isinstance(node.op, ast.USub | ast.UAdd):
            raise self._refused(f"{_shown(self._source(node))} is not in the language", node)
        inner = self._node(node.operand, depth + 1)
        return operation("neg", inner) if isinstance(node.op, ast.USub) else inner

    def _binary(self, node: ast.BinOp, depth: int) -> Expression:
        if isinstance(node.op, ast.Pow):
            return self._power(node, depth)
        if type(node.op) not in OPERATORS:
            raise self._refused(f"{_shown(self._source(node))} is not in the language", node)
        left, right = (self._node(side, depth + 1) for side in (node.left, node.right))
        return operation(OPERATORS[type(node.op)], left, right)

    def _number(self, node: ast.Constant) -> Expression:
        source = self._source(node)
        shown = source if len(source) <= QUOTED else _shown(source)
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self._refused(f"expected a decimal number, but got {shown}", node)
        try:
            return number(Fraction(source))
        except ValueError:
            raise self._refused(f"expected a decimal number, but got {shown}", node) from None

    def _name(self, node: ast.Name) -> Expression:
        if node.id in self.names:
            return self.names[node.id]
        if node.id in FUNCTIONS or node.id in ACTIVATIONS:
            raise self._refused(f"{node.id!r} is a function: write {node.id}(x)", node)
        raise self._refused(
            f"there is no name {node.id!r}; there are {', '.join(self.names)}", node
        )

    def _power(self, node: ast.BinOp, depth: int) -> Expression:
        exponent = self._node(node.right, depth + 1)
        sign = 1
        if exponent.operation == "neg":
            sign, exponent = -1, exponent.operands[0]
        content = exponent.content
        if not isinstance(content, Fraction) or content.denominator != 1:
            raise self._refused("expected an integer power", node.right)
        if content > LARGEST_POWER:
            raise self._refused(f"expected a power of at most {LARGEST_POWER}", node.right)
        base = self._node(node.left, depth + 1)
        return Expression("pow", (base,), sign * int(content))

    def _call(self, node: ast.Call, depth: int) -> Expression:
        if not isinstance(node.func, ast.Name):
            raise self._refused(
                f"{_shown(self._source(node.func))} is not in the language", node.func
            )
        name = node.func.id
        if name in FUNCTIONS and not node.keywords:
            return self._function(name, node, depth)
        if name in ACTIVATIONS:
            return self._activation(name, node, depth)
        if name in FUNCTIONS:
            raise self._refused(f"{name} takes no keyword arguments", node)
        known = ", ".join([*FUNCTIONS, *(other for other in ACTIVATIONS if other not in FUNCTIONS)])
        raise self._refused(f"there is no function {name!r}; there are {known}", node)

    def _function(self, name: str, node: ast.Call, depth: int) -> Expression:
        count = FUNCTIONS[name]
        if len(node.args) != count:
            raise self._refused(f"{name} takes {count} arguments, not {len(node.args)}", node)
        if name != "where":
            return operation(name, *(self._node(argument, depth + 1) for argument in node.args))
        condition, *branches = node.args
        if not isinstance(condition, ast.Compare):
            raise self._refused("expected a comparison as the first argument of where", condition)
        return operation(
            "where",
            self._comparison(condition, depth + 1),
            *(self._node(branch, depth + 1) for branch in branches),
        )

    def _comparison(self, node: ast.Compare, depth: int) -> Expression:
        sides = [self._node(side, depth + 1) for side in (node.left, *node.comparators)]
        found = []
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if type(operator) not in OPERATORS:
                raise self._refused("expected one of < <= > >=", node)
            found.append(operation(OPERATORS[type(operator)], left, right))
        whole = found[0]
        for other in found[1:]:
            whole = operation("both", whole, other)
        return whole

    def _activation(self, name: str, node: ast.Call, depth: int) -> Expression:
        activation = ACTIVATIONS[name]
        if len(node.args) != 1:
            raise self._refused(f"{name} takes one argument, not {len(node.args)}", node)
        values = {
            parameter: number(Fraction(default))
            for parameter, default in activation.parameters.items()
        }
        for keyword in node.keywords:
            if keyword.arg not in values:
                known = ", ".join(values) or "none"
                raise self._refused(
                    f"{name} has no parameter {keyword.arg!r}; its parameters: {known}", node
                )
            values[keyword.arg] = self._node(keyword.value, depth + 1)
        values["x"] = self._node(node.args[0], depth + 1)
        return substituted(formula_of(name), values)

    def _source(self, node: ast.AST) -> str:
        return ast.get_source_segment(self.part, node) or ast.unparse(node)

    def _refused(self, reason: str, node: ast.expr | None = None) -> FormulaError:
        # Offsets of `ast` are in bytes.
        before = "" if node is None else self.part.encode()[: node.col_offset].decode()
        column = self.offset + len(before) + 1
        return FormulaError(f"formula {_shown(self.text)}: {reason} (column {column})")


def _shown(text: str) -> str:
    """A text in quotes, its beginning if it is long."""
    return repr(text if len(text) <= QUOTED else text[: QUOTED - 3] + "...")


def _split(definitions: str) -> list[str]:
    """Cut at the commas that stand in no parentheses."""
    parts, depth = [""], 0
    for character in definitions:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
