"""Download 1 GiB, in one stream and in eight, and ranges of 1 MiB out of it, beside nginx with sendfile."""

import random

import transfers
from transfers import GIB

MIB = 1 << 20
# How often each of so many streams fetches the blob: a single one is soon over.
STREAMS = {1: 4, 8: 1}
CLIENTS = 8


def groups(bench, number):
    targets = {"": (bench.medium, f"/v2/images/{bench.blob}/file"), "nginx ": (bench.nginx, "/blob")}
    made = [
        {f"{name}download {streams}": whole(bench, *target, streams) for name, target in targets.items()}
        for streams in STREAMS]
    if bench.has_glance:
        made[0]["glance download 1"] = whole(
            bench, bench.glance_medium, f"/v2/images/{bench.glance_blob}/file", 1)
    made.append({f"{name}range": ranges(bench, *target) for name, target in targets.items()})
    return made


def whole(bench, target, path, streams):
    return lambda: transfers.download(target, target.url + path, streams, bench.blob_bytes, STREAMS[streams])


def ranges(bench, target, path):
    starts = [MIB * random.randrange(bench.blob_bytes // MIB) for _ in range(1000)]
    requests = [f"GET {path} bytes={start}-{start + MIB - 1}" for start in starts]
    return lambda: bench.play(target, "range", requests, CLIENTS)


def rows(figures):
    size = f"{figures.bench.blob_bytes / GIB:g} GiB"
    table = []
    for streams in STREAMS:
        name = f"download {size}, {streams} stream{'s' if streams > 1 else ''}"
        table += pair(figures, name, f"download {streams}", 1)
    return table + pair(figures, f"download ranges of 1 MiB, {CLIENTS} clients", "range", 0.9)


def pair(figures, name, trial, share):
    nginx, glance = f"nginx {trial}", f"glance {trial}"
    return [
        *figures.row(
            name, "MB/s", (trial, "mb"), ("ratio", ">=", share), (nginx, "mb"), "nginx, sendfile", (glance, "mb")),
        *figures.row(
            f"{name}: CPU", "s/GiB", (trial, "cpu_gib"), ("ratio", "<=", 1.1), (nginx, "cpu_gib"), "nginx, sendfile",
            (glance, "cpu_gib")),
    ]
