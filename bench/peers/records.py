"""Block files of a run folder: names, definition and atomic writing as in src/store and src/core/atomicFile.ts. The
schema is src/core/schema/peer.ts."""
import hashlib
import json
import os
import re
import secrets
from datetime import datetime, timezone
from pathlib import Path

SCHEMA_VERSION = 1
HERE = Path(__file__).resolve().parent


def definition_of(job: dict, versions: dict[str, str], tunables: str) -> str:
    """Hash of all that changes what is measured: graphs, inputs and settings (the job's own hash), versions, this code."""
    code = [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(HERE.glob("*.py")) if not path.name.startswith("test_")]
    return hashlib.sha256(json.dumps([job["definition"], versions, tunables, code], sort_keys=True).encode()).hexdigest()


def block_file(number: int, failed_variants: list[str] | None = None) -> str:
    """`peer-0.json`; of a failure `peer-0.failed.peer-torch-eager.json`."""
    if failed_variants is None:
        return f"peer-{number}.json"
    names = "".join("." + re.sub(r"[^\w.-]", "-", one, flags=re.ASCII) for one in failed_variants)
    return f"peer-{number}.failed{names}.json"


def now_text() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def failed_record(job: dict, number: int, definition: str, failure: dict) -> dict:
    return {"schemaVersion": SCHEMA_VERSION, "kind": "failed", "of": "peer", "definition": definition, "startedAt": now_text(),
            "wallMs": 0, "group": job["group"], "block": number, **failure}


def write_block(folder: Path, record: dict) -> Path:
    """Whole or not at all: a temporary file of the same folder, synced, then renamed."""
    failed = record["variants"] if record["kind"] == "failed" else None
    path = folder / block_file(record["block"], failed)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{path.name}.{secrets.token_hex(6)}.tmp"
    try:
        with open(draft, "w") as file:
            file.write(json.dumps(record, allow_nan=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def clear_failures(folder: Path, number: int) -> None:
    for path in folder.glob(f"peer-{number}.failed*.json"):
        path.unlink()


def set_aside(path: Path) -> None:
    count = 1
    while path.with_name(f"{path.name}.stale-{count}").exists():
        count += 1
    path.rename(path.with_name(f"{path.name}.stale-{count}"))


def retire_others(folder: Path, definition: str, again: bool) -> None:
    """Sets aside what would be measured otherwise now; failures of it are forgotten. Two kinds must not mix in a row."""
    for path in sorted(folder.glob("peer-*.json")):
        if not again and read_record(path).get("definition") == definition:
            continue
        if ".failed" in path.name:
            path.unlink()
        else:
            set_aside(path)


def is_done(folder: Path, number: int, wanted: list[str]) -> bool:
    """Whether the block is there with all `wanted` peers, or with the reason why it is without one."""
    record = read_record(folder / block_file(number))
    have = {variant["id"] for variant in record.get("variants", [])}
    failed = {one for path in folder.glob(f"peer-{number}.failed*.json") for one in read_record(path).get("variants", [])}
    if record and set(wanted) <= have | failed:
        return True
    if record:
        set_aside(folder / block_file(number))
    return False


def read_record(path: Path) -> dict:
    """Empty for a file that is not there or is no record."""
    try:
        record = json.loads(path.read_text())
        return record if isinstance(record, dict) else {}
    except (ValueError, OSError):
        return {}
