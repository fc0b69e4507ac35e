"""The results at the inputs that are tried, held against the truth as they come."""

from dataclasses import replace

import numpy as np

from reference.arithmetic.types import Array, Mask
from verification.candidates.calls import Caller
from verification.candidates.trouble import REPEATED, Trouble
from verification.examination.accuracy import Accuracy, count, differ
from verification.examination.arguments import given
from verification.examination.tried import inputs_of, shuffled, upstreams_of
from verification.examination.truth import Question, answer

IN_ANOTHER_ORDER = "the same numbers in another order give other results, which are wrong"
AFTER_ALL = "the same numbers give other results after all other calls, which are wrong"


def observe_results(question: Question, caller: Caller) -> Accuracy:
    """Try the stratified inputs; a second time where results are wrong, which may differ.

    Products that overflow may warn of it. What is drawn by a seed is tried in two orders.
    """
    x = inputs_of(question)
    factor = upstreams_of(question, x) if question.has_factor else None
    arguments = (x,) if factor is None else (x, factor)
    got, answered = _in_an_order(question, caller, arguments, 0)
    seen = _counted(question, arguments, got, answered)
    if question.seed is not None:
        _try_again(question, caller, seen, 1, Trouble("not deterministic", IN_ANOTHER_ORDER, ()))
        return seen
    if answered.all() and (seen.ulp > seen.bound).any():
        those = given(question, x, factor)
        again = caller(*(argument.copy() for argument in those), warns=factor is None)
        if again is not None and differ(got, again, question.format_).any():
            caller.keep(Trouble("not deterministic", REPEATED, those))
            seen = _counted(question, arguments, again, answered)
    return seen


def try_once_more(question: Question, caller: Caller, seen: Accuracy) -> None:
    """Try what a seed has drawn again at the end, in a third order."""
    if question.seed is not None:
        _try_again(question, caller, seen, 2, Trouble("state", AFTER_ALL, ()))


def _try_again(
    question: Question, caller: Caller, seen: Accuracy, turn: int, trouble: Trouble
) -> None:
    """Keep a trouble, with the inputs, if results are wrong in another order and were right."""
    arguments = (seen.x,) if seen.upstream is None else (seen.x, seen.upstream)
    again, answered = _in_an_order(question, caller, arguments, turn)
    other = answered & differ(seen.got, again, question.format_) & (seen.ulp <= seen.bound)
    x, *upstream = (argument[other] for argument in arguments)
    wrong = answer(question, x, again[other], *upstream).wrong
    if wrong.any():
        places = given(question, x[wrong], upstream[0][wrong] if upstream else None)
        caller.keep(replace(trouble, arguments=places))


def _in_an_order(
    question: Question, caller: Caller, arguments: tuple[Array, ...], turn: int
) -> tuple[Array, Mask]:
    """Results and where there are any, of inputs that are given in the order of a turn."""
    order = shuffled(question, arguments[0].size, turn)
    x, *factor = (argument[order] for argument in arguments)
    those = given(question, x, factor[0] if factor else None)
    got, answered = caller.resiliently(*those, warns=not factor)
    results, has_result = np.empty_like(got), np.empty_like(answered)
    results[order], has_result[order] = got, answered
    return results, has_result


def _counted(
    question: Question, arguments: tuple[Array, ...], got: Array, answered: Mask
) -> Accuracy:
    x, *upstream = (argument[answered] for argument in arguments)
    factor = upstream[0] if upstream else None
    seen = Accuracy(x=x, got=got[answered], upstream=factor)
    seen.leave(arguments[0][~answered], question.format_)
    count(question, seen, seen.x, seen.got, factor)
    return seen.close()
