"""Every figure of the report, by its number, in the order of the report."""

from collections.abc import Callable
from dataclasses import dataclass

from figures.drawing.drawing import Drawing
from figures.measuring.demonstrated import Catalogue

from . import example_1, example_2, example_3, example_4, example_5, example_6, example_7, example_8


@dataclass(frozen=True)
class Example:
    """A figure of the report: number, title, the subject in its file names, and how it is drawn.

    The caption, two or three sentences, comes with the drawing: its numbers are those drawn.
    """

    number: str
    title: str
    subject: str
    draw: Callable[[Catalogue], Drawing]

    @property
    def stem(self) -> str:
        """Return the name of the figure's files, without suffix."""
        return f"example_{self.number}_{self.subject}"

    @property
    def heading(self) -> str:
        """Return the heading in the report."""
        return f"Example {self.number}: {self.title}"


EXAMPLES: dict[str, Example] = {
    example.number: example
    for example in (
        Example("1", "Forward Functions (Individual)", "forward", example_1.individual),
        Example("1b", "Forward Functions (Overlay)", "forward_overlay", example_1.overlay),
        Example("2", "Derivatives (Individual)", "derivatives", example_2.individual),
        Example("2b", "Derivatives (Overlay)", "derivatives_overlay", example_2.overlay),
        Example(
            "3",
            "Dying ReLU — Gradient Distributions",
            "gradient_distributions",
            example_3.distributions,
        ),
        Example(
            "3b",
            "Dying ReLU — Gradient in Negative Region",
            "negative_region",
            example_3.negative_region,
        ),
        Example("4", "GELU Exact vs Approximate", "gelu_forms", example_4.exact_against_tanh),
        Example(
            "5", "Vanishing Gradient Comparison", "vanishing_gradient", example_5.classic_and_modern
        ),
        Example("6", "Gradient Flow Through 10 Layers", "gradient_flow", example_6.gradient_flow),
        Example("7", "Temperature/Scaling Effects", "temperature", example_7.temperature),
        Example("8", "Numerical Stability", "extended_range", example_8.extended_range),
        Example(
            "8b", "Numerical Stability — The Whole Float64 Range", "float64", example_8.whole_range
        ),
    )
}
