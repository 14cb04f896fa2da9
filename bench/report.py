"""Figures: medians, ratios, var/bench.json and the table."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One figure. `ratio` to `against`; `limit` is the target of the ratio, or of the value where there is none, a
    maximum unless `at_least`. `most`: a maximum of the value itself, beside the ratio's.
    """

    name: str
    value: float
    unit: str
    ratio: float | None = None
    against: str = ""
    limit: float | None = None
    at_least: bool = False
    most: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target holds; None without one."""
        judged = self.value if self.ratio is None else self.ratio
        if self.limit is None:
            return None
        if self.most is not None and self.value > self.most:
            return False
        return judged >= self.limit if self.at_least else judged <= self.limit


def percentile(values: Sequence[float], share: float) -> float:
    """The value under which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


median = statistics.median


def write(figures: Sequence[Figure], path: Path) -> None:
    """{name: {"value", "unit", "ratio", "against"}}."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {
        f.name: {"value": round(f.value, 4), "unit": f.unit, "ratio": _rounded(f.ratio), "against": f.against or None}
        for f in figures
    }  # fmt: skip
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def table(figures: Sequence[Figure]) -> str:
    """What a terminal shows: one line a figure, with its target and whether it holds."""
    lines = [f"{'mesure':<42}{'valeur':>12}  {'rapport':>8}  {'cible':>11}  témoin"]
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.3f}"
        limit = "" if figure.limit is None else f"{'≥' if figure.at_least else '≤'} {figure.limit:.3g}"
        if figure.most is not None:
            limit = f"≤ {figure.most:g}, {limit}"
        verdict = {True: "  ok", False: "  MANQUÉE", None: ""}[figure.met]
        lines.append(
            f"{figure.name:<42}{_shown(figure.value):>9} {figure.unit:<3}{ratio:>8}  {limit:>11}  {figure.against}{verdict}"
        )
    return "\n".join(lines)


def _shown(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}" if value % 1 else f"{value:.0f}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
