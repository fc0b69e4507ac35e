"""The grades of results, best first, and which of them a result has.

With tol the tolerance in ulp and ε the spacing of the format at 1:

* correct: the true value, rounded;
* faithful: less than 1 ulp off, so one of the two neighbours of the true value;
* accurate: within the tolerance in ulp;
* close: off by at most ``tol ε max(1, |true|)``, of a product ``tol ε max(|factor|, |true|)``;
  that is what ``assert_close`` means, with the format's own ε;
* rough: finite wherever the truth is;
* broken: a number where there is none, none where there is one, or misbehaviour.
"""

from enum import IntEnum

from verification.errors import UsageError


class Grade(IntEnum):
    """How good results are: the lower the better."""

    CORRECT = 0
    FAITHFUL = 1
    ACCURATE = 2
    CLOSE = 3
    ROUGH = 4
    BROKEN = 5

    def __str__(self) -> str:
        return self.name.lower()


REQUIRED = tuple(str(grade) for grade in Grade if grade < Grade.BROKEN)


def required(name: str) -> Grade:
    """The grade that is required, or UsageError."""
    if name not in REQUIRED:
        raise UsageError(f"no grade {name!r} can be required; expected {', '.join(REQUIRED)}")
    return Grade[name.upper()]
