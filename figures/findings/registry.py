"""The eight findings, in the order of the report."""

from collections.abc import Callable

from figures.measuring.demonstrated import Catalogue

from . import gradients, ranges, shapes
from .finding import Finding, FindingError

FINDINGS: tuple[Callable[[Catalogue], Finding], ...] = (
    shapes.forward_functions,
    shapes.derivatives,
    gradients.dying_relu,
    shapes.gelu_approximation,
    gradients.vanishing_gradients,
    gradients.gradient_flow,
    ranges.temperature_scaling,
    ranges.numerical_stability,
)


def measure_all(catalogue: Catalogue) -> list[Finding]:
    """Return all findings; raises FindingError with the sentence of the first that fails."""
    found = [finding(catalogue) for finding in FINDINGS]
    for finding in found:
        if not finding.holds:
            raise FindingError(f"{finding.topic}: {finding.sentence} {dict(finding.numbers)}")
    return found
