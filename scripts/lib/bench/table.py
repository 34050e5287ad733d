"""Rows of figures beside their limits, and how they are shown."""

import statistics


class Row:
    """One line of the table: values and the limit's values, one of each a round.

    `bound` is a pair: what it is about ("value" or "ratio"), and a number with its sense, such as ("ratio", ">=", 0.9).
    """

    def __init__(self, name, unit, bound=None, limit_name="", values=(), limits=()):
        self.name, self.unit, self.bound, self.limit_name = name, unit, bound, limit_name
        self.values, self.limits = list(values), list(limits)
        # Whether the second figure is a limit, or only stands beside the first.
        self.has_ratio = bool(self.limits)

    @property
    def value(self):
        # Memory is bounded at its worst.
        return max(self.values) if self.unit == "MiB" else statistics.median(self.values)

    @property
    def ratio(self):
        """Of what was measured side by side: what slows a whole round down does not show."""
        if not self.has_ratio:
            return None
        return statistics.median(value / limit for value, limit in zip(self.values, self.limits))

    @property
    def is_met(self):
        if not self.bound:
            return None
        what, sense, number = self.bound
        measured = self.value if what == "value" else self.ratio
        return measured >= number if sense == ">=" else measured <= number

    def cells(self):
        verdict = {None: "", True: "met", False: "MISSED"}[self.is_met]
        bound = ""
        if self.bound:
            what, sense, number = self.bound
            sense = {">=": "≥", "<=": "≤"}[sense]
            bound = f"{sense} {number:g} {self.unit}" if what == "value" else f"{sense} {number:g} × limit"
        limit = f"{spread(self.limits)} ({self.limit_name})" if self.limits else ""
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        return [self.name, f"{spread(self.values)} {self.unit}", limit, ratio, bound, verdict]

    def json(self):
        return {
            "name": self.name, "unit": self.unit, "value": self.value, "values": self.values,
            "limit_name": self.limit_name or None, "limits": self.limits, "ratio": self.ratio,
            "bound": dict(zip(("of", "sense", "number"), self.bound)) if self.bound else None, "met": self.is_met,
        }


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def spread(values):
    """The median with the least and the greatest."""
    return f"{number(statistics.median(values))} [{number(min(values))}–{number(max(values))}]"


def render(rows):
    """Markdown that also reads well as it stands."""
    lines = [["what", "median [min–max]", "beside it in this run", "ratio", "bound", ""]] + [row.cells() for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)
