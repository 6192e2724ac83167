"""How many facts a second verify.py checks on one core, beside what the C parts of the same work cost alone.

Run: .venv/bin/python bench/verify.py [FACTS]. Per fact the verifier parses two levels of JSON, writes the canonical
form again and compares, hashes the leaf and joins the tree. The floor is the same log parsed by json.loads, and hashed,
with no check at all.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from hashlib import sha256

from yunyue import verify

SMALL = (
    '{{"actor":"client","data":{{"instalment":{instalment}}},"datacontenttype":"application/json","id":"f{index}",'
    '"recordedtime":"2024-12-01T09:00:00+08:00","source":"/desk","specversion":"1.0","subject":"beijing-2024",'
    '"time":"2024-05-20T10:00:00+08:00","type":"funds.arrived"}}'
)


def part_of(count: int) -> bytes:
    """The facts part of a bundle that holds a whole log of so many small facts."""
    lines = []
    for index in range(count):
        leaf = SMALL.format(index=index, instalment=index % 99 + 1)
        row = {"index": index, "leaf": leaf, "leaf_hash": sha256(b"\x00" + leaf.encode()).hexdigest()}
        lines.append(verify.canonical(row) + "\n")
    return "".join(lines).encode()


def checked(part: bytes, count: int) -> bytes:
    """The root, all facts checked."""
    proof = verify.Proof(count, [(0, count - 1)], [])
    return verify.root_of(proof, verify.read_facts(part, proof, set()).hashes)


def floor(part: bytes) -> None:
    """Both levels of JSON parsed and the leaf hashed, nothing compared."""
    for line in part.splitlines():
        leaf = json.loads(line)["leaf"]
        json.loads(leaf)
        sha256(b"\x00" + leaf.encode()).digest()


def best(action: Callable[[], object], rounds: int = 3) -> float:
    """The shortest of so many runs, in seconds of processor time."""
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        action()
        spent.append(time.process_time() - start)
    return min(spent)


def main() -> None:
    """Prints the two rates and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    part = part_of(count)
    ours, bare = best(lambda: checked(part, count)), best(lambda: floor(part))
    print(f"{count} facts, {len(part) / count:.0f} bytes a line")
    print(f"verify.py   {count / ours:>10,.0f} facts/s  ({ours * 1e6 / count:.2f} us a fact)")
    print(f"parse+hash  {count / bare:>10,.0f} facts/s  ({bare * 1e6 / count:.2f} us a fact)")
    print(f"ratio       {bare / ours:>10.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
