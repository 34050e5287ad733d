"""Measures the daemons and prints the table; scripts/bench calls it."""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import glance
import machine
import markdown
import rounds
from bench import Bench
from figures import Figures
from parts import ALL
from processes import Failed, Server
from table import render

ROUNDS_MAX = 5
# Room in /dev/shm from which on blobs are stored there, too.
MEMORY_ROOM = 4 << 30


def read_arguments():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--bin", required=True)
    parser.add_argument("--root", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--peer", choices=["glance"])
    parser.add_argument("--cache", default=f"{cache}/glimpse-bench")
    parser.add_argument("--json")
    parser.add_argument("--markdown")
    parser.add_argument("--only", default=",".join(ALL))
    parser.add_argument("--minutes", type=float, default=9)
    parser.add_argument("--data", default="/var/tmp")
    parser.add_argument("--no-tmpfs", action="store_true")
    arguments = parser.parse_args()
    arguments.parts = arguments.only.split(",")
    for part in arguments.parts:
        if part not in ALL:
            parser.error(f"no part is called '{part}': there are {', '.join(ALL)}")
    return arguments


def memory_folder(arguments):
    """A folder in /dev/shm, where that has room."""
    try:
        if arguments.no_tmpfs or shutil.disk_usage("/dev/shm").free < MEMORY_ROOM:
            return None
        return tempfile.mkdtemp(prefix="glimpse-bench.", dir="/dev/shm")
    except OSError:
        return None


def run(arguments, folder):
    glance_bin = glance.install(arguments.cache) if arguments.peer else None
    about = machine.describe(arguments.root, folder)
    begun, ticks = time.monotonic(), machine.cpu_times()
    bench = Bench(arguments, folder, glance_bin)
    parts = {name: part for name, part in ALL.items() if name in arguments.parts}
    results = rounds.play(bench, parts, 2 if arguments.quick else ROUNDS_MAX, arguments.minutes, begun)
    figures = Figures(results, bench)
    rows = [row for part in parts.values() for row in part.rows(figures)]
    about["seconds"], about["rounds"] = time.monotonic() - begun, len(results)
    about["stolen"] = machine.stolen_share(ticks, machine.cpu_times())
    about["spread"] = statistics.median(row.spread for row in rows)
    describe(about)
    print(f"{about['text']}\n\n{render(rows)}\n\n{about['noise_text']}")
    missed = [row.name for row in rows if row.is_missed]
    print(f"MISSED: {len(missed)} of the bounds ({'; '.join(missed)})" if missed else "all bounds are met")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({"about": about, "rows": [row.json() for row in rows], "rounds": results}, file, indent=1)
    if arguments.markdown:
        with open(arguments.markdown, "w") as file:
            file.write(markdown.render(about, rows))


def describe(about):
    """The run and its noise in words."""
    rounds_text = "1 round" if about["rounds"] == 1 else f"{about['rounds']} rounds"
    about["text"] = (
        f"{about['commit']}, {about['time']}: {about['cores']} × {about['cpu']}, {about['memory_gib']:.0f} GiB, "
        f"Linux {about['kernel']}, data on {about['disk']}; {rounds_text} in {about['seconds']:.0f} s")
    spread = f"the rounds of a row lie {about['spread']:.0%} apart (median of all rows)"
    about["noise_text"] = (
        f"Noise: {spread if about['rounds'] > 1 else 'there was no second round'}, others took "
        f"{about['busy_before']:.0%} of the CPU before the run, and the hypervisor {about['stolen']:.1%} during it.")


def main():
    arguments = read_arguments()
    # An end from outside takes the same way as any other: through `finally`.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    folder = tempfile.mkdtemp(prefix="glimpse-bench.", dir=arguments.data)
    arguments.memory_folder = memory_folder(arguments)
    try:
        run(arguments, folder)
    except (Failed, subprocess.CalledProcessError) as error:
        sys.exit(f"scripts/bench: {error}")
    finally:
        Server.stop_all()
        for made in (folder, arguments.memory_folder):
            if made:
                shutil.rmtree(made, ignore_errors=True)


main()
