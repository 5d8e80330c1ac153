"""Figures against their goals, as a table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    value: float  # What the goal is about.
    text: str
    service_cpu: float | None = None  # Microseconds of CPU time an operation; None where it says nothing.
    postgres_cpu: float | None = None


@dataclass(frozen=True)
class Goal:
    """What a figure should be; without numbers, it is only told."""

    target: float | None = None
    floor: float | None = None
    unit: str = ""
    at_most: bool = False  # Whether less is better.
    share_of_raw_limit: float | None = None  # A second floor.

    def target_text(self) -> str:
        return self._text(self.target)

    def floor_text(self) -> str:
        share = f" and {self.share_of_raw_limit:.0%} of the raw limit" if self.share_of_raw_limit else ""
        return self._text(self.floor) + share

    def verdict(self, value: float, raw_limit: float | None) -> str:
        if self.target is None:
            return "-"
        share_held = not (self.share_of_raw_limit and raw_limit) or value >= self.share_of_raw_limit * raw_limit
        if not self._holds(value, self.floor) or not share_held:
            return "**misses the floor**"
        return "reaches the target" if self._holds(value, self.target) else "above the floor"

    def _holds(self, value: float, bound: float) -> bool:
        return value <= bound if self.at_most else value >= bound

    def _text(self, bound: float | None) -> str:
        return "-" if bound is None else f"{bound:,.10g}{self.unit}"


def row(title: str, goal: Goal, figure: Figure, raw_limit: float | None) -> str:
    return _line(title, figure.text, goal.target_text(), goal.floor_text(), goal.verdict(figure.value, raw_limit),
                 _micros(figure.service_cpu), _micros(figure.postgres_cpu))


def failed_row(title: str, goal: Goal, why: str) -> str:
    """A measure whose requests failed has no figure."""
    return _line(title, "-", goal.target_text(), goal.floor_text(), f"**failed**: {why}", "-", "-")


def table(rows: list[str]) -> str:
    head = _line("measure", "figure", "target", "floor", "verdict", "CPU µs/operation, service", "CPU µs/operation, PostgreSQL")
    return "\n".join([head, "|---|---|---|---|---|---:|---:|", *rows])


def _line(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"


def _micros(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
