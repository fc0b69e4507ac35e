"""The results at the inputs that are tried, held against the truth as they come."""

from reference.arithmetic.types import Array, Mask
from verification.candidates.calls import Caller
from verification.candidates.trouble import Trouble
from verification.examination.accuracy import Accuracy, count, differ
from verification.examination.tried import inputs_of, upstreams_of
from verification.examination.truth import Question


def observe_results(question: Question, caller: Caller) -> Accuracy:
    """Try the stratified inputs; a second time where results are wrong, which may differ.

    Products that overflow may warn of it.
    """
    x = inputs_of(question)
    backward = question.subject == "backward"
    arguments = (x, upstreams_of(x, question.format_)) if backward else (x,)
    got, answered = caller.resiliently(*arguments, warns=not backward)
    seen = _counted(question, arguments, got, answered)
    if answered.all() and (seen.ulp > seen.bound).any():
        again = caller(*(argument.copy() for argument in arguments), warns=not backward)
        if again is not None and differ(got, again, question.format_).any():
            detail = "the first call gives other bits than the same call, repeated"
            caller.keep(Trouble("not deterministic", detail, arguments))
            seen = _counted(question, arguments, again, answered)
    return seen


def _counted(
    question: Question, arguments: tuple[Array, ...], got: Array, answered: Mask
) -> Accuracy:
    x, *upstream = (argument[answered] for argument in arguments)
    factor = upstream[0] if upstream else None
    seen = Accuracy(x=x, got=got[answered], upstream=factor)
    seen.unanswered.extend(arguments[0][~answered])
    count(question, seen, seen.x, seen.got, factor)
    return seen.close()
