"""From exec to the first answer, with a database of 100,000 images."""

import statistics
import time

STARTS = 3


def groups(bench, number):
    made = {"start": trial(starts, bench.crowded)}
    if bench.has_glance:
        made["glance start"] = trial(start_of_glance, bench.glance_small)
    return [made]


def trial(function, service):
    return lambda: function(service)


def starts(service):
    taken = []
    for _ in range(STARTS):
        service.stop()
        taken.append((service.start_registry() * 1e3, service.start_api() * 1e3))
    registry, api = (statistics.median(times) for times in zip(*taken))
    return {"registry_ms": registry, "api_ms": api, "both_ms": registry + api, "pss_mib": service.pss_mib()}


def start_of_glance(service):
    service.stop()
    taken = service.start() * 1e3
    # Its second process is ready a little later.
    time.sleep(1)
    return {"both_ms": taken, "idle_mib": service.pss_mib()}


def rows(figures):
    name = f"start with {figures.bench.crowded_count:,} images"
    return [
        *figures.row(f"{name}: glance-registry", "ms", ("start", "registry_ms"), ("value", "<=", 100)),
        *figures.row(f"{name}: glance-api", "ms", ("start", "api_ms"), ("value", "<=", 100)),
        # Glance with a hundredth of the images.
        *figures.row(
            f"{name}: one after the other", "ms", ("start", "both_ms"), peer=("glance start", "both_ms")),
    ]
