"""List a page of 25 images out of a thousand, ten thousand and a million; and with filters, out of ten thousand."""

import json

from bench import PAGE
from image_rows import FILTERS
from processes import Failed


def groups(bench, number):
    nginx = bench.nginx
    services = {"small": bench.small, "medium": bench.medium, "huge": bench.huge}
    plain = {f"list {name}": page_trial(bench, service) for name, service in services.items()}
    plain["nginx list"] = lambda: bench.play(nginx, "list", ["GET /list"])
    if bench.has_glance:
        plain["glance list small"] = page_trial(bench, bench.glance_small)
        plain["glance list medium"] = page_trial(bench, bench.glance_medium)
    filtered = {f"list by {name}": page_trial(bench, bench.medium, f"&{filter}") for name, filter in FILTERS.items()}
    return [plain, filtered]


def page_trial(bench, service, filter=""):
    # A list that finds nothing would be quick.
    found = len(json.loads(service.call("GET", PAGE + filter)[1])["images"])
    if found != 25:
        raise Failed(f"{service.url}{PAGE}{filter} has {found} images")
    return lambda: bench.play(service, "list", [f"GET {PAGE}{filter}"])


def rows(figures):
    bench = figures.bench
    table = []
    for size, count, target in (
        ("small", bench.small_count, 30), ("medium", bench.medium_count, 100), ("huge", bench.huge_count, None)
    ):
        name, trial, glance = f"list 25 of {count:,}, 16 clients", f"list {size}", f"glance list {size}"
        table += figures.row(
            f"{name}: calls", "/s", (trial, "rate"), None, ("nginx list", "rate"), "nginx, same body",
            (glance, "rate"), target)
        table += figures.row(
            f"{name}: CPU of both daemons", "ms/call", (trial, "cpu_ms"), ("value", "<=", 0.35),
            ("nginx list", "cpu_ms"), "nginx", (glance, "cpu_ms"))
        table += figures.row(
            f"{name}: p99", "ms", (trial, "p99_ms"), None, ("nginx list", "p99_ms"), "nginx", (glance, "p99_ms"))
    table += figures.row(
        "list: CPU with the dearest of the three", "ms/call", among(max), ("ratio", "<=", 1.2), among(min),
        "with the cheapest")
    for name in FILTERS:
        table += figures.row(
            f"list 25 of {bench.medium_count:,} by {name}: CPU", "ms/call", (f"list by {name}", "cpu_ms"),
            ("ratio", "<=", 2), ("list medium", "cpu_ms"), "without the filter")
    return table


def among(choice):
    return lambda result: choice(result[f"list {size}"]["cpu_ms"] for size in ("small", "medium", "huge"))
