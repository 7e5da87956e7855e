"""A PostgreSQL server of our own for the length of a test: on loopback, in a folder that goes away."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT_SECONDS = 20


@contextmanager
def server() -> Iterator[int | None]:
    """Yields its port; None where there is no server to start and none can be installed."""
    binaries = _find() or (_install() and _find())
    if not binaries:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    # The server refuses to run as root.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    _run(*as_user, binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8")
    port = _free_port()
    options = ["-D", data, "-p", port, "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"]
    # Compiling a query for each of many small ones takes longer than running them.
    options += ["-c", "jit=off"]
    process = subprocess.Popen(
        [*as_user, binaries / "postgres", *map(str, options)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        _run(*as_user, binaries / "pg_ctl", "stop", "-D", data, "-m", "immediate", "-w")
        process.wait(timeout=10)
        shutil.rmtree(folder)


def _find() -> Path | None:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def _install() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", "postgresql"]]
    return all(subprocess.run(s, env=env, capture_output=True).returncode == 0 for s in steps)


def _run(*command: object) -> None:
    done = subprocess.run([str(part) for part in command], cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"no PostgreSQL on port {port} within {WAIT_SECONDS} s")
