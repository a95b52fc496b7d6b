#!/usr/bin/env python3
"""Set everything up and run one thing: `python3 make.py demo` or `python3 make.py test`.

Needs Python 3.11 or later and nothing else: it makes a virtual environment in `.venv`, installs the locked packages into
it (each checked against its hash), installs Custodiet itself, and runs what was asked for.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: The optional distribution: checked and tested with the rest, and installed by nobody who does not ask for it.
MINING = HERE / "mining"
LOCKS = HERE / "requirements"
OLDEST_DUCKDB = "1.5.5"
OTHER_PYTHONS = ("3.12", "3.13")


def main() -> int:
    """Run the task named on the command line; returns its exit code."""
    if sys.version_info < (3, 11):
        print(f"Custodiet needs Python 3.11 or later; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 6
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True)
    tasks.add_parser("setup", help="install Custodiet into .venv (no development tools)")
    demo = tasks.add_parser("demo", help="make an invented force, audit its fortnight, write the report")
    demo.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to `custodiet demo`")
    test = tasks.add_parser("test", help="install the development tools and run every check and test")
    test.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to pytest; given, only pytest runs")
    tasks.add_parser("matrix", help="run the spec and differential suites on the oldest DuckDB and other Pythons")
    tasks.add_parser("lock", help="resolve the dependencies anew and write the lock files")
    chosen = parser.parse_args()
    return {
        "setup": _only_setup,
        "demo": lambda: _demo(chosen.arguments),
        "test": lambda: _test(chosen.arguments),
        "matrix": _matrix,
        "lock": _lock,
    }[chosen.task]()


def _only_setup() -> int:
    _setup(HERE / ".venv", dev=False)
    return 0


def _demo(arguments: list[str]) -> int:
    python = _setup(HERE / ".venv", dev=False)
    return _run(python, "-m", "custodiet", "demo", *arguments)


def _test(arguments: list[str]) -> int:
    python = _setup(HERE / ".venv", dev=True)
    if arguments:
        return _run(python, "-m", "pytest", *arguments)
    checks = (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("importlinter.cli", "lint"),
        ("mypy",),
    )
    for module, *rest in checks:
        code = _module(python, module, *rest)
        if code:
            return code
    return _run(python, "-m", "pytest", "-n", "2", "--dist", "loadfile") or _test_mining(python)


def _test_mining(python: Path) -> int:
    """Check and test the optional distribution where it lies; it is not installed beside the core."""
    return (
        _run(python, "-m", "mypy", "--config-file", str(MINING / "pyproject.toml"))
        or _run(python.parent / "lint-imports", str(MINING / "pyproject.toml"), "--no-cache", path=MINING / "src")
        or _run(
            python, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-c", str(MINING / "pyproject.toml"), str(MINING)
        )
    )


def _module(python: Path, module: str, *arguments: str) -> int:
    if module == "importlinter.cli":
        return _run(python.parent / "lint-imports", "--no-cache")
    return _run(python, "-m", module, *arguments)


def _matrix() -> int:
    """Run the suites whose meaning must not depend on the engine or the interpreter."""
    worst = _suites(sys.executable, HERE / ".venv-duckdb-oldest", duckdb=OLDEST_DUCKDB)
    for version in OTHER_PYTHONS:
        found = shutil.which(f"python{version}")
        if found is None or subprocess.run([found, "-c", "import venv"], check=False, capture_output=True).returncode:
            print(f"skipped: Python {version} is not on this machine")
            continue
        worst = max(worst, _suites(found, HERE / f".venv-{version}", duckdb=None))
    return worst


def _suites(interpreter: str, environment: Path, *, duckdb: str | None) -> int:
    python = _setup(environment, dev=True, interpreter=interpreter)
    if duckdb is not None:
        _check(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", f"duckdb=={duckdb}")
    return _run(python, "-m", "pytest", "-q", "tests/spec", "tests/differential")


def _lock() -> int:
    """Write the lock files: every platform and Python that we support, with hashes and without addresses."""
    python = _setup(HERE / ".venv", dev=True)
    common = [
        "--universal",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-header",
        "--python-version",
        "3.11",
        "-q",
    ]
    for lock, inputs in (
        ("base.lock", ["pyproject.toml"]),
        ("dev.lock", ["pyproject.toml", "--all-extras", "--group", "dev"]),
        ("build.lock", [str(LOCKS / "build.in")]),
    ):
        code = _run(python, "-m", "uv", "pip", "compile", *inputs, *common, "-o", str(LOCKS / lock))
        if code:
            return code
    return 0


def _setup(environment: Path, *, dev: bool, interpreter: str = sys.executable) -> Path:
    """Make the environment hold exactly what the lock files say; returns its Python."""
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = ["build.lock", "dev.lock" if dev else "base.lock"]
    mark = environment / ".custodiet-installed"
    digest = _digest([*wanted, "../pyproject.toml"])
    installed = mark.read_text().split() if mark.exists() else []
    if python.exists() and digest in installed:
        return python
    if not python.exists():
        print(f"Making a virtual environment in {environment.name} ...", flush=True)
        made = subprocess.run([interpreter, "-m", "venv", "--clear", str(environment)], check=False)
        if made.returncode:
            print(
                "This Python cannot make virtual environments; on Debian: apt-get install python3-venv", file=sys.stderr
            )
            raise SystemExit(6)
    print("Installing the locked packages ...", flush=True)
    pip = ("-m", "pip", "install", "-q", "--disable-pip-version-check")
    for lock in wanted:
        _check(python, *pip, "--require-hashes", "-r", str(LOCKS / lock))
    _check(python, *pip, "--no-deps", "--no-build-isolation", "-e", str(HERE))
    mark.write_text("\n".join({*installed, digest}))
    return python


def _digest(names: list[str]) -> str:
    return hashlib.sha256(b"\0".join((LOCKS / name).read_bytes() for name in names)).hexdigest()


def _run(program: Path | str, *arguments: str, path: Path | None = None) -> int:
    """Run the program in the source's folder; `path` is where it finds modules besides."""
    found = (
        {} if path is None else {"PYTHONPATH": os.pathsep.join(filter(None, (str(path), os.environ.get("PYTHONPATH"))))}
    )
    return subprocess.run([str(program), *arguments], cwd=HERE, check=False, env={**os.environ, **found}).returncode


def _check(program: Path | str, *arguments: str) -> None:
    if _run(program, *arguments):
        raise SystemExit(6)


if __name__ == "__main__":
    sys.exit(main())
