"""What stays as it is when there is more: larger blobs, more clients, more images."""

import os

import transfers
from bench import read_through
from parts import show
from transfers import GIB

MIB = 1 << 20


def sizes(bench):
    """Blobs from small to large, and how many of them go over one after the other."""
    return {MIB: 64, 16 * MIB: 16, bench.blob_bytes: 1}


def groups(bench, number):
    service = bench.medium
    uploads, downloads = {}, {}
    for size, times in sizes(bench).items():
        source, id = blob(bench, service, size)
        uploads[f"upload of {text(size)}"] = upload(service, source, times)
        downloads[f"download of {text(size)}"] = download(service, id, size, times)
    made = [uploads, downloads]
    if bench.options.large and number == 1:
        made.append({f"upload of {text(bench.large_bytes)}": lambda: large_upload(bench, service)})
    return made


def blob(bench, service, size):
    """A file, and an image with the same data."""
    if size == bench.blob_bytes:
        return bench.source, bench.blob
    path = f"{bench.folder}/source-{size}"
    if not os.path.exists(path):
        bench.write_source(os.path.basename(path), size)
        with open(f"{path}.id", "w") as file:
            file.write(transfers.keep(service, path))
    with open(f"{path}.id") as file:
        id = file.read()
    read_through(f"{service.store}/{id}")
    return path, id


def upload(service, source, times):
    return lambda: transfers.upload(service, source, images_each=times)


def download(service, id, size, times):
    return lambda: transfers.download(service, service.file_url(id), 1, size, times)


def large_upload(bench, service):
    """Of a file of nothing but holes: it takes no room itself, and zeros hash as slowly as anything else."""
    path = f"{bench.folder}/holes"
    with open(path, "wb") as file:
        file.truncate(bench.large_bytes)
    return transfers.upload(service, path)


def rows(figures):
    bench = figures.bench
    table = []
    smallest = text(MIB)
    larger = [text(size) for size in [*sizes(bench), bench.large_bytes] if size != MIB]
    for way in ("upload", "download"):
        for size in larger:
            table += figures.row(
                f"growth: {way} of {size}", "MB/s", (f"{way} of {size}", "mb"), ("ratio", ">=", 0.9),
                (f"{way} of {smallest}", "mb"), f"of {smallest}")
    base = larger[0]
    for size in larger[1:]:
        table += figures.row(
            f"growth: memory while {size} come in", "MiB", (f"upload of {size}", "pss_mib"), ("ratio", "<=", 1.2),
            (f"upload of {base}", "pss_mib"), base)
    most = max(show.CLIENTS)
    table += figures.row(
        f"growth: show, {most} clients: calls", "/s", (f"show {most}", "rate"), ("ratio", ">=", 0.9), best_of_fewer,
        "the most with fewer")
    table += figures.row(
        f"growth: memory with {most} clients", "MiB", (f"show {most}", "pss_mib"), ("ratio", "<=", 1.2),
        ("show 1", "pss_mib"), "with 1")
    table += figures.row(
        f"growth: page out of {bench.huge_count:,}: median", "ms", ("list huge", "p50_ms"), ("ratio", "<=", 1.2),
        ("list small", "p50_ms"), f"out of {bench.small_count:,}")
    table += figures.row(
        f"growth: memory with {bench.huge_count:,} images", "MiB", ("list huge", "pss_mib"), ("ratio", "<=", 1.2),
        ("list small", "pss_mib"), f"with {bench.small_count:,}")
    return table


def best_of_fewer(result):
    return max(result[f"show {clients}"]["rate"] for clients in show.CLIENTS[:-1])


def text(size):
    return f"{size / GIB:g} GiB" if size >= GIB // 4 else f"{size >> 20} MiB"
