"""How figures are printed: each beside what it is measured against, in the same run."""

import statistics
import sys


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def title(text: str) -> None:
    say(f"\n{text}\n{'-' * len(text)}")


def row(what: str, value: str, target: str = "", met: bool | None = None) -> None:
    sign = {True: "met", False: "NOT MET", None: ""}[met]
    say(f"{what:<58} {value:>22}   {target:<18} {sign}")


def ratio(what: str, figure: float, baseline: float, least: float) -> None:
    found = figure / baseline if baseline else 0
    shown = f"{found:.2f} × ({figure:,.0f}/{baseline:,.0f})"
    row(what, shown, f"≥ {least}", found >= least)


def milliseconds(what: str, seconds: list[float], most_p50=None, most_p95=None) -> None:
    p50, p95 = percentile(seconds, 50), percentile(seconds, 95)
    goals = [(p50, most_p50), (p95, most_p95)]
    met = all(found * 1000 <= goal for found, goal in goals if goal)
    wanted = " / ".join(f"p{p} ≤ {g}" for p, g in ((50, most_p50), (95, most_p95)) if g)
    shown = f"p50 {p50 * 1000:.0f}  p95 {p95 * 1000:.0f} ms"
    row(what, shown, wanted, met if wanted else None)


def percentile(values: list[float], share: int) -> float:
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]
