"""Create an image and delete it, durably, with 16 clients."""

import time

import limits
import wrk

CLIENTS = 16


def groups(bench, number):
    def trial(service):
        path = wrk.requests_file(bench.folder, f"pairs-{type(service).__name__}", service, [])
        return lambda: wrk.pairs(service, path, int(time.time()) & 0xFFFFFFFF, CLIENTS, bench.seconds_for(service))

    made = {
        "pairs": trial(bench.small),
        "sqlite pairs": lambda: limits.sqlite_pairs(bench.migrations, f"{bench.folder}/alone.sqlite", bench.seconds)}
    if bench.has_glance:
        made["glance pairs"] = trial(bench.glance_small)
    return [made]


def rows(figures):
    name = f"create + delete, {CLIENTS} clients"
    return [
        *figures.row(
            f"{name}: pairs", "/s", ("pairs", "rate"), None, ("sqlite pairs", "rate"), "SQLite alone, 1 thread",
            ("glance pairs", "rate"), 10),
        *figures.row(
            f"{name}: CPU of both daemons", "ms/pair", ("pairs", "cpu_ms"), peer=("glance pairs", "cpu_ms")),
        # Glance's writes on SQLite get in each other's way; its rate counts those that succeeded.
        *figures.row(
            f"{name}: failed", "%", percent("pairs"), ("value", "<=", 0), peer=percent("glance pairs")),
    ]


def percent(trial):
    return lambda result: 100 * result[trial]["failed"]
