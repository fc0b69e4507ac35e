"""A verdict as JUnit XML for CI servers: a test case for each law, a failure for each finding."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reference import ACTIVATIONS

from .laws import STEPS
from .truth import ORDERS
from .verdict import KINDS, Finding, Verdict

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
# What XML has no characters for, such as the escapes of a candidate's message.
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BEHAVIOUR = (
    "crash", "hang", "exception", "no result", "dtype", "shape", "input written", "shared result",
    "not deterministic", "state", "length", "layout", "warning", "output",
)  # fmt: skip


def to_junit(verdict: Verdict) -> str:
    """The verdict as a test suite; the name of a test case says what would be wrong."""
    cases: list[tuple[str, str, Finding | None]] = [
        (subject, kind, finding)
        for subject in verdict.inputs
        for kind in laws(verdict, subject)
        for finding in (_findings(verdict, subject, kind) or [None])
    ]
    failures = sum(finding is not None for _, _, finding in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0"}
    suites = Element("testsuites", {"name": "halfulp", **counts})
    name = f"halfulp {verdict.activation} {verdict.dtype}"
    suite = SubElement(suites, "testsuite", {"name": name, **counts, "skipped": "0"})
    for subject, kind, finding in cases:
        classname = _text(f"{verdict.implementation}.{subject}")
        case = SubElement(suite, "testcase", name=f"{kind}: {KINDS[kind]}", classname=classname)
        if finding is not None:
            failure = SubElement(case, "failure", type=kind, message=_text(finding.short()))
            failure.text = _text(str(finding))
    SubElement(suite, "system-out").text = _text(str(verdict))
    indent(suites)
    return f"{DECLARATION}\n{tostring(suites, encoding='unicode')}\n"


def laws(verdict: Verdict, subject: str) -> list[str]:
    """The kinds of findings that one subject was looked at for."""
    activation = ACTIVATIONS[verdict.activation]
    function = activation.orders[ORDERS[subject]]
    judged = {
        **dict.fromkeys(BEHAVIOUR, not verdict.recorded),
        "upstream": subject == "backward",
        "kink": subject != "value" and bool(activation.kinks),
        "inconsistent": subject == "derivative"
        and "value" in verdict.inputs
        and verdict.dtype in STEPS,
        "out of bounds": subject != "backward",
        "not monotone": subject == "value",
        "not symmetric": subject != "backward" and bool(function.symmetry),
    }
    return [kind for kind in KINDS if judged.get(kind, True) or _findings(verdict, subject, kind)]


def _findings(verdict: Verdict, subject: str, kind: str) -> list[Finding | None]:
    return [f for f in verdict.findings if (f.subject, f.kind) == (subject, kind)]


def _text(text: str) -> str:
    return NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
