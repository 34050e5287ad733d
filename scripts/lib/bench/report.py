"""The list of all rows: which figure stands beside which limit, and what is asked of it."""

from table import Row


def rows(results, idle_before, idle_after, blob_bytes):
    """The table's rows out of the rounds' figures; what was not measured has none."""
    has = set(results[0])
    table = []

    def values(trial, figure):
        return [result[trial][figure] for result in results]

    def add(name, unit, trial, figure, bound=None, limit=None, limit_name=""):
        """`limit` is a pair: a trial and one of its figures."""
        if trial in has:
            limits = values(*limit) if limit else ()
            table.append(Row(name, unit, bound, limit_name, values(trial, figure), limits))

    def add_calls(name, trial, cpu_bound, nginx):
        add(f"{name}: calls", "/s", trial, "rate", None, (nginx, "rate"), "nginx, same answer")
        add(f"{name}: CPU of both daemons", "ms/call", trial, "cpu_ms", cpu_bound, (nginx, "cpu_ms"), "nginx")
        add(f"{name}: p99", "ms", trial, "p99_ms", None, (nginx, "p99_ms"), "nginx")

    size = f"{blob_bytes / (1 << 30):g} GiB"
    add_calls("show, 16 clients", "show", ("value", "<=", 0.2), "nginx show")
    add_calls("list 25 of 1,000, 16 clients", "list 1000", ("value", "<=", 1), "nginx list")
    add_calls("list 25 of 10,000, 16 clients", "list 10000", ("value", "<=", 1), "nginx list")
    add("create + delete, 16 clients: pairs", "/s", "pairs", "rate", None, ("sqlite pairs", "rate"),
        "SQLite alone, 1 thread")
    add("create + delete: CPU of both daemons", "ms/pair", "pairs", "cpu_ms")
    for name, trial in ((f"upload {size}", "upload"), (f"upload {size}, chunked", "upload chunked")):
        add(name, "MB/s", trial, "mb", ("ratio", ">=", 0.6), ("hashing", "mb"), "MD5 and SHA-512, 2 threads")
        add(f"{name}: CPU", "s/GiB", trial, "cpu_gib", None, ("hashing", "cpu_gib"), "hashing alone")
    add("nginx PUT, no hash, no fsync", "MB/s", "nginx put", "mb", None, ("hashing", "mb"), "MD5 and SHA-512, 2 threads")
    add("nginx PUT: CPU", "s/GiB", "nginx put", "cpu_gib")
    for streams in (1, 8):
        name = f"download {size}, {streams} stream{'s' if streams > 1 else ''}"
        trial = f"download {streams}"
        add(name, "MB/s", trial, "mb", ("ratio", ">=", 0.9), (f"nginx {trial}", "mb"), "nginx, sendfile")
        add(f"{name}: CPU", "s/GiB", trial, "cpu_gib", None, (f"nginx {trial}", "cpu_gib"), "nginx, sendfile")
    return table + memory_rows(results, idle_before, idle_after)


def memory_rows(results, idle_before, idle_after):
    """RSS of glance-api and PSS of both daemons, idle and at the peak of each trial."""
    table = []
    states = {"idle, new": [idle_before], "idle, in the end": [idle_after]}
    for trial in results[0]:
        figures = [result[trial] for result in results]
        if "rss_mib" in figures[0] and "glance-api" in figures[0]["rss_mib"]:
            states[trial] = figures
    for state, figures in states.items():
        rss = [figure["rss_mib"]["glance-api"] for figure in figures]
        pss = [figure["pss_mib"] for figure in figures]
        row = Row(f"memory, {state}: RSS of glance-api", "MiB", ("value", "<=", 64), "PSS of both daemons", rss, pss)
        row.has_ratio = False
        table.append(row)
    return table
