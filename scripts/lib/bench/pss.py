"""PSS of a deployment as it is when no other one runs.

A run has several deployments of the same programs at a time, and the kernel shares the pages of their files out among
all of them: each would look smaller than it is.
"""


def anonymous_mib(pids):
    """What changes while something runs."""
    kib = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as lines:
            kib += sum(int(line.split()[1]) for line in lines if line.startswith(("Pss_Anon:", "Pss_Shmem:")))
    return kib / 1024


def files_mib(pids, deployments):
    """Pages of files, of so many deployments of the same kind."""
    maps = [mapped_files(pid) for pid in pids]
    kib = 0
    for files in maps:
        for path, (rss, pss) in files.items():
            own = sum(path in other for other in maps)
            # As many share a page as RSS is larger than PSS; those of the other deployments would not be there.
            kib += rss / max(own, rss / pss - (deployments - 1) * own)
    return kib / 1024


def mapped_files(pid):
    """RSS and PSS in KiB by the file's path: proc_pid_smaps(5). A page that was written to is none of the file's."""
    files, path, sizes = {}, "", {}
    with open(f"/proc/{pid}/smaps") as lines:
        for line in lines:
            words = line.split()
            if not words[0].endswith(":"):
                path = words[5] if len(words) > 5 else ""
            elif words[0] in ("Rss:", "Pss:"):
                sizes[words[0]] = int(words[1])
            elif words[0] == "Anonymous:" and path.startswith("/"):
                rss, pss = (sizes[name] - int(words[1]) for name in ("Rss:", "Pss:"))
                if rss > 0 and pss > 0:
                    before = files.get(path, (0, 0))
                    files[path] = (before[0] + rss, before[1] + pss)
    return files
