"""A verdict on standard output, of its own and of ours."""

LINE = "passed: numpy:prints_a_verdict.f as tanh in float32"
print(LINE)


def f(x):
    print(LINE)
    return x
