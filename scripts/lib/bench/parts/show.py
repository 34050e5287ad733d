"""Show an image, with 1 to 256 clients, beside nginx with the same answer."""

CLIENTS = (1, 16, 64, 256)
# How many clients the bounds are about.
BOUND = (16, 64)


def groups(bench, number):
    requests = bench.shows(bench.medium_count)
    return [group(bench, requests, clients) for clients in CLIENTS]


def group(bench, requests, clients):
    def trial(target, wanted):
        return lambda: bench.play(target, f"show-{clients}", wanted, clients)

    made = {
        f"show {clients}": trial(bench.medium, requests), f"nginx show {clients}": trial(bench.nginx, ["GET /show"])}
    if bench.has_glance and clients in BOUND:
        made[f"glance show {clients}"] = trial(bench.glance_medium, requests)
    return made


def rows(figures):
    table = []
    for clients in CLIENTS:
        name = f"show, {clients} client{'s' if clients > 1 else ''}"
        trial, nginx, glance = f"show {clients}", f"nginx show {clients}", f"glance show {clients}"
        is_bound = clients in BOUND
        table += figures.row(
            f"{name}: calls", "/s", (trial, "rate"), ("ratio", ">=", 0.2) if is_bound else None, (nginx, "rate"),
            "nginx, same body", (glance, "rate"), 40)
        table += figures.row(
            f"{name}: CPU of both daemons", "ms/call", (trial, "cpu_ms"), ("value", "<=", 0.08) if is_bound else None,
            (nginx, "cpu_ms"), "nginx", (glance, "cpu_ms"))
        table += figures.row(
            f"{name}: p99", "ms", (trial, "p99_ms"), None, (nginx, "p99_ms"), "nginx", (glance, "p99_ms"))
    return table
