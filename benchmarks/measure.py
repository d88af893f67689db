"""What a process costs: CPU seconds with its children's, wall time, peak memory."""

import dataclasses
import os
import platform
import subprocess
import time
from pathlib import Path
from statistics import median


@dataclasses.dataclass
class Cost:
    """CPU seconds (user and system), wall seconds, peak memory, megabytes read and written."""

    cpu: float
    wall: float
    peak_mb: int
    read_mb: float = 0
    written_mb: float = 0

    def row(self) -> dict[str, float]:
        return dataclasses.asdict(self)


def run(
    command: list[str],
    env: dict[str, str] | None = None,
    folder: Path | None = None,
    log: Path | None = None,
) -> Cost:
    """Run a command to its end; what it prints goes to `log`. Raises if it fails."""
    started = time.monotonic()
    with open(log or os.devnull, "w") as target:
        process = subprocess.Popen(
            command,
            env={**os.environ, **(env or {})},
            cwd=folder,
            stdout=target,
            stderr=subprocess.STDOUT,
        )
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        read_mb, written_mb = megabytes_moved(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    if process.returncode:
        text = log.read_text()[-3000:] if log else ""
        raise SystemExit(f"{' '.join(command)}\nfailed ({process.returncode}):\n{text}")
    return Cost(
        cpu=round(usage.ru_utime + usage.ru_stime, 3),
        wall=round(wall, 3),
        peak_mb=usage.ru_maxrss // 1024,
        read_mb=read_mb,
        written_mb=written_mb,
    )


def megabytes_moved(process: int | str) -> tuple[float, float]:
    """What a process read and wrote by system calls, from the cache or not (Linux only)."""
    counts = Path(f"/proc/{process}/io")
    if not counts.exists():
        return 0, 0
    values = dict(line.split(": ") for line in counts.read_text().splitlines())
    return round(int(values["rchar"]) / 1e6, 1), round(int(values["wchar"]) / 1e6, 1)


def medians(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    rows = [cost.row() for cost in costs]
    middle = {name: round(median(row[name] for row in rows), 3) for name in rows[0]}
    return Cost(**{**middle, "peak_mb": round(middle["peak_mb"])})


def machine() -> dict[str, str | int | float]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {
        "cores": os.cpu_count() or 0,
        "memory_gib": round(memory, 1),
        "processor": model,
        "python": platform.python_version(),
        "load_at_start": round(os.getloadavg()[0], 2),
    }


def commit() -> str:
    """The commit that is measured, with a mark if files were changed since."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout.strip() or "unknown"
