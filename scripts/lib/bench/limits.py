"""What the machine itself allows, measured beside the daemons."""

import functools
import glob
import hashlib
import os
import resource
import sqlite3
import subprocess
import threading
import time

from processes import Failed
from transfers import GIB, MB


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


def disk(folder, source):
    """The file written in order past the page cache, with fsync at its end: no durable upload can be quicker."""
    path = f"{folder}/scratch"
    command = ["dd", f"if={source}", f"of={path}", "bs=1M", "oflag=direct", "conv=fsync"]
    begun = time.monotonic()
    written = subprocess.run(command, capture_output=True, text=True)
    seconds = time.monotonic() - begun
    os.unlink(path)
    if written.returncode != 0:
        raise Failed(f"dd: {written.stderr}")
    return {"mb": os.path.getsize(source) / MB / seconds}


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


def sqlite_pairs(migrations, path, seconds):
    """The same rows in SQLite alone, in one thread, a transaction each: what a pair a commit can't pass."""
    is_new = not os.path.exists(path)
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
    if is_new:
        for name in sorted(glob.glob(f"{migrations}/*.sql")):
            with open(name) as file:
                database.executescript(file.read())
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
    database.executemany("INSERT INTO image_properties VALUES (?, ?, 'x')", [(id, "architecture"), (id, "os")])
    database.execute("INSERT OR IGNORE INTO usage (owner) VALUES ('lab')")
    database.execute("UPDATE usage SET images = images + 1 WHERE owner = 'lab'")
    database.execute("COMMIT")
    database.execute("BEGIN IMMEDIATE")
    database.execute("UPDATE images SET status = 'deleted', deleted_at = 2 WHERE id = ?", [id])
    database.execute("UPDATE usage SET images = images - 1 WHERE owner = 'lab'")
    database.execute("COMMIT")
