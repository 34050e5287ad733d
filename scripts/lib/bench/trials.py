"""One trial each: something runs once, and what came out is a dictionary of figures."""

import functools
import hashlib
import json
import os
import resource
import sqlite3
import subprocess
import threading
import time

from deployments import META, TOKEN
from processes import Failed, Watch

HERE = os.path.dirname(os.path.abspath(__file__))
GIB = 1 << 30
MB = 1e6


def wrk(target, arguments, connections, seconds, threads=2):
    """Figures of one run of wrk against the servers of `target`."""
    command = [
        "wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", f"{HERE}/calls.lua",
        target.url, "--", *arguments]
    with Watch(*target.servers) as watch:
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    result = json.loads(next(line for line in output.splitlines() if line.startswith("RESULT "))[7:])
    if result["refused"] or result["broken"] or not result["requests"]:
        raise Failed(f"wrk against {target.url} {arguments}: {result}")
    return {
        "rate": result["requests"] / result["seconds"],
        "cpu_ms": watch.cpu_seconds / result["requests"] * 1e3,
        "p99_ms": result["p99"],
        **memory(watch),
    }


def memory(watch):
    return {"pss_mib": watch.pss_mib, "rss_mib": watch.rss_mib}


def pairs(glimpse, seed, clients, seconds):
    """Creation and deletion of images without data, each pair in order: two requests a pair."""
    result = wrk(glimpse, ["pairs", str(seed), TOKEN], clients, seconds, threads=clients)
    result["rate"] /= 2
    result["cpu_ms"] *= 2
    return result


def sqlite_pairs(schema, path, seconds):
    """The same rows in SQLite alone, in one thread, a transaction each: what a pair a commit can't pass."""
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
    if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        database.executescript(schema)
    first = database.execute("SELECT count(*) FROM images").fetchone()[0]
    count = 0
    begun = time.monotonic()
    while time.monotonic() < begun + seconds:
        sqlite_pair(database, f"{first + count:036x}")
        count += 1
    elapsed = time.monotonic() - begun
    database.close()
    return {"rate": count / elapsed}


def sqlite_pair(database, id):
    database.execute("BEGIN IMMEDIATE")
    database.execute(
        "INSERT INTO images (id, name, status, visibility, owner, protected, os_hidden, min_disk, min_ram, created_at,"
        " updated_at) VALUES (?, 'pair', 'queued', 'shared', 'lab', 0, 0, 0, 0, 1, 1)", [id])
    database.executemany("INSERT INTO image_properties VALUES (?, ?, 'x')", [(id, "arch"), (id, "os")])
    database.execute("INSERT OR IGNORE INTO usage (owner) VALUES ('lab')")
    database.execute("UPDATE usage SET images = images + 1 WHERE owner = 'lab'")
    database.execute("COMMIT")
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE images SET status = 'deleted', deleted_at = 2 WHERE id = ?", [id])
    database.execute("UPDATE usage SET images = images - 1 WHERE owner = 'lab'")
    database.execute("COMMIT")


@functools.cache
def bytes_to_hash():
    """More than the caches hold, as with bytes that come from a socket."""
    return memoryview(os.urandom(64 << 20))


def hashing(total):
    """MD5 and SHA-512 of so many bytes side by side on two threads: no socket, no file."""
    source = bytes_to_hash()

    def digest(name):
        state = hashlib.new(name)
        for at in range(0, total, 1 << 20):
            start = at % len(source)
            state.update(source[start:start + (1 << 20)])

    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    workers = [threading.Thread(target=digest, args=[name]) for name in ("md5", "sha512")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"mb": total / MB / (time.monotonic() - begun), "cpu_gib": cpu * GIB / total}


def take_memory(folder, total):
    """Has as much free memory at hand as the file of an upload will take, and nothing waiting to be written.

    A virtual machine may have given free memory back to its host, and pays dearly at the next touch: whoever came first
    would pay for all.
    """
    piece = memoryview(bytes_to_hash())[:1 << 18]
    with open(f"{folder}/scratch", "wb", buffering=0) as file:
        for _ in range(total // len(piece)):
            file.write(piece)
    os.unlink(f"{folder}/scratch")
    os.sync()


def curl(target, commands, total):
    """Runs the curls side by side; the rate of all together, and the CPU time of `target` for each GiB."""
    with Watch(*target.servers) as watch:
        running = [
            subprocess.Popen(
                ["curl", "-sS", "--fail", "--max-time", "120", *command], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for command in commands]
        outputs = [process.communicate() for process in running]
    for process, (output, errors) in zip(running, outputs):
        if process.returncode != 0:
            raise Failed(f"curl against {target.url}: {errors.decode()} {output[:300]!r}")
    figures = {
        "mb": total / MB / watch.seconds, "cpu_gib": watch.cpu_seconds * GIB / total, **memory(watch)}
    return figures, [output for output, _ in outputs]


def upload(glimpse, source, is_chunked):
    """One image with data, taken back afterwards; what is timed ends with the 201."""
    fields = {**META, "X-Auth-Token": TOKEN, "Content-Type": "application/octet-stream", "x-image-meta-name": "upload"}
    if is_chunked:
        fields["Transfer-Encoding"] = "chunked"
    command = ["-X", "POST", "-T", source]
    for name, value in fields.items():
        command += ["-H", f"{name}: {value}"]
    figures, answers = curl(glimpse, [[*command, f"{glimpse.url}/v1/images"]], os.path.getsize(source))
    image = json.loads(answers[0])["image"]
    if image["status"] != "active" or image["size"] != os.path.getsize(source):
        raise Failed(f"the upload ended as {image}")
    return figures, image["id"]


def nginx_put(nginx, source):
    """The same bytes from a socket into a file: no hash, no fsync."""
    url = f"{nginx.url}/dav/upload"
    figures, _ = curl(nginx, [["-T", source, url]], os.path.getsize(source))
    subprocess.run(["curl", "-sS", "--fail", "-X", "DELETE", url], check=True)
    return figures


def download(target, path, headers, streams, bytes_each):
    command = ["-o", "/dev/null", "-w", "%{size_download}"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    figures, sizes = curl(target, [[*command, target.url + path]] * streams, streams * bytes_each)
    if any(int(size) != bytes_each for size in sizes):
        raise Failed(f"a download from {target.url} had {sizes} bytes instead of {bytes_each}")
    return figures
