"""Upload 1 GiB, in one stream and in four: beside hashing alone, a copy without hashing, and what the disk takes."""

import os

import limits
import transfers
from transfers import GIB, MB

STREAMS = 4


def groups(bench, number):
    nginx = bench.nginx

    def upload(service, source, streams=1, is_chunked=False):
        def trial():
            limits.take_memory(bench.folder, streams * os.path.getsize(source))
            return transfers.upload(service, source, is_chunked, streams)
        return trial

    def put():
        limits.take_memory(bench.folder, bench.blob_bytes)
        return transfers.put(nginx, bench.source)

    def disk():
        os.sync()
        return limits.disk(bench.folder, bench.source)

    one = {
        "upload": upload(bench.medium, bench.source), "hashing": lambda: limits.hashing(bench.blob_bytes),
        "upload chunked": upload(bench.medium, bench.source, is_chunked=True), "nginx put": put, "disk": disk}
    several = {"upload several": upload(bench.medium, bench.half_source, STREAMS)}
    if bench.in_memory:
        one["upload in memory"] = upload(bench.in_memory, bench.source)
        several["upload several in memory"] = upload(bench.in_memory, bench.half_source, STREAMS)
    if bench.has_glance:
        one["glance upload"] = upload(bench.glance_medium, bench.source)
        if bench.in_memory:
            one["glance upload in memory"] = upload(bench.glance_in_memory, bench.source)
    return [one, several]


def rows(figures):
    size = figures.bench.blob_bytes / GIB
    one, each = f"upload {size:g} GiB", f"upload {STREAMS} × {size / 2:g} GiB at a time"
    hashing, disk = ("hashing", "mb"), ("disk", "mb")
    table = []
    for name, trial, glance in (
        (one, "upload", "glance upload"), (f"{one}, chunked", "upload chunked", "glance upload"),
        (f"{one}, stores in memory (tmpfs)", "upload in memory", "glance upload in memory"),
    ):
        on_disk = trial != "upload in memory"
        table += figures.row(
            name, "MB/s", (trial, "mb"), ("ratio", ">=", 0.75), hashing, "MD5 and SHA-512, 2 threads",
            (glance, "mb"), 2.5, (disk, "the disk") if on_disk else None)
        if on_disk:
            table += of_the_disk(figures, name, trial)
        table += figures.row(
            f"{name}: CPU", "s/GiB", (trial, "cpu_gib"), ("ratio", "<=", 1.15), hashed_copy, "hashing + nginx PUT",
            (glance, "cpu_gib"))
    for name, trial in ((each, "upload several"), (f"{each}, store in memory (tmpfs)", "upload several in memory")):
        on_disk = trial == "upload several"
        table += figures.row(
            name, "MB/s", (trial, "mb"), ("ratio", ">=", 0.9), all_cores, "all cores hash, copy and send",
            lesser=(disk, "the disk") if on_disk else None)
        if on_disk:
            table += of_the_disk(figures, name, trial)
    table += figures.row(
        f"nginx PUT {size:g} GiB, no hash, no fsync", "MB/s", ("nginx put", "mb"), None, disk, "the disk")
    table += figures.row("nginx PUT: CPU", "s/GiB", ("nginx put", "cpu_gib"))
    return table


def of_the_disk(figures, name, trial):
    """Data that are to be on the disk before the answer come in no quicker than the disk takes them."""
    return figures.row(
        f"{name}: of the disk", "MB/s", (trial, "mb"), None, ("disk", "mb"), "dd, O_DIRECT, 1 MiB a write, fsync")


def hashed_copy(result):
    """CPU seconds for each GiB that nobody can do without, without the client's."""
    return result["hashing"]["cpu_gib"] + result["nginx put"]["cpu_gib"]


def all_cores(result):
    """The rate at which all cores are busy with hashing, copying and the clients."""
    return os.cpu_count() / (hashed_copy(result) + result["nginx put"]["client_cpu_gib"]) * GIB / MB
