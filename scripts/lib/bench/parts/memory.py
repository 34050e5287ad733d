"""PSS of both daemons, as of a deployment that is alone: idle, and the most while each of the other parts runs."""

import time

BOUND_MIB = 64
IDLE_BOUND_MIB = 32


def groups(bench, number):
    service = bench.small
    return [{"idle memory": lambda: idle(service)}]


def idle(service):
    """Of daemons that have just been started."""
    service.stop()
    service.start()
    time.sleep(0.5)
    return {"idle_mib": service.pss_mib()}


def rows(figures):
    table = figures.row(
        "memory (PSS of both daemons), idle", "MiB", ("idle memory", "idle_mib"), ("value", "<=", IDLE_BOUND_MIB),
        peer=("glance start", "idle_mib"))
    parts = dict.fromkeys(trial["part"] for trial in figures.results[0].values())
    for part in parts:
        table += figures.row(
            f"memory, most in the part {part}", "MiB", most(part), ("value", "<=", BOUND_MIB),
            peer=most(part, "glance "))
    return table


def most(part, prefix=None):
    """The most in any trial of a part, of Glimpse or of whom the prefix names."""
    def figure(result):
        found = [
            trial["pss_mib"] for name, trial in result.items()
            if trial["part"] == part and "pss_mib" in trial
            and (name.startswith(prefix) if prefix else not name.startswith(("nginx ", "glance ")))]
        return max(found, default=None)
    return figure
