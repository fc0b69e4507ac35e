"""Bugs of functions that the catalogue lacks: one of each row of the tests of formulas."""

from tests.verification.verdict.test_formulas import ROWS, silenced

from .bug import AS_WRITTEN, AT_INFINITY, F32, ON_THE_WAY, Bug

CANCELS = "cancel"
TRUE = {
    "softsign": (r"the term x", r"square|power|1 \+ \|x\|", AT_INFINITY),
    "squareplus": (CANCELS, r"x².*overflow", ON_THE_WAY, AS_WRITTEN, AT_INFINITY),
    "logsigmoid": (
        r"sigmoid\(x\)",
        r"log.*(cancel|1)|1 \+ exp|exp.*overflow",
        CANCELS,
        ON_THE_WAY,
        AT_INFINITY,
    ),
    "relu6": (r"6\.5|(clip|clamp|cap).*6",),
    "hard_swish": (r"max|-3|negative|left|side|branch|bound|lower", AT_INFINITY, ON_THE_WAY),
    "selu": (r"digits|1\.05\b|1\.673\b|constant",),
    "celu": (r"alpha|1\.5|divi|inner|argument",),
    "tanhshrink": (CANCELS, r"x - tanh", AS_WRITTEN, AT_INFINITY),
    "hard_shrink": (r"at 0\.5|equal|<=|threshold|edge|boundary|kink",),
    "soft_shrink": (r"sign|x < -|left|negative|side|branch|constant of -1\b",),
    "relu squared": (
        r"factor 2 is",
        r"factor of (2|0\.5|1/2)|half|times 2|chain",
    ),
    "softcap": (r"(clip|clamp|hard).*30|hard|x itself",),
    "laplace": (r"1 \+ erf", CANCELS, AS_WRITTEN),
    "threshold": (r"20|value|\brelu\b|\b0\b",),
    "hard_tanh": (r"\btanh\b",),
    "isru": (r"x².*overflow|square.*overflow", ON_THE_WAY, AS_WRITTEN, AT_INFINITY),
    "gaussian": (
        r"is rounded",
        r"rounded before|x².*rounded|rounded.*(x²|square|argument)",
        AS_WRITTEN,
    ),
    "snake": (r"sin|square|x²|argument", AT_INFINITY),
    "bent identity": (r"constant of -1\b|\+ 1|term|1 is missing|added", AT_INFINITY),
    "lisht": (r"\|x\||magnitude|sign|absolute",),
    "logish": (r"exp.*overflow|log\(1|log1p|1 \+ σ", CANCELS, ON_THE_WAY, AT_INFINITY, AS_WRITTEN),
    "smish": (r"σ|sigmoid|softplus|mish", AT_INFINITY),
    "serf": (r"log ?\(1|1 \+ exp|log1p", CANCELS, AT_INFINITY),
    "tanhexp": (r"1 - tanh|exp.*overflow", CANCELS, ON_THE_WAY, AT_INFINITY),
    "phish": (r"1\.702|quick|Φ|sigmoid", AT_INFINITY),
    "arctangent unit": (r"atan|π|1/2 \+|\+ 1/2", CANCELS, AT_INFINITY, AS_WRITTEN),
    "quick_gelu": (r"1\.7\b|0\.9988|digits", AT_INFINITY),
    "swish": (r"term|missing|product rule|sigmoid|factor x|value",),
}
FORMULAS = [
    Bug(
        row.id,
        row.formula,
        F32,
        silenced(row.wrong),
        row.kind,
        None,
        row.subject,
        true=TRUE[row.id],
        parameters=row.parameters,
    )
    for row in ROWS
]
