"""Check anyone's activation against the correctly rounded one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from reference.arithmetic.formats import FORMATS
from verification.candidates import frameworks
from verification.candidates.clock import Clock
from verification.candidates.floating_point import MODE
from verification.candidates.frameworks.candidate import Candidate
from verification.candidates.frameworks.given import implementation_of
from verification.candidates.implementation import Implementation
from verification.candidates.isolation import Worker
from verification.candidates.limits import EXHAUSTIVE, QUICK
from verification.candidates.text import shown
from verification.errors import UsageError
from verification.examination.domain import Domain
from verification.grade import required
from verification.observation.observe import observe
from verification.work.looking import within

from .asked import (
    Asked,
    allowances_of,
    asked_for,
    format_of,
    require_exhaustible,
    require_inputs,
    tolerance_of,
)
from .baseline import Baseline
from .judging import judged
from .known import read, without
from .naming import named
from .untrusted import by_name, seed_of, without_its_word
from .verdict import Verdict

# How the file of a stored verdict ends.
STORED = ".json"


def check(  # noqa: PLR0913  one call says all that a check needs
    candidate: Callable[..., Any] | str | Candidate | Implementation | None,
    activation: str | None = None,
    *,
    formula: str | None = None,
    parameters: Mapping[str, float] | None = None,
    derivative: Callable[..., Any] | str | None = None,
    backward: Callable[..., Any] | str | None = None,
    second: Callable[..., Any] | str | None = None,
    framework: str | None = None,
    device: str | None = None,
    dtype: Any = "float32",
    domain: Any = None,
    tolerance: float | None = None,
    require: str = "accurate",
    baseline: Callable[..., Any] | str | Candidate | Implementation | Verdict | None = None,
    known: str | Path | None = None,
    allow: Iterable[str] = (),
    strict: bool = False,
    exhaustive: bool = False,
    scheduler: str | None = None,
    state: str | Path | None = None,
    untrusted: bool = False,
    seed: int | None = None,
) -> Verdict:
    """Judge an implementation of an activation in one format; the verdict is true if it passed.

    The activation is one of the catalogue, or any formula of the language, such as
    ``check(f, formula="x * sigmoid(beta * x)", parameters={"beta": 1.7})``.

    A formula of two inputs is a gate times the other one, ``x * sigmoid(x) * y``: the functions
    take (x, y), and backward takes (x, y, upstream) and gives both gradients.

    A function shares this process, and may do to it what it likes: judge one that you do not trust
    by its name, with the command ``halfulp check``.

    Args:
        candidate: maps an array to an array of the same dtype and shape; or the name of what does,
            as "torch:torch.nn.functional.gelu"; or a `Candidate`, a name with more said of it; or
            an `Implementation`.
        activation: its name in the catalogue: "relu", "gelu", ...
        formula: in its place, the textbook formula (see `verification.formula.language`).
        parameters: those of the activation that are not its default ones, as
            {"negative_slope": 0.2}; of a formula, a number for each symbol but x and pi. The
            functions given here have to use them too.
        derivative: the same for the first derivative; by default the framework's own, if any.
        backward: maps (x, upstream) to derivative times upstream; likewise.
        second: the same for the second derivative; "autodiff" for the framework's derivative of its
            own derivative.
        framework: whose arrays the functions take, where neither name nor object tells:
            "torch", "jax", ...; by default they take NumPy's.
        device: where the framework puts them: "cpu", "cuda:1", ...
        dtype: "float16", "bfloat16" (of ml_dtypes), "float32" or "float64".
        domain: the inputs that are judged: (-20, 20), several such pairs, or "finite"; upstreams
            are of the size of 1 there. By default all numbers, infinities and NaN.
        tolerance: in ulp; by default 4 in float32 and float64, 1 in the 16-bit formats.
        require: the grade that passes: "correct", "faithful", "accurate", "close" or "rough" (see
            `verification.grade`).
        baseline: another implementation, the path of a stored verdict (``verdict.to_json()``), or a
            verdict: only what is more than twice as far off as it is thereabouts is wrong.
        known: a file of accepted findings (see `verification.verdict.known`).
        exhaustive: try all 2^32 patterns of float32; the 16-bit formats always are tried in full.
        allow: named allowances, "flush-to-zero" and "length" (see `truth.ALLOWANCES`).
        scheduler: the address of a Dask cluster for the exhaustive part.
        state: a folder in which finished portions of an exhaustive check are kept; a later check of
            the same candidate goes on with them.
        untrusted: a candidate by name may be made to pass a check and not to be right: it is held
            by another process, tried at numbers that are drawn anew as well, in three orders, and
            what its process says of itself is not believed.
        seed: of the numbers that are drawn, to draw the same again.
        strict: drop the allowance next to roots of the derivative, and hold results to the sign
            of every zero, to order, symmetry and layout to the last bit; and no warning is legal.

    Raises:
        UsageError: no activation or formula, or both; an unknown activation, parameter, dtype or
            allowance; a formula that is not in the language; a tolerance or a parameter that is no
            number; no function of one array; no such framework or device; no verdict, as the time
            was used up.

    """
    format_ = format_of(dtype)
    accepted = () if known is None else read(Path(known))
    asked = Asked(
        asked_for(activation, formula, parameters),
        format_,
        tolerance_of(tolerance, format_),
        allowances_of(allow),
        strict,
        seed_of(seed, untrusted=untrusted),
        required(require),
        domain=Domain.of(domain),
        exhaustive=exhaustive,
    )
    require_inputs(asked)
    if exhaustive:
        require_exhaustible(asked)
    given = {
        "value": candidate,
        "derivative": derivative,
        "second": second,
        "backward": backward,
    }
    things = {name: thing for name, thing in given.items() if thing is not None}
    if state is not None and not exhaustive:
        raise UsageError("--state is for a check that is --exhaustive: a quick one begins anew")
    place = Place(scheduler, None if state is None else Path(state))
    clock = Clock(EXHAUSTIVE if exhaustive else QUICK)
    confined = clock if untrusted else None
    with _implementation(asked, things, framework, device, confined) as implementation:
        if format_.name not in implementation.formats:
            formats = ", ".join(name for name in FORMATS if name in implementation.formats)
            raise UsageError(
                f"{shown(implementation.name)!r}: its framework takes {formats}, not {format_.name}"
            )
        if baseline is None:
            verdict = _verdict(asked, implementation, place)
        else:
            beside = _baseline(asked, baseline, implementation, place)
            verdict = _verdict(replace(asked, baseline=beside), implementation, place)
            if isinstance(baseline, Verdict) or _is_stored(baseline):
                beside.require_terms(verdict)
    verdict = without(verdict, accepted) if known is not None else verdict
    return without_its_word(verdict) if untrusted else verdict


class Place(NamedTuple):
    """Where the exhaustive part is done, on which cluster, and where its state is kept."""

    scheduler: str | None = None
    state: Path | None = None

    def beside(self) -> "Place":
        """That of the baseline."""
        return self if self.state is None else self._replace(state=self.state / "baseline")


def _verdict(asked: Asked, implementation: Implementation, place: Place) -> Verdict:
    questions = {name: asked.question(name) for name in implementation.functions}
    promises = {} if asked.baseline is None else asked.baseline.promise
    with MODE.ours():
        observed = observe(
            questions,
            implementation,
            exhaustive=asked.exhaustive,
            scheduler=place.scheduler,
            state=place.state,
            promises=promises,
        )
        if asked.baseline is not None:
            asked = replace(asked, baseline=asked.baseline.beside_what(observed))
        return judged(asked, implementation, observed)


def _is_stored(given: Any) -> bool:
    return isinstance(given, str | Path) and Path(given).suffix == STORED


def _baseline(asked: Asked, given: Any, candidate: Implementation, place: Place) -> Baseline:
    """The baseline that is given: a verdict, the file of one, or an implementation to be judged.

    That brings its own framework; a function takes NumPy's arrays, unless it tells its own. It is
    judged at what the candidate is: its value alone where that has no more.
    """
    if _is_stored(given):
        found = Baseline.read(Path(given))
    elif isinstance(given, Verdict):
        found = Baseline.of_verdict(given)
    else:
        try:
            with (
                within("baseline"),
                _implementation(asked, {"value": given}, None, None, None) as implementation,
            ):
                verdict = _verdict(asked, _as_much(implementation, candidate), place.beside())
        except UsageError as error:
            raise UsageError(f"baseline: {error}") from None
        if verdict.unfinished:
            raise UsageError(f"baseline: expected the check to end, but {verdict.unfinished}")
        found = Baseline.of_verdict(verdict)
    found.require_the_same(named(asked.activation.name, asked.parameters), asked.format_.name)
    found.require_results(candidate.functions)
    return found


def _as_much(baseline: Implementation, candidate: Implementation) -> Implementation:
    """Those functions of the baseline that the candidate has too, or UsageError."""
    ours, theirs = candidate.functions, baseline.functions
    both = {name: function for name, function in theirs.items() if name in ours}
    if not both:
        raise UsageError(f"expected {', '.join(ours)}, but it has {', '.join(theirs)} alone")
    return baseline.with_functions(both)


@contextmanager
def _implementation(
    asked: Asked,
    things: Mapping[str, Any],
    framework: str | None,
    device: str | None,
    confined: Clock | None,
) -> Iterator[Implementation]:
    """The implementation that is given, or that of what is given; or UsageError.

    By a clock, one that is given by name is ``confined`` to another process.
    """
    value = things.get("value")
    if isinstance(value, Candidate | Implementation):
        if len(things) > 1 or framework is not None or device is not None:
            raise UsageError(
                f"{type(value).__name__}: it brings its own derivative, backward, framework and "
                "device"
            )
        _require_inputs(asked, value.inputs)
    if isinstance(value, Implementation):
        yield value
        return
    if confined is not None:
        named = by_name(things, framework, device, asked.inputs)
        with Worker(replace(named, dtype=asked.format_.name), confined) as worker:
            yield worker.implementation()
    elif isinstance(value, Candidate):
        yield frameworks.implementation(replace(value, dtype=asked.format_.name))
    else:
        yield implementation_of(things, framework, device, asked.format_.name, inputs=asked.inputs)


def _require_inputs(asked: Asked, inputs: int) -> None:
    if inputs != asked.inputs:
        raise UsageError(
            f"expected a function of {asked.inputs} inputs, as {asked.activation.name!r} is, but "
            f"it is said to be of {inputs}"
        )
