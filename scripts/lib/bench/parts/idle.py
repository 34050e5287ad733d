"""Ten thousand clients that keep their connections and ask for nothing."""

import socket

from image_rows import image_id
from processes import Failed, raise_descriptor_limit

WANTED = 10_000
# Descriptors that are in use besides.
OTHERS = 500
BATCH = 100


def groups(bench, number):
    service = bench.small
    return [{"idle": lambda: trial(bench, service)}]


def trial(bench, service):
    # Memory that earlier calls have left free would hide what a connection takes.
    service.stop()
    count = min(WANTED, raise_descriptor_limit(WANTED + 2 * OTHERS) - OTHERS)
    service.start()
    shows = bench.shows(bench.small_count)
    before = bench.play(service, "idle", shows)
    pss_before = service.pss_mib()
    fields = "".join(f"{name}: {value}\r\n" for name, value in service.headers.items())
    request = f"GET /v2/images/{image_id(0)} HTTP/1.1\r\nHost: bench\r\n{fields}\r\n".encode()
    connections = []
    try:
        for _ in range(0, count, BATCH):
            connections += [socket.create_connection(("127.0.0.1", service.port), 30) for _ in range(BATCH)]
            if answered(connections[-BATCH:], request) != BATCH:
                raise Failed("connections were not answered")
        pss = service.pss_mib()
        beside = bench.play(service, "idle", shows)
        held = sum(answered(connections[at:at + BATCH], request) for at in range(0, len(connections), BATCH))
    finally:
        for connection in connections:
            connection.close()
    # It keeps the memory that they took, which is no other trial's.
    service.stop()
    service.start()
    return {
        "opened": len(connections), "held": held, "kib_each": (pss - pss_before) * 1024 / len(connections),
        "p99_before_ms": before["p99_ms"], "p99_ms": beside["p99_ms"], "pss_mib": max(pss, beside["pss_mib"]),
    }


def answered(connections, request):
    """How many of them answer a request with 200; they stay open."""
    for connection in connections:
        try:
            connection.sendall(request)
        except OSError:
            pass  # the server has closed it: nothing comes back
    return sum(is_answered(connection) for connection in connections)


def is_answered(connection):
    answer = b""
    try:
        while b"\r\n\r\n" not in answer:
            piece = connection.recv(4096)
            if not piece:
                return False
            answer += piece
    except OSError:
        return False
    return answer.startswith(b"HTTP/1.1 200")


def rows(figures):
    return [
        *figures.row(
            "idle connections, held", "", ("idle", "held"), ("ratio", ">=", 1), ("idle", "opened"), "opened"),
        *figures.row("idle connections: PSS each", "KiB", ("idle", "kib_each"), ("value", "<=", 4)),
        *figures.row(
            "show, 16 clients, beside them: p99", "ms", ("idle", "p99_ms"), ("ratio", "<=", 1.3),
            ("idle", "p99_before_ms"), "without them"),
    ]
