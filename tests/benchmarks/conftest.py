"""Prints, after the benchmarks, how long each contender takes beside ours."""


def pytest_terminal_summary(terminalreporter, config):
    """One line a workload: ns an element for ours, and everybody's time over ours."""
    session = getattr(config, "_benchmarksession", None)
    groups = {}
    for benchmark in session.benchmarks if session else []:
        elements = benchmark.extra_info["elements"]
        contenders = groups.setdefault(benchmark.group, {})
        contenders[benchmark.extra_info["contender"]] = benchmark.stats.median / elements
    if not groups:
        return
    terminalreporter.section("time over ours (median of an element)")
    for group, contenders in groups.items():
        ours = contenders.pop("halfulp", None)
        if ours is None:
            continue
        others = "  ".join(f"{name} {time / ours:.3g}" for name, time in contenders.items())
        terminalreporter.write_line(f"{group:24} {ours * 1e9:8.1f} ns   {others}")
