"""Runs accord and Splink on the same files in turn and prints medians and ratios.

Usage: measure.py ACCORD PYTHON DATA MAPPINGS
"""

import collections
import csv
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 3


def timed(command):
    """Seconds of a whole process and its peak memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{command[0]} failed: {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def pairs(sizes):
    return sum(n * (n - 1) // 2 for n in sizes.values())


def quality(path, truth):
    """Pairwise F1, B-cubed F1 and the largest cluster."""
    with open(path, newline="") as file:
        found = {row["record_id"]: row["cluster_id"] for row in csv.DictReader(file)}
    assert found.keys() == truth.keys(), "every record is in a cluster"
    true, said = collections.Counter(truth.values()), collections.Counter(found.values())
    both = collections.Counter((truth[key], found[key]) for key in found)
    f1 = lambda p, r: 2 * p * r / (p + r)
    share = lambda of: sum(both[truth[k], found[k]] / of(k) for k in found) / len(found)
    cubed = f1(share(lambda k: said[found[k]]), share(lambda k: true[truth[k]]))
    return f1(pairs(both) / pairs(said), pairs(both) / pairs(true)), cubed, max(said.values())


def rows(path):
    with open(path, newline="") as file:
        yield from csv.DictReader(file, skipinitialspace=True)


def main(accord, python, data, mappings):
    data, here = pathlib.Path(data), pathlib.Path(__file__).parent
    febrl3, historical = data / "febrl3.csv", data / "historical_25k.csv"
    sets = [
        ("febrl", febrl3, {r["rec_id"]: r["rec_id"].split("-")[1] for r in rows(febrl3)}),
        ("historical", historical, {r["unique_id"]: r["cluster"] for r in rows(historical)}),
    ]
    print(f"{'set':<16}{'system':<9}{'seconds':>9}{'MB':>8}{'pair F1':>9}{'B3 F1':>8}{'largest':>9}")
    for kind, path, truth in sets:
        with tempfile.TemporaryDirectory() as folder:
            out = {name: f"{folder}/{name}.csv" for name in ("accord", "splink")}
            commands = {
                "accord": [accord, "dedupe", "--mapping", f"{mappings}/{kind}.map.toml"]
                + ["--out", out["accord"], str(path)],
                "splink": [python, str(here / "splink_dedupe.py"), kind, str(path), out["splink"]],
            }
            measured = {name: [] for name in commands}
            for _ in range(RUNS):
                for name, command in commands.items():
                    measured[name].append(timed(command))
            figures = {}
            for name, runs in measured.items():
                seconds, memory = (statistics.median(values) for values in zip(*runs))
                pair, cubed, largest = quality(out[name], truth)
                figures[name] = (seconds, memory)
                print(f"{path.stem:<16}{name:<9}{seconds:>9.2f}{memory:>8.0f}{pair:>9.4f}{cubed:>8.4f}{largest:>9}")
            faster, leaner = (b / a for a, b in zip(figures["accord"], figures["splink"]))
            print(f"{path.stem:<16}accord is {faster:.1f} times as fast, with 1/{leaner:.1f} of the memory")


if __name__ == "__main__":
    main(*sys.argv[1:])
