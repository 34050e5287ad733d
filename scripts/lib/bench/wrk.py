"""Many small calls: wrk with the requests of a file, see calls.lua."""

import json
import os
import subprocess

from processes import Failed, Watch

HERE = os.path.dirname(os.path.abspath(__file__))


def requests_file(folder, name, target, requests):
    """Lines for calls.lua: `requests` are "METHOD TARGET" or "METHOD TARGET RANGE", with the headers of `target`."""
    path = f"{folder}/{name}.requests"
    headers = [f"{field}: {value}" for field, value in target.headers.items()]
    with open(path, "w") as file:
        file.write("\n".join([*headers, "", *requests]) + "\n")
    return path


def play(target, path, connections, seconds, threads=None):
    """The requests of a file, each connection with one on its way at a time."""
    result, watch = run(target, ["play", path], connections, seconds, threads or min(2, connections))
    if result["refused"] or result["broken"] or not result["requests"]:
        raise Failed(f"wrk against {target.url} with {path}: {result}")
    return {
        "rate": result["requests"] / result["seconds"],
        "cpu_ms": watch.cpu_seconds / result["requests"] * 1e3,
        "p50_ms": result["p50"],
        "p99_ms": result["p99"],
        "mb": result["bytes"] / 1e6 / result["seconds"],
        "cpu_gib": watch.cpu_seconds * (1 << 30) / result["bytes"],
        **watch.memory(),
    }


def pairs(target, path, seed, clients, seconds):
    """Creation and deletion of images without data: two requests a pair, one after the other.

    Only pairs count in which both succeeded; the others are told as a share.
    """
    result, watch = run(target, ["pairs", path, str(seed)], clients, seconds, threads=clients)
    if not result["pairs"]:
        raise Failed(f"wrk against {target.url}, pairs: {result}")
    return {
        "rate": result["pairs"] / result["seconds"],
        "cpu_ms": watch.cpu_seconds / result["pairs"] * 1e3,
        "failed": result["failed"] / (result["failed"] + result["pairs"]),
        **watch.memory(),
    }


def run(target, arguments, connections, seconds, threads):
    command = [
        "wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", f"{HERE}/calls.lua",
        target.url, "--", *arguments]
    with Watch(*target.servers) as watch:
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(next(line for line in output.splitlines() if line.startswith("RESULT "))[7:]), watch
