"""A verdict as JUnit XML for CI servers: a test case for each law, a failure for each finding.

A law that was not judged is skipped; it has not passed. A check that did not come to its end has a
test case of its own, with an error.
"""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reference.arithmetic.formats import FORMATS
from verification.examination.laws import STEPS
from verification.examination.truth import Question
from verification.formula.activation import asked_for
from verification.kinds import KINDS

from .finding import Symptom
from .verdict import Verdict

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
# What XML has no characters for, such as the escapes of a candidate's message.
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOTHING_CAME = "no result came that could be judged"
THE_END = "not finished: the check does not come to its end"
A_CALL_FAILED = "a call gave no result, and this law may be about it"


def to_junit(verdict: Verdict) -> str:
    """The verdict as a test suite; the name of a test case says what would be wrong."""
    suites = Element("testsuites", name="halfulp")
    suite = SubElement(suites, "testsuite", name=f"halfulp {verdict.of} {verdict.dtype}")
    cases: list[tuple[str, str, Symptom | None]] = [
        (subject, kind, finding)
        for subject in verdict.inputs
        for kind in laws(verdict, subject)
        for finding in (_findings(verdict, subject, kind) or [None])
    ]
    for subject, kind, finding in cases:
        classname = _text(f"{verdict.implementation}.{subject}")
        case = SubElement(
            suite, "testcase", name=f"{kind}: {KINDS[kind].text}", classname=classname
        )
        if finding is not None:
            failure = SubElement(case, "failure", type=kind, message=_text(finding.short()))
            failure.text = _text(str(finding))
        elif reason := _why_skipped(verdict, subject, kind):
            SubElement(case, "skipped", message=reason)
    if verdict.unfinished:
        case = SubElement(suite, "testcase", name=THE_END, classname=_text(verdict.implementation))
        SubElement(case, "error", type="not finished", message=_text(verdict.unfinished))
    for element in (suites, suite):
        element.set("tests", str(len(suite.findall("testcase"))))
        element.set("failures", str(len(verdict.symptoms)))
        element.set("errors", str(len(suite.findall("testcase/error"))))
        element.set("skipped", str(len(suite.findall("testcase/skipped"))))
    SubElement(suite, "system-out").text = _text(str(verdict))
    indent(suites)
    return f"{DECLARATION}\n{tostring(suites, encoding='unicode')}\n"


def laws(verdict: Verdict, subject: str) -> list[str]:
    """The kinds of findings that there may be of one subject."""
    activation = asked_for(verdict.activation, verdict.parameters)
    question = Question(activation, subject, FORMATS[verdict.dtype], verdict.tolerance)
    is_product = question.has_factor
    has = {
        "kink": bool(activation.kinks) and question.order == 1,
        "upstream": is_product,
        "out of bounds": not is_product,
        "not monotone": not is_product,
        "not symmetric": not is_product and bool(activation.orders[question.order].symmetry),
        "inconsistent": "value" in verdict.inputs and verdict.dtype in STEPS,
    }
    met = {one.kind for one in verdict.symptoms if one.subject == subject}
    met |= {one.kind for one in verdict.excused if one.subject == subject}
    return [
        name
        for name, kind in KINDS.items()
        if (subject in kind.subjects and has.get(name, True)) or name in met
    ]


def _why_skipped(verdict: Verdict, subject: str, kind: str) -> str:
    """Why the verdict says nothing about a law; empty if the law holds."""
    for excused in verdict.excused:
        if (excused.subject, excused.kind) == (subject, kind):
            return _text(f"accepted: {excused.because}")
    if not verdict.inputs[subject]:
        return NOTHING_CAME
    silent = {found.subject for found in verdict.symptoms if KINDS[found.kind].silent}
    if silent & set(KINDS[kind].calls):
        return A_CALL_FAILED
    return verdict.why_not if kind in verdict.not_judged else ""


def _findings(verdict: Verdict, subject: str, kind: str) -> list[Symptom | None]:
    return [f for f in verdict.symptoms if (f.subject, f.kind) == (subject, kind)]


def _text(text: str) -> str:
    return NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
