"""Writes tiny databases of MaxMind's format, for the tests."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MARKER = b"\xab\xcd\xefMaxMind.com"
RECORD_BYTES = 3


def encoded_number(value: int, size: int) -> bytes:
    """An unsigned integer of so many bytes: each size is a type of its own."""
    control = {2: [(5 << 5) | 2], 4: [(6 << 5) | 4], 8: [8, 9 - 7]}[size]
    return bytes(control) + value.to_bytes(size, "big")


def encoded(value: Any) -> bytes:
    """A value of the data section: a control byte with type and size, then the value."""
    if isinstance(value, str):
        return bytes([(2 << 5) | len(value)]) + value.encode()
    if isinstance(value, int):
        return encoded_number(value, 4)
    if isinstance(value, bytes):
        return value
    if isinstance(value, list):
        return bytes([len(value), 11 - 7]) + b"".join(map(encoded, value))
    pairs = b"".join(encoded(key) + encoded(item) for key, item in value.items())
    return bytes([(7 << 5) | len(value)]) + pairs


def write_geo_database(path: Path, records: Mapping[str, Any], database_type: str) -> Path:
    """A database with a record for each network; no network lies within another."""
    tree: list[list[int | bytes | None]] = [[None, None]]
    for text, record in records.items():
        network = ipaddress.ip_network(text)
        length = network.prefixlen + (96 if network.version == 4 else 0)
        bits = f"{int(network.network_address):0128b}"[:length]
        node = 0
        for bit in map(int, bits[:-1]):
            if not isinstance(tree[node][bit], int):
                tree[node][bit] = len(tree)
                tree.append([None, None])
            node = tree[node][bit]  # type: ignore[assignment]
        tree[node][int(bits[-1])] = encoded(record)
    data, nodes = b"", b""
    for record in (record for pair in tree for record in pair):
        if isinstance(record, bytes):
            number = len(tree) + 16 + len(data)
            data += record
        else:
            number = len(tree) if record is None else record
        nodes += number.to_bytes(RECORD_BYTES, "big")
    metadata = {
        "node_count": len(tree),
        "record_size": encoded_number(8 * RECORD_BYTES, 2),
        "ip_version": encoded_number(6, 2),
        "database_type": database_type,
        "languages": ["en"],
        "binary_format_major_version": encoded_number(2, 2),
        "binary_format_minor_version": encoded_number(0, 2),
        "build_epoch": encoded_number(1_767_225_600, 8),
        "description": {"en": "test"},
    }
    path.write_bytes(nodes + bytes(16) + data + MARKER + encoded(metadata))
    return path
