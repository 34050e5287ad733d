"""Runs the trials in interleaved rounds and prints the table; scripts/bench calls it."""

import argparse
import datetime
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import report
import trials
from deployments import TOKEN, Glimpse, Nginx
from processes import Failed, Server
from table import render

PARTS = ["show", "list", "pairs", "upload", "download"]
ROUNDS_MAX = 5


def read_arguments():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--bin", required=True)
    parser.add_argument("--root", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--data", default="/var/tmp")
    arguments = parser.parse_args()
    arguments.parts = arguments.only.split(",")
    for part in arguments.parts:
        if part not in PARTS:
            parser.error(f"no part is called '{part}': there are {', '.join(PARTS)}")
    return arguments


class Bench:
    """All servers with their data, and one round of all trials."""

    def __init__(self, arguments, folder):
        self.parts = arguments.parts
        self.seconds = 1 if arguments.quick else 2
        self.blob_bytes = trials.GIB // 4 if arguments.quick else trials.GIB
        self.folder = folder
        room = shutil.disk_usage(folder).free
        if room < 6 * self.blob_bytes:
            raise Failed(f"{folder} has {room >> 20} MiB of room, {6 * self.blob_bytes >> 20} MiB are needed: see --data")
        with open(f"{arguments.root}/migrations/0001_images.sql") as file:
            self.schema = file.read()
        self.source = f"{folder}/source"
        self.write_source()
        # The first list is measured in a database with nothing else in it.
        self.small = Glimpse(arguments.bin, f"{folder}/small")
        self.large = Glimpse(arguments.bin, f"{folder}/large")
        self.idle_before = self.idle_memory(self.large)
        note("loading images ...")
        self.small.load(1_000)
        begun = time.monotonic()
        ids = self.large.load(10_000)
        self.load_rate = len(ids) / (time.monotonic() - begun)
        self.blob = trials.upload(self.large, self.source, is_chunked=False)[1]
        self.write_targets(ids[::10])
        headers, _ = self.large.call("HEAD", f"/v1/images/{ids[0]}")
        _, page = self.large.call("GET", "/v1/images/detail?limit=25")
        self.nginx = Nginx(f"{folder}/nginx", f"{folder}/large/images/{self.blob}", headers, page)

    def write_source(self):
        piece = os.urandom(64 << 20)
        with open(self.source, "wb") as file:
            for _ in range(self.blob_bytes // len(piece)):
                file.write(piece)

    def write_targets(self, ids):
        lines = {
            "show": [f"HEAD /v1/images/{id}" for id in ids], "list": ["GET /v1/images/detail?limit=25"],
            "nginx_show": ["HEAD /show"], "nginx_list": ["GET /list"],
        }
        for name, requests in lines.items():
            with open(f"{self.folder}/{name}.targets", "w") as file:
                file.write("\n".join(requests) + "\n")

    def idle_memory(self, glimpse):
        return {
            "pss_mib": sum(server.memory_mib("Pss") for server in glimpse.servers),
            "rss_mib": {server.name: server.memory_mib("VmRSS") for server in glimpse.servers},
        }

    def play(self, target, name, connections=16):
        return trials.wrk(target, ["play", f"{self.folder}/{name}.targets", TOKEN], connections, self.seconds)

    def groups(self):
        """What is measured side by side: names with their trials, a figure next to its limit."""
        groups = {part: [] for part in PARTS}
        groups["show"].append({
            "show": lambda: self.play(self.large, "show"), "nginx show": lambda: self.play(self.nginx, "nginx_show")})
        groups["list"].append({
            "list 1000": lambda: self.play(self.small, "list"), "list 10000": lambda: self.play(self.large, "list"),
            "nginx list": lambda: self.play(self.nginx, "nginx_list")})
        groups["pairs"].append({
            "pairs": lambda: trials.pairs(self.small, int(time.time()) & 0xFFFFFFFF, 16, self.seconds),
            "sqlite pairs": lambda: trials.sqlite_pairs(self.schema, f"{self.folder}/alone.sqlite", self.seconds)})
        groups["upload"].append({
            "upload": lambda: self.upload(is_chunked=False), "hashing": lambda: trials.hashing(self.blob_bytes),
            "upload chunked": lambda: self.upload(is_chunked=True), "nginx put": self.nginx_put})
        path, headers = f"/v1/images/{self.blob}", {"X-Auth-Token": TOKEN}
        for streams in (1, 8):
            groups["download"].append({
                f"download {streams}":
                    lambda streams=streams: trials.download(self.large, path, headers, streams, self.blob_bytes),
                f"nginx download {streams}":
                    lambda streams=streams: trials.download(self.nginx, "/blob", {}, streams, self.blob_bytes)})
        return [group for part in self.parts for group in groups[part]]

    def round(self, number):
        """Every trial once. Every other round goes through each group backwards: what a trial leaves behind, such as
        warm or scattered memory, is then not always the same one's luck."""
        figures = {}
        for group in self.groups():
            for name in list(group) if number % 2 else reversed(group):
                note(f"round {number}: {name}")
                figures[name] = group[name]()
        return figures

    def nginx_put(self):
        trials.take_memory(self.folder, self.blob_bytes)
        return trials.nginx_put(self.nginx, self.source)

    def upload(self, is_chunked):
        trials.take_memory(self.folder, self.blob_bytes)
        figures, id = trials.upload(self.large, self.source, is_chunked)
        self.large.call("DELETE", f"/v1/images/{id}")
        return figures


def note(text):
    print(text, file=sys.stderr, flush=True)


def rounds_within(bench, rounds, minutes, begun):
    """Interleaved rounds, as many as are wanted or as fit into the time."""
    results, longest = [], 0
    for number in range(1, rounds + 1):
        round_begun = time.monotonic()
        if results and round_begun - begun + longest > minutes * 60:
            note(f"the time is over after {len(results)} rounds")
            break
        results.append(bench.round(number))
        longest = max(longest, time.monotonic() - round_begun)
    return results


def machine(root):
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown CPU")
    commit = subprocess.run(
        ["git", "-C", root, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    return {
        "commit": commit, "time": now, "cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
        "load_before": os.getloadavg()[0],
    }


def run(arguments, folder):
    about = machine(arguments.root)
    begun = time.monotonic()
    bench = Bench(arguments, folder)
    results = rounds_within(bench, 2 if arguments.quick else ROUNDS_MAX, arguments.minutes, begun)
    about["load_rate"] = bench.load_rate
    about["seconds"] = time.monotonic() - begun
    about["rounds"] = len(results)
    rows = report.rows(results, bench.idle_before, bench.idle_memory(bench.large), bench.blob_bytes)
    print(
        f"{about['commit']}, {about['time']}: {about['cores']} × {about['cpu']}, Linux {about['kernel']}, "
        f"{about['rounds']} rounds in {about['seconds']:.0f} s, load before {about['load_before']:.1f}\n")
    print(render(rows))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"about": about, "rows": [row.json() for row in rows], "rounds": results}, file, indent=1)
    print()
    missed = [row.name for row in rows if row.is_met is False]
    print(f"MISSED: {len(missed)} of the bounds ({'; '.join(missed)})" if missed else "all bounds are met")


def main():
    arguments = read_arguments()
    # An end from outside takes the same way as any other: through `finally`.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    folder = tempfile.mkdtemp(prefix="glimpse-bench.", dir=arguments.data)
    try:
        run(arguments, folder)
    except (Failed, subprocess.CalledProcessError) as error:
        sys.exit(f"scripts/bench: {error}")
    finally:
        Server.stop_all()
        shutil.rmtree(folder, ignore_errors=True)


main()
