"""Which inputs and upstreams a check tries: the same ones every time, and others by a seed."""

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.formula.activation import Gated
from verification.numbers.inputs import every_cell, stratified, upstreams, upstreams_of_every_binade
from verification.numbers.thresholds import thresholds

from .truth import Question

# Every fourth upstream may be of any binade, where products overflow and underflow.
WILD = 4
# Numbers that a seed draws: of all bit patterns, and of the active range.
DRAWN, ACTIVE = 1 << 13, 20.0


def inputs_of(question: Question) -> Array:
    """The inputs that are tried: stratified, both zeros, both infinities, and NaNs.

    Of wide formats, two in each cell that a table of the active range may have, besides, the
    thresholds of intermediate results, and those that are drawn by the question's seed.
    """
    format_ = question.format_
    finite = stratified(question.activation, format_)
    if not format_.has_few_numbers:
        more = every_cell(format_), thresholds(format_), _drawn(question)
        finite = np.unique(np.concatenate([finite, *more]))
    special = np.array([-0.0, -np.inf, np.inf, np.nan]).astype(format_.dtype)
    x = np.concatenate([finite, special, _payload(format_)])
    return within(question, x)


def within(question: Question, x: Array) -> Array:
    """The numbers that are in the question's domain."""
    return x if question.domain is None else x[question.domain.covers(x)]


def _drawn(question: Question) -> Array:
    """Finite numbers that nobody can foresee without the seed."""
    format_ = question.format_
    if question.seed is None:
        return np.empty(0, format_.dtype)
    draw = np.random.default_rng(question.seed)
    patterns = draw.integers(0, 1 << format_.width, DRAWN, np.uint64).astype(format_.bits)
    anywhere = patterns.view(format_.dtype)
    active = draw.uniform(-ACTIVE, ACTIVE, DRAWN).astype(format_.dtype)
    numbers = np.concatenate([anywhere, active])
    finite: Array = numbers[np.isfinite(numbers)]
    return finite


def shuffled(question: Question, size: int, turn: int) -> Array:
    """The order in which so many inputs are tried, one for each turn; rising without a seed."""
    if question.seed is None:
        return np.arange(size)
    return np.random.default_rng([question.seed, turn]).permutation(size)


def _payload(format_: Format) -> Array:
    """A quiet NaN of negative sign with a payload."""
    quiet = np.array([np.nan]).astype(format_.dtype).view(format_.bits)
    sign = np.array(1 << format_.width - 1, np.uint64).astype(format_.bits)
    payload: Array = (quiet | sign | np.array(5).astype(format_.bits)).view(format_.dtype)
    return payload


def upstreams_of(question: Question, x: Array) -> Array:
    """The upstream, or other input of a gate, that goes with each input: some are of any size.

    In a domain none are, and other inputs are in it as well.
    """
    upstream = upstreams(x.size, question.format_)
    if question.domain is None:
        upstream[::WILD] = upstreams_of_every_binade(upstream[::WILD].size, question.format_)
    elif isinstance(question.activation, Gated):
        return question.domain.kept(upstream)
    return upstream
