"""The line of code that shows a finding again, in the candidate's own terms.

Where a finding shows only in a longer array, one without elements, or one that lies in memory in
some way, that array is made again: the number at its place, and another one everywhere else.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from verification.candidates.implementation import Implementation
from verification.candidates.text import shown
from verification.examination.truth import Question
from verification.numbers.arrangement import Arranged, Arrangement

from .finding import Sample

# Characters of a snippet that are shown.
LONGEST = 1000
NUMPY_ARRAY = "numpy.array([{{{name}}}], '{{dtype}}')"
TORCH_TENSOR = r"torch\.tensor\(\[\{{{name}\}}\], dtype=torch\.\{{dtype\}}(, device=([^)]*))?\)"
# Neither is an attribute of their arrays, nor are these lines of Python.
NO_INDEX = ("tensorflow.", " | ")
# In the place of numbers that do not matter.
OTHERS = (1.0, 2.0)


def snippet(
    question: Question, implementation: Implementation, sample: Sample, arranged: Arranged | None
) -> str:
    """The line that gives what came at a sample, in arrays like those that it came in."""
    template = _template(question, implementation)
    numbers = {sample.input: sample.at, **sample.beside, "upstream": sample.upstream}
    literals = {
        name: _literal(question.format_.dtype.type(number))
        for name, number in numbers.items()
        if number is not None
    }
    if arranged is not None:
        template = _with_arrays(question, template, literals, arranged)
        if sample.got is not None:
            template = _with_index(template, arranged.place)
    for name, literal in {**literals, "dtype": question.format_.name}.items():
        template = template.replace(f"{{{name}}}", literal)
    if question.format_.name == "float64":
        template = implementation.before_float64 + template
    return shown(template, LONGEST)


def _template(question: Question, mine: Implementation) -> str:
    templates = {
        "value": mine.call,
        "derivative": mine.derivative_call,
        "second": mine.second_call,
        "backward": mine.backward_call,
        "backward_x": mine.backward_call,
        "backward_y": mine.backward_y_call,
    }
    return templates[question.subject] or mine.call


def _with_arrays(
    question: Question, template: str, literals: Mapping[str, str], arranged: Arranged
) -> str:
    """A template with arrays in the places of numbers."""
    names = [name for name in ("x", "y", "upstream") if name in literals]
    before = ""
    for name, arrangement in zip(names, arranged.arrays, strict=False):
        itemsize = question.format_.dtype.itemsize
        numbers = _numbers(literals[name], arrangement, arranged.place)
        plain = f"{numbers}.astype('{question.format_.name}')"
        if len(arrangement.shape) != 1:
            plain += f".reshape({arrangement.shape})"
        if not arrangement.size:
            plain = f"numpy.zeros({arrangement.shape}, '{question.format_.name}')"
        if " | " in template:  # a program gets raw values
            template = template.replace(f"{{{name}}}", numbers)
        else:
            if not arrangement.is_plain(itemsize):
                before += _made(name, arrangement, numbers)
                plain = _variable(name)
            template = _put(template, name, plain, question.format_.name)
    return f"{before}{template}"


def _with_index(template: str, place: int) -> str:
    """A template with the element of its result that is at a place."""
    *statements, last = template.split("; ")
    if not last.startswith("with ") and not any(mark in last for mark in NO_INDEX):
        last += f".reshape(-1)[{place}]"
    return "; ".join([*statements, last])


def _variable(name: str) -> str:
    """What an array is called, apart from what a template may call its own."""
    return f"{name}_array"


def _put(template: str, name: str, array: str, dtype: str) -> str:
    """Put an array of NumPy in the place of that of one number."""
    template = template.replace(NUMPY_ARRAY.format(name=name), array)

    def of_torch(found: re.Match[str]) -> str:
        tensor = f"torch.from_numpy({array})"
        if dtype == "bfloat16":  # which it does not take from NumPy
            tensor = f"torch.from_numpy({array}.view('int16')).view(torch.bfloat16)"
        return tensor + (f".to({found[2]})" if found[2] else "")

    template = re.sub(TORCH_TENSOR.format(name=name), of_torch, template)
    template = template.replace(f"[{{{name}}}]", array)
    return template.replace(f"{{{name}}}", array)


def _numbers(literal: str, arrangement: Arrangement, place: int) -> str:
    """The elements in their order: the number at the place, and others."""
    size, period = arrangement.size, arrangement.period
    if size == 1:
        return f"numpy.array([{literal}])"
    other = OTHERS[literal == str(OTHERS[0])]
    places = f"numpy.arange({size})"
    if period < size:
        places += f" % {period}"
    return f"numpy.where({places} == {place % max(period, 1)}, {literal}, {other})"


def _made(name: str, arrangement: Arrangement, numbers: str) -> str:
    """The statements that make an array in a memory of its own."""
    array = _variable(name)
    made = (
        f"{array} = numpy.ndarray({arrangement.shape}, '{{dtype}}', "
        f"bytearray({arrangement.length}), {arrangement.offset}, {arrangement.strides}); "
        f"{array}[...] = {numbers}.reshape({arrangement.shape}); "
    )
    return made if arrangement.writeable else f"{made}{array}.flags.writeable = False; "


def _literal(number: Any) -> str:
    return str(number) if np.isfinite(float(number)) else f'float("{number}")'
