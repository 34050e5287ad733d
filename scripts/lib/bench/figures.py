"""The rounds' figures, and rows made of them."""

from table import Row


class Figures:
    """A figure is named by its trial and its own name, or is a function of a round's figures."""

    def __init__(self, results, bench):
        self.results, self.bench = results, bench

    def has(self, trial):
        return any(trial in result for result in self.results)

    def rounds_with(self, *figures):
        """The rounds that have all of these, as a list of values for each."""
        taken = ([take(figure, result) for figure in figures] for result in self.results)
        return [values for values in taken if None not in values]

    def row(self, name, unit, value, bound=None, limit=None, beside="", peer=None, target=None, lesser=None):
        """A list of one row, or of none where the trial was not run.

        `bound` is ("value" or "ratio", ">=" or "<=", number), the ratio being that to `limit`; `target` is how many
        times `peer` it is to be; `lesser` is a limit below the one that the bound is about, with its name.
        """
        present = lambda figure: figure is not None and bool(self.rounds_with(figure))
        if not present(value):
            return []
        limit = limit if present(limit) else None
        peer = peer if present(peer) else None
        others = [figure for figure in (limit, peer, lesser and lesser[0]) if figure]
        taken = self.rounds_with(value, *others)
        columns = iter(zip(*taken))
        row = Row(name, unit, bound if limit or (bound and bound[0] == "value") else None, beside, next(columns))
        row.limits = next(columns) if limit else ()
        row.peers = next(columns) if peer else ()
        row.target = target if peer else None
        if lesser:
            row.lesser, row.lesser_name = next(columns), lesser[1]
        return [row]


def take(figure, result):
    try:
        if callable(figure):
            return figure(result)
        return result[figure[0]][figure[1]]
    except KeyError:
        return None
