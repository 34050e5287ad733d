"""What a run was made on, and how much of the machine others took meanwhile."""

import datetime
import os
import platform
import subprocess
import time


def describe(root, folder):
    commit = subprocess.run(
        ["git", "-C", root, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    about = {
        "commit": commit, "time": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": cpu_model(), "cores": os.cpu_count(), "kernel": platform.release(), "disk": disk(folder),
        "memory_gib": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30),
        "load_before": os.getloadavg()[0], "busy_before": busy_share(1),
    }
    return about


def cpu_model():
    with open("/proc/cpuinfo") as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown CPU")


def disk(folder):
    found = subprocess.run(
        ["findmnt", "-n", "-o", "SOURCE,FSTYPE", "--target", folder], capture_output=True, text=True).stdout.split()
    return " ".join(found) or "unknown"


def cpu_times():
    """Ticks of all cores since the start: proc(5)."""
    with open("/proc/stat") as file:
        names = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"]
        return dict(zip(names, map(int, file.readline().split()[1:])))


def busy_share(seconds):
    """The share of the machine that others take before anything is begun."""
    before = cpu_times()
    time.sleep(seconds)
    after = cpu_times()
    idle = sum(after[name] - before[name] for name in ("idle", "iowait"))
    return 1 - idle / max(1, sum(after.values()) - sum(before.values()))


def stolen_share(before, after):
    """What the hypervisor gave to others while this machine had work for it."""
    return (after["steal"] - before["steal"]) / max(1, sum(after.values()) - sum(before.values()))
