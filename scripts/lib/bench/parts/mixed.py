"""How long a show takes while 8 downloads and 2 uploads run, beside nginx under the same load."""

import subprocess
import time

import transfers
from processes import Failed

DOWNLOADS, UPLOADS = 8, 2
# Blobs that each upload has at hand: more than it gets to the end of.
BLOBS_EACH = 4


def groups(bench, number):
    service, nginx = bench.medium, bench.nginx
    return [{"mixed": lambda: on_glimpse(bench, service), "nginx mixed": lambda: on_nginx(bench, nginx)}]


def on_glimpse(bench, service):
    ids = [[service.create() for _ in range(BLOBS_EACH)] for _ in range(UPLOADS)]
    uploads = [transfers.upload_command(service, bench.source, map(service.file_url, stream)) for stream in ids]
    figures = show_beside(bench, service, bench.shows(bench.medium_count), service.file_url(bench.blob), uploads)
    for id in (id for stream in ids for id in stream):
        discard(service, id)
    return figures


def discard(service, id):
    """Deletes an image whose upload has just been broken off, once that is noticed."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return service.delete(id)
        except Failed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def on_nginx(bench, nginx):
    urls = [f"{nginx.url}/dav/mixed-{stream}" for stream in range(UPLOADS)]
    uploads = [["-T", bench.source, f"{url}#[1-{BLOBS_EACH}]"] for url in urls]
    figures = show_beside(bench, nginx, ["GET /show"], f"{nginx.url}/blob", uploads)
    for url in urls:
        # One that never came to its end has left no file.
        subprocess.run(["curl", "-s", "-o", "/dev/null", "-X", "DELETE", url], check=True)
    return figures


def show_beside(bench, target, shows, blob_url, uploads):
    download = transfers.download_command(target, blob_url, times=1000)
    running = [transfers.start_curl(command) for command in [download] * DOWNLOADS + uploads]
    try:
        time.sleep(0.5)
        figures = bench.play(target, "mixed", shows, seconds=bench.seconds + 1)
        ended = [process for process in running if process.poll() is not None]
        if ended:
            raise Failed(f"a transfer ended before the others: {ended[0].stderr.read()[:300]!r}")
    finally:
        for process in running:
            process.kill()
            process.communicate()
    return figures


def rows(figures):
    name = f"show, 16 clients, beside {DOWNLOADS} downloads and {UPLOADS} uploads"
    return [
        *figures.row(
            f"{name}: p99", "ms", ("mixed", "p99_ms"), ("ratio", "<=", 2), ("nginx mixed", "p99_ms"),
            "nginx, same load"),
        *figures.row(
            f"{name}: calls", "/s", ("mixed", "rate"), None, ("nginx mixed", "rate"), "nginx, same load"),
    ]
