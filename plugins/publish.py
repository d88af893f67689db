"""Writes a snapshot of the marts beside the last one and then puts it in its place.

What readers find is always one whole snapshot. It is written where no reader looks, flushed
to the disk, and renamed; a run that is killed leaves the last one in place. What to
publish, and whether, is decided in macros/publish.
"""

import atexit
import contextlib
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

# The oldest format: every DuckDB from 1.0 on reads it, hence every BI tool's driver.
STORAGE_VERSION = "v1.0.0"

Snapshot = dict[str, Any]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def parquet_folder(path: Path) -> Path:
    """Where the snapshots are as Parquet: `published/marts` for `published/marts.duckdb`."""
    return path.with_suffix("") if path.suffix else path.with_name(path.name + "_parquet")


def remove(*paths: Path) -> None:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


def flush(path: Path) -> None:
    """What is written to a file or a folder is on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def published_snapshot(path: str, content_fingerprint: str, kept: int) -> str:
    """The id of what is published if that has this content, as DuckDB and, when snapshots
    are kept, as Parquet; empty if it has not."""
    pointer = parquet_folder(Path(path)) / "current"
    try:
        with duckdb.connect(path, read_only=True) as published:
            (found,) = published.execute(
                "select snapshot_id from snapshot where content_fingerprint = ?",
                [content_fingerprint],
            ).fetchone() or ("",)
    except duckdb.Error:
        return ""
    return found if (pointer.resolve().name == found if kept else not pointer.exists()) else ""


def write_database(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """All marts as tables of `published`, with their descriptions as comments."""
    connection.begin()
    for table, described in snapshot["tables"].items():
        target = f"published.main.{name(table)}"
        connection.execute(f"create table {target} as {described['query']}")
        connection.execute(f"comment on table {target} is {quoted(described['description'])}")
        for column, description in described["columns"].items():
            connection.execute(
                f"comment on column {target}.{name(column)} is {quoted(description)}"
            )
    connection.commit()
    connection.execute("checkpoint published")


def write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path, snapshot: Snapshot) -> None:
    """The tables of `published`, a file each."""
    folder.mkdir()
    for table in snapshot["tables"]:
        file = folder / f"{table}.parquet"
        connection.execute(
            f"copy published.main.{name(table)} to {quoted(str(file))}"
            " (format parquet, compression zstd, compression_level 1)"
        )
        flush(file)
    flush(folder)


def put_in_place(next_database: Path, path: Path) -> None:
    # Readers cannot write: what they wrote would be lost, and would spoil the next one.
    next_database.chmod(next_database.stat().st_mode & ~0o222)
    remove(path.with_name(path.name + ".wal"))
    os.replace(next_database, path)
    flush(path.parent)


def point_to(next_folder: Path, snapshot_id: str) -> None:
    """The folder becomes the current snapshot."""
    folder = next_folder.parent
    os.replace(next_folder, folder / snapshot_id)
    pointer = folder / "next_pointer"
    pointer.symlink_to(snapshot_id)
    os.replace(pointer, folder / "current")
    flush(folder)


def remove_old_snapshots(folder: Path, current: str, kept: int) -> None:
    """All but the current one and the last before; when none is kept, the pointer, too."""
    others = sorted(path for path in folder.glob("2*Z") if path.name != current)
    remove(*others[: len(others) - max(0, kept - 1)])
    if not kept:
        remove(folder / "current", folder / current)


def publish(connection: duckdb.DuckDBPyConnection, location: str, snapshot: Snapshot) -> None:
    """Publishes the marts as one snapshot. What `snapshot` then has under `failure` is
    why it could not; the last snapshot stays in that case."""
    path = Path(location)
    folder = parquet_folder(path)
    next_database, next_folder = path.with_name(path.name + ".next"), folder / "next"
    leftovers = (
        next_database,
        path.with_name(next_database.name + ".wal"),
        next_folder,
        folder / "next_pointer",
    )
    # Also when the run ends by an error: a full disk should not stay full.
    atexit.register(remove, *leftovers)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove(*leftovers)
        connection.execute(
            f"attach {quoted(str(next_database))} as published"
            f" (storage_version '{STORAGE_VERSION}')"
        )
        write_database(connection, snapshot)
        if snapshot["kept"]:
            write_parquet(connection, next_folder, snapshot)
        connection.execute("detach published")
        flush(next_database)
        put_in_place(next_database, path)
        if snapshot["kept"]:
            point_to(next_folder, snapshot["snapshot_id"])
        remove_old_snapshots(folder, snapshot["snapshot_id"], snapshot["kept"])
    except (duckdb.Error, OSError) as error:
        remove(*leftovers)
        snapshot["failure"] = f"The marts could not be published as {location}: {error}"


def written_report(published: str, target: str) -> str:
    """Writes the report of what is published; says why if it cannot, else nothing."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from dashboard import report

    try:
        report.write(Path(published), Path(target))
    except (duckdb.Error, OSError, report.NothingPublishedError) as error:
        return f"The report could not be written as {target}: {error}"
    finally:
        sys.path.pop(0)
    return ""


def new_snapshot_id() -> str:
    """Names a snapshot by the time, such that names sort as times do."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
