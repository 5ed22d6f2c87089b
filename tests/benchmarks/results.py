"""Results of benchmarks: printed as Markdown tables, and kept beside the benchmark with machine and date."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
SOURCE = Path(__file__).parents[2] / "src"


def to_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write a Markdown table; numbers get three digits that count.

    >>> print(to_table(["stage", "MB/s"], [["names", 12.3456]]))
    | stage | MB/s |
    | --- | --- |
    | names | 12.3 |
    """
    lines = [head, ["---"] * len(head), *([show(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def show(cell: object) -> str:
    """Write a cell: of a fraction three digits that count, of a whole number all.

    >>> show(0.012345), show(1234.5), show(100_000), show(None)
    ('0.0123', '1,234', '100,000', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, int):
        return f"{cell:,}"
    if not isinstance(cell, float):
        return str(cell)
    if abs(cell) >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.2f}" if abs(cell) >= 1 else f"{cell:.3g}"


def keep_result(benchmark: str, text: str, *, keep: bool) -> None:
    """Print a result, and keep it as `NAME.md` beside the benchmark when that is wanted."""
    print(text)
    if keep:
        path = Path(benchmark).with_suffix(".md")
        said = sys.modules["__main__"].__doc__ or ""
        title = said.partition("\n")[0].rstrip(".")
        command = " ".join(["python", f"tests/benchmarks/{path.stem}.py", *sys.argv[1:]])
        page = f"# {title}\n\n    {command}\n\n{describe_machine()}\n\n{text}\n"
        path.write_text(page, encoding="utf-8", newline="\n")


def describe_machine() -> str:
    """Say on what machine this runs, and when."""
    cpu = platform.processor()
    if CPU_INFO.is_file():
        names = (line.partition(":")[2].strip() for line in CPU_INFO.read_text().splitlines() if "model name" in line)
        cpu = next(names, cpu)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    today = datetime.now(UTC).date().isoformat()
    return (
        f"{today}, {platform.system()} {platform.machine()}, {cpu}, {os.cpu_count()} cores, {memory:.0f} GB of memory, "
        f"Python {platform.python_version()}."
    )


def run_measured(program: str, *arguments: object) -> dict:
    """Run a Python program in a process of its own; what it prints as JSON, with `seconds` and `peak` in MB.

    The peak is that of the process or of the largest it has started.
    """
    closing = """
import json as _json, re as _re, resource as _resource
_own = int(_re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])  # ru_maxrss is that of who forked, too
_peak = max(_own, _resource.getrusage(_resource.RUSAGE_CHILDREN).ru_maxrss)
print(_json.dumps({**result, "peak": _peak / 1024}))
"""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program + closing, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{SOURCE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    )
    if done.returncode:
        sys.exit(done.stderr)
    return {"seconds": time.perf_counter() - started} | json.loads(done.stdout.splitlines()[-1])
