"""Processes that a run starts: their CPU time, their memory and their end."""

import os
import resource
import socket
import subprocess
import threading
import time

import pss

TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """The run can't go on; the text says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address, target, headers={}):
    """Whether 200 comes from a port on loopback, or from a unix socket by its path."""
    is_path = isinstance(address, str)
    with socket.socket(socket.AF_UNIX if is_path else socket.AF_INET) as probe:
        probe.settimeout(5)
        try:
            probe.connect(address if is_path else ("127.0.0.1", address))
            lines = [f"GET {target} HTTP/1.1", "Host: bench", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            probe.sendall("\r\n".join([*lines, "", ""]).encode())
            return probe.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False


def raise_descriptor_limit(wanted):
    """For this process and those that it starts; answers what there is. Only root passes the hard limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(wanted, hard), max(wanted, hard)))
    except (ValueError, PermissionError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Server:
    """A process that serves until it is stopped; it does not outlive the run, however that ends."""

    started = []

    def __init__(self, name, command, log, environment={}):
        self.name = name
        self.log = log
        self.begun = time.monotonic()
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={**os.environ, **environment},
                # Ctrl-C reaches the run alone, which then stops its servers in order.
                start_new_session=True)
        Server.started.append(self)

    @property
    def pids(self):
        """Itself and its children, such as the workers of nginx."""
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            return [pid, *map(int, children.read().split())]

    def wait_until(self, is_ready, seconds=10):
        """Answers the seconds since it was started."""
        while not is_ready():
            if self.process.poll() is not None or time.monotonic() > self.begun + seconds:
                with open(self.log, errors="replace") as log:
                    raise Failed(f"{self.name} did not start:\n" + "".join(log.readlines()[-5:]))
            time.sleep(0.001)
        return time.monotonic() - self.begun

    def accepts(self, port):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def cpu_seconds(self):
        """User and system time of all its threads, those that have ended too: proc(5)."""
        ticks = 0
        for pid in self.pids:
            with open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    def peak_mib(self):
        """The most RSS since `reset_peak`, summed over its processes."""
        kib = 0
        for pid in self.pids:
            with open(f"/proc/{pid}/status") as lines:
                kib += next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
        return kib / 1024

    def reset_peak(self):
        """Begins VmHWM anew."""
        for pid in self.pids:
            with open(f"/proc/{pid}/clear_refs", "w") as file:
                file.write("5")

    def stop(self, seconds=10):
        Server.started.remove(self)
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @classmethod
    def stop_all(cls):
        """The last one that was started is stopped first."""
        while cls.started:
            cls.started[-1].stop()


def all_pids(servers):
    return [pid for server in servers for pid in server.pids]


def files_mib(servers):
    """What of their PSS are pages of files."""
    deployments = sum(server.name == servers[0].name for server in Server.started)
    return pss.files_mib(all_pids(servers), deployments)


def pss_mib(servers):
    return pss.anonymous_mib(all_pids(servers)) + files_mib(servers)


class Watch:
    """What servers use while something runs: CPU seconds, the exact peak of RSS, the sampled peak of PSS."""

    SAMPLE_SECONDS = 0.1

    def __init__(self, *servers):
        self.servers = servers
        self.ended = threading.Event()
        self.anonymous_mib = 0

    def __enter__(self):
        for server in self.servers:
            server.reset_peak()
        self.sampler = threading.Thread(target=self.sample, daemon=True)
        self.before = [server.cpu_seconds() for server in self.servers]
        self.begun = time.monotonic()
        self.sampler.start()
        return self

    def sample(self):
        while True:
            self.anonymous_mib = max(self.anonymous_mib, pss.anonymous_mib(all_pids(self.servers)))
            if self.ended.wait(self.SAMPLE_SECONDS):
                return

    def __exit__(self, *_):
        self.seconds = time.monotonic() - self.begun
        self.ended.set()
        self.sampler.join()
        self.cpu_seconds = sum(s.cpu_seconds() - b for s, b in zip(self.servers, self.before))
        self.rss_mib = {server.name: server.peak_mib() for server in self.servers}
        # Pages of files come, and hardly ever go: they are counted once, as that takes its time.
        self.pss_mib = self.anonymous_mib + files_mib(self.servers)

    def memory(self):
        return {"pss_mib": self.pss_mib, "rss_mib": self.rss_mib}
