"""Rows of figures beside their limits, and how they are shown."""

import statistics

# At so much of what the disk takes, it is the disk that is measured.
NEARLY = 0.9


class Row:
    """One line of the table: values, the limit's values and those of the peer, one of each a round.

    `bound` is what it is about ("value" or "ratio"), and a number with its sense, such as ("ratio", ">=", 0.9).
    """

    def __init__(self, name, unit, bound=None, beside="", values=()):
        self.name, self.unit, self.bound, self.beside = name, unit, bound, beside
        self.values = list(values)
        self.limits, self.peers, self.target = (), (), None
        self.lesser, self.lesser_name = (), ""

    @property
    def value(self):
        # Memory is bounded at its worst.
        return max(self.values) if self.unit == "MiB" else statistics.median(self.values)

    @property
    def ratio(self):
        return of_pairs(self.values, self.limits)

    @property
    def peer_ratio(self):
        """How many times as much, or as little where less is better; none of a share."""
        if self.unit == "%":
            return None
        ratio = of_pairs(self.values, self.peers)
        return ratio if not ratio or self.unit.startswith(("/s", "MB/s")) else 1 / ratio

    @property
    def is_met(self):
        if not self.bound:
            return None
        what, sense, number = self.bound
        measured = self.value if what == "value" else self.ratio
        return measured >= number if sense == ">=" else measured <= number

    @property
    def is_target_met(self):
        return None if self.target is None else self.peer_ratio >= self.target

    @property
    def is_missed(self):
        return self.is_met is False or self.is_target_met is False

    @property
    def spread(self):
        """How far the rounds lie apart, as a share."""
        middle = statistics.median(self.values)
        return (max(self.values) - min(self.values)) / middle if middle else 0

    def bound_text(self):
        if not self.bound:
            return ""
        what, sense, number = self.bound
        sign = {">=": "≥", "<=": "≤"}[sense]
        return f"{sign} {short(number)} {self.unit}" if what == "value" else f"{sign} {number:g} ×"

    def verdict(self):
        if self.is_met is not False:
            return {None: "", True: "met"}[self.is_met]
        if self.lesser and of_pairs(self.values, self.lesser) >= NEARLY:
            return f"MISSED: {of_pairs(self.values, self.lesser):.2f} × {self.lesser_name}"
        return "MISSED"

    def peer_verdict(self):
        return {None: "", True: "met", False: "MISSED"}[self.is_target_met]

    def json(self):
        return {
            "name": self.name, "unit": self.unit, "value": self.value, "values": self.values,
            "limit_name": self.beside or None, "limits": list(self.limits), "ratio": self.ratio,
            "bound": dict(zip(("of", "sense", "number"), self.bound)) if self.bound else None, "met": self.is_met,
            "peers": list(self.peers), "peer_ratio": self.peer_ratio, "target": self.target,
            "target_met": self.is_target_met, "spread": self.spread,
        }


def of_pairs(values, others):
    """The ratio of what was measured side by side: what slows a whole round down does not show."""
    if not others:
        return None
    return statistics.median(value / other if other else float("inf") for value, other in zip(values, others))


def short(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def ratio_text(ratio):
    if ratio is None:
        return ""
    return f"{ratio:.2f}" if ratio < 10 else short(ratio)


def spread_text(values):
    """The median with the least and the greatest."""
    if len(set(values)) == 1:
        return short(values[0])
    return f"{short(statistics.median(values))} [{short(min(values))}–{short(max(values))}]"


def render(rows):
    """As wide as it must be, for a terminal."""
    has_peer = any(row.peers for row in rows)
    head = ["what", "median [min–max]", "beside it in this run", "ratio", "bound", ""]
    lines = [head + ["Glance", "× Glance", "target", ""] if has_peer else head]
    for row in rows:
        limit = f"{spread_text(row.limits)} ({row.beside})" if row.limits else ""
        line = [row.name, f"{spread_text(row.values)} {row.unit}", limit, ratio_text(row.ratio), row.bound_text()]
        line.append(row.verdict())
        if has_peer:
            line += [spread_text(row.peers) if row.peers else "", ratio_text(row.peer_ratio)]
            line += [f"≥ {row.target:g} ×" if row.target else "", row.peer_verdict()]
        lines.append(line)
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)
