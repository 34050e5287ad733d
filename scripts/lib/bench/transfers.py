"""Blobs that go over HTTP: curls, and what they and the servers take for it."""

import os
import resource
import subprocess

from processes import Failed, Watch

GIB = 1 << 30
MB = 1e6


def curls(target, commands, total):
    """Runs the curls side by side. Figures of all together, and what each printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Watch(*target.servers) as watch:
        running = [start_curl(command) for command in commands]
        outputs = [process.communicate() for process in running]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    for process, (output, errors) in zip(running, outputs):
        if process.returncode != 0:
            raise Failed(f"curl against {target.url}: {errors.decode()} {output[:300]!r}")
    client = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    figures = {
        "mb": total / MB / watch.seconds, "cpu_gib": watch.cpu_seconds * GIB / total,
        "client_cpu_gib": client * GIB / total, **watch.memory()}
    return figures, [output for output, _ in outputs]


def start_curl(command):
    # One that stands still for a minute has failed. Servers take their time with an answer to the header Expect.
    fixed = ["curl", "-sS", "--fail", "--speed-limit", "1000", "--speed-time", "60", "-H", "Expect:"]
    return subprocess.Popen(
        [*fixed, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def headers(target):
    return [word for name, value in target.headers.items() for word in ("-H", f"{name}: {value}")]


def upload_command(service, source, urls):
    """Puts the one file to each URL, in order."""
    command = [*headers(service), "-H", "Content-Type: application/octet-stream"]
    for url in urls:
        command += ["-T", source, url]
    return command


def upload(service, source, is_chunked=False, streams=1, images_each=1):
    """Data of images that are there already; what is timed ends with the last 204. They are deleted afterwards."""
    size = os.path.getsize(source)
    ids = [[service.create() for _ in range(images_each)] for _ in range(streams)]
    extra = ["-H", "Transfer-Encoding: chunked"] if is_chunked else []
    commands = [[*extra, *upload_command(service, source, map(service.file_url, stream))] for stream in ids]
    figures, _ = curls(service, commands, size * streams * images_each)
    for id in (id for stream in ids for id in stream):
        image = service.show(id)
        if image["status"] != "active" or image["size"] != size:
            raise Failed(f"the upload ended as {image}")
        service.delete(id)
    return figures


def keep(service, source):
    """An image with the data of a file, that stays; its id."""
    id = service.create()
    curls(service, [upload_command(service, source, [service.file_url(id)])], os.path.getsize(source))
    return id


def put(nginx, source):
    """The same bytes from a socket into a file: no hash, no fsync."""
    url = f"{nginx.url}/dav/upload"
    figures, _ = curls(nginx, [["-T", source, url]], os.path.getsize(source))
    subprocess.run(["curl", "-sS", "--fail", "-X", "DELETE", url], check=True)
    return figures


def download_command(target, url, times):
    # Fragments are not sent: curl counts in them.
    return [*headers(target), "-o", "/dev/null", f"{url}#[1-{times}]"]


def download(target, url, streams, bytes_each, times=1):
    """The same URL by so many curls, each of them so many times in turn."""
    command = ["-w", "%{size_download}\n", *download_command(target, url, times)]
    figures, outputs = curls(target, [command] * streams, streams * times * bytes_each)
    for output in outputs:
        if output.split() != [str(bytes_each).encode()] * times:
            raise Failed(f"downloads from {target.url} had {output!r} bytes instead of {bytes_each}")
    return figures
