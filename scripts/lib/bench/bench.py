"""What the parts of a run share: the servers with their data, each made when it is first asked for."""

import functools
import multiprocessing
import os
import shutil
import signal
import sys

import glance
import transfers
import wrk
from glimpse import Glimpse
from image_rows import image_id
from nginx import Nginx
from processes import Failed

GIB = 1 << 30
PAGE = "/v2/images?limit=25"


def note(text):
    print(text, file=sys.stderr, flush=True)


class Bench:
    # Images in the databases; starts are measured with as many as `crowded` has.
    small_count, medium_count, crowded_count = 1_000, 10_000, 100_000
    # The largest blob, with --large.
    large_bytes = 20 * GIB

    def __init__(self, options, folder, glance_bin):
        """`glance_bin` is where Glance's programs are, or None."""
        self.options, self.folder, self.glance_bin = options, folder, glance_bin
        self.seconds = 1 if options.quick else 2
        self.blob_bytes = GIB // 4 if options.quick else GIB
        self.huge_count = 100_000 if options.quick else 1_000_000
        self.migrations = f"{options.root}/migrations"
        self.require_room()
        if "list" in options.parts:
            self.begin_loading_huge()

    def require_room(self):
        needed = 8 * self.blob_bytes + self.huge_count * 2_500
        if self.options.large:
            needed += 2 * self.large_bytes
        room = shutil.disk_usage(self.folder).free
        if room < needed:
            raise Failed(f"{self.folder} has {room >> 20} MiB of room, {needed >> 20} MiB are needed: see --data")

    @functools.cached_property
    def source(self):
        return self.write_source("source", self.blob_bytes)

    @functools.cached_property
    def half_source(self):
        """For several uploads at a time."""
        return self.write_source("half", self.blob_bytes // 2)

    def write_source(self, name, size):
        """A file of random bytes, which is in memory then."""
        path = f"{self.folder}/{name}"
        piece = os.urandom(min(size, 64 << 20))
        with open(path, "wb") as file:
            for _ in range(size // len(piece)):
                file.write(piece)
        return path

    @functools.cached_property
    def small(self):
        return self.glimpse("small", self.small_count)

    @functools.cached_property
    def medium(self):
        return self.glimpse("medium", self.medium_count)

    @functools.cached_property
    def crowded(self):
        return self.glimpse("crowded", self.crowded_count)

    @functools.cached_property
    def huge(self):
        self.huge_loading.join()
        if self.huge_loading.exitcode != 0:
            raise Failed(f"loading {self.huge_count:,} images failed")
        return self.huge_stopped.start()

    def begin_loading_huge(self):
        """In the background of what else is prepared: it takes longest, and one core."""
        note(f"loading {self.huge_count:,} images ...")
        self.huge_stopped = Glimpse(self.options.bin, f"{self.folder}/huge")
        self.huge_stopped.make_schema()
        self.huge_loading = multiprocessing.Process(
            target=load_aside, args=[self.huge_stopped, self.huge_count], daemon=True)
        self.huge_loading.start()

    def glimpse(self, name, count):
        note(f"loading {count:,} images ...")
        made = Glimpse(self.options.bin, f"{self.folder}/{name}")
        made.make_schema()
        made.load(count)
        return made.start()

    @functools.cached_property
    def in_memory(self):
        """The daemons with their blobs in memory, where there is room for them; else None."""
        folder = self.options.memory_folder
        if not folder:
            return None
        made = Glimpse(self.options.bin, f"{self.folder}/in-memory", store=f"{folder}/images")
        return made.start()

    @functools.cached_property
    def blob(self):
        """An image with data in `medium`, all of them in the page cache."""
        id = transfers.keep(self.medium, self.source)
        read_through(f"{self.medium.store}/{id}")
        return id

    @functools.cached_property
    def nginx(self):
        """It answers what `medium` does."""
        target = f"/v2/images/{image_id(self.medium_count // 2)}"
        return Nginx(
            f"{self.folder}/nginx", self.medium.call("GET", target), self.medium.call("GET", PAGE),
            f"{self.medium.store}/{self.blob}")

    @functools.cached_property
    def glance_small(self):
        return self.glance("glance-small", self.small_count)

    @functools.cached_property
    def glance_medium(self):
        return self.glance("glance-medium", self.medium_count)

    @functools.cached_property
    def glance_in_memory(self):
        return self.glance("glance-in-memory", self.small_count, store=f"{self.options.memory_folder}/glance")

    def glance(self, name, count, store=None):
        note(f"loading {count:,} images into Glance ...")
        made = glance.Glance(self.glance_bin, f"{self.folder}/{name}", store)
        made.load(count)
        made.start()
        return made

    @functools.cached_property
    def glance_blob(self):
        return transfers.keep(self.glance_medium, self.source)

    @property
    def has_glance(self):
        return self.glance_bin is not None

    def play(self, target, name, requests, connections=16, seconds=None):
        path = wrk.requests_file(self.folder, f"{name}-{type(target).__name__}", target, requests)
        return wrk.play(target, path, connections, seconds or self.seconds_for(target))

    def seconds_for(self, target):
        """A call takes Glance so long that few of them would fit into a short trial."""
        return 4 if isinstance(target, glance.Glance) else self.seconds

    def shows(self, count):
        """Requests for images all over a database of so many."""
        return [f"GET /v2/images/{image_id(number)}" for number in range(0, count, max(1, count // 1000))]


def load_aside(service, count):
    """In a process of its own, which ends at once when it is told to."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    service.load(count)


def read_through(path):
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 20):
            pass
