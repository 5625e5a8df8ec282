"""Runs accord and Splink on the same files in turn and prints medians, qualities and ratios.

Usage: measure.py --accord PROGRAM --python PROGRAM --data FOLDER --mappings FOLDER --work FOLDER [SET...]
"""

import argparse
import csv
import json
import math
import pathlib
import subprocess

import flatten
import quality
from timing import in_turn

HERE = pathlib.Path(__file__).parent
RUNS = 3
TABLES = {"table_10k": 10_000, "table_100k": 100_000, "table_1m": 1_000_000}
SEED = 11
SCENARIO = {"people": 10_000, "agencies": 6, "seed": SEED}


class Bench:
    """The systems, the data, and what was measured so far."""

    def __init__(self, options):
        self.options = options
        self.accord, self.data = options.accord, options.data
        # set to system to (seconds, seconds of all cores, MB).
        self.measured = {}

    def splink(self, model, out, *files):
        return [self.options.python, HERE / "splink_run.py", model, out, *files]

    def out(self, name):
        return self.options.work / f"{name}.csv"

    def run(self, name, commands, runs=None):
        runs = {system: RUNS for system in commands} | (runs or {})
        self.measured[name] = in_turn(commands, runs)
        return self.measured[name]

    def line(self, name, system, found):
        seconds, cores, memory = self.measured[name][system]
        cubed = "-" if found.cubed is None else f"{found.cubed:.4f}"
        print(
            f"{name:<15}{system:<8}{seconds:>9.2f}{cores:>8.2f}{memory:>8.0f}{found.precision:>8.4f}{found.recall:>8.4f}"
            f"{found.f1:>8.4f}{cubed:>8}{found.largest or '-':>9}",
            flush=True,
        )

    def ratio(self, name):
        faster, _, leaner = (b / a for a, b in zip(*(self.measured[name][it] for it in ("accord", "splink"))))
        print(f"{name:<15}accord takes 1/{faster:.1f} of Splink's time and 1/{leaner:.1f} of its memory", flush=True)

    def clusters(self, name, model, mapping, file, truth, groups=None, runs=None):
        """Deduplicates one file with both."""
        out = {system: self.out(f"{name}.{system}") for system in ("accord", "splink")}
        commands = {
            "accord": [self.accord, "dedupe", "--mapping", mapping, "--out", out["accord"], file],
            "splink": self.splink(model, out["splink"], file),
        }
        self.run(name, commands, runs)
        for system, path in out.items():
            found = quality.read_clusters(path)
            self.line(name, system, quality.of_clusters(found, truth))
            if groups:
                print_groups(name, system, quality.by_group(found, truth, groups))
        self.ratio(name)


def print_groups(name, system, recalls):
    worst, best = (pick(recalls, key=lambda group: recalls[group][1]) for pick in (min, max))
    points = 100 * (recalls[best][1] - recalls[worst][1])
    print(
        f"{name:<15}{system:<8}recall by culture: {worst} {recalls[worst][1]:.4f} to {best} {recalls[best][1]:.4f}, "
        f"{points:.1f} points apart",
        flush=True,
    )


def febrl3(bench):
    file = bench.data / "people/febrl3.csv"
    truth = {row["rec_id"]: row["rec_id"].split("-")[1] for row in quality.rows(file)}
    bench.clusters("febrl3", "febrl3", bench.options.mappings / "febrl.map.toml", file, truth)


def historical_25k(bench):
    file = bench.data / "people/historical_25k.csv"
    truth = {row["unique_id"]: row["cluster"] for row in quality.rows(file)}
    bench.clusters("historical_25k", "historical", bench.options.mappings / "historical.map.toml", file, truth)


def febrl4(bench):
    files = [bench.data / f"people/febrl4{half}.csv" for half in "ab"]
    out = {system: bench.out(f"febrl4.{system}") for system in ("accord", "splink")}
    mapping = bench.options.mappings / "febrl.map.toml"
    commands = {
        "accord": [bench.accord, "link", "--mapping", mapping, "--out", out["accord"], *files],
        "splink": bench.splink("febrl4", out["splink"], *files),
    }
    bench.run("febrl4", commands)
    same = lambda a, b: a.split("-")[1] == b.split("-")[1]
    for system, path in out.items():
        bench.line("febrl4", system, quality.of_links(path, same, 5_000))
    bench.ratio("febrl4")


def names(bench):
    file, out = bench.data / "names/name_pairs.csv", bench.out("names")
    bench.run("names", {"accord": [bench.accord, "compare", "names", file, "--out", out]})
    said, true, both = 0, 0, 0
    for row in quality.rows(out):
        answers = row["match"] == "true", row["is_match"].lower() == "true"
        said, true, both = said + answers[0], true + answers[1], both + all(answers)
    bench.line("names", "accord", quality.Quality(both / said, both / true))


def table(bench, name):
    folder = bench.options.work / name
    records = TABLES[name]
    generate = [bench.accord, "generate", "--table", records, "--seed", SEED, "--out", folder]
    bench.run(f"{name}.made", {"accord": generate}, {"accord": 1})
    seconds, _, memory = bench.measured[f"{name}.made"]["accord"]
    print(f"{name:<15}made in {seconds:.2f} s with {memory:.0f} MB", flush=True)
    key = list(quality.rows(folder / "key.csv"))
    truth = {row["record_id"]: row["entity"] for row in key}
    groups = {row["record_id"]: row["group"] for row in key}
    runs = {"splink": 1} if records >= 1_000_000 else None
    bench.clusters(
        name, "people", folder / "people.csv.map.toml", folder / "people.csv", truth, groups, runs
    )


def exponent(bench):
    """Time as a power of the number of records, from the smallest table to the greatest."""
    known = [name for name in TABLES if name in bench.measured]
    if len(known) < 2:
        return
    first, last = known[0], known[-1]
    slope = lambda a, b: math.log(b / a) / math.log(TABLES[last] / TABLES[first])
    for system in ("accord", "splink"):
        both = [bench.measured[name][system] for name in (first, last)]
        seconds, cores, _ = (slope(*pair) for pair in zip(*both))
        print(f"exponent of time, {first} to {last}: {system} {seconds:.3f}, of all cores' work {cores:.3f}")
    entropy = [n * math.log(n) for n in (TABLES[first], TABLES[last])]
    print(f"exponent of n log n over the same range: {slope(*entropy):.3f}")


def scenario(bench):
    """Six agencies' files through a store; Splink on their person records in one table."""
    folder, store = bench.options.work / "scenario", bench.options.work / "scenario.accord"
    options = [part for name, value in SCENARIO.items() for part in (f"--{name}", str(value))]
    made = [bench.accord, "generate", *options, "--groups", "--out", folder]
    said = subprocess.run(made, check=True, capture_output=True, text=True).stdout
    print("\n".join(f"{'scenario':<15}{line}" for line in said.splitlines()))
    flat, out = bench.options.work / "scenario.csv", bench.out("scenario.splink")
    flatten.main(folder, flat)
    for old in bench.options.work.glob("scenario.accord*"):
        old.unlink()
    bench.run(
        "scenario",
        {
            "accord": [bench.accord, "import", "--store", store, folder / "manifest.toml"],
            "splink": bench.splink("people", out, flat),
        },
        # Importing again would find all records there.
        {"accord": 1, "splink": 1},
    )
    evaluate = [bench.accord, "evaluate", "--store", store, "--key", folder / "key.csv"]
    evaluate += ["--groups", folder / "groups.csv", "--json"]
    figures = json.loads(subprocess.run(evaluate, check=True, capture_output=True, text=True).stdout)
    for kind, of in figures["types"].items():
        pair, cubed = of["pairwise"], of["b_cubed"]["f1"]
        found = quality.Quality(pair["precision"], pair["recall"], cubed, of["largest_cluster"])
        bench.measured[f"  {kind}"] = bench.measured["scenario"]
        bench.line(f"  {kind}", "accord", found)
    person = figures["types"]["person"]["groups"]["groups"]
    recalls = {group: (row["true_pairs"], row["pairwise"]["recall"]) for group, row in person.items()}
    print_groups("  person", "accord", {group: row for group, row in recalls.items() if row[0]})
    name = lambda row: f"{row['agency']}|{row['record_id']}"
    truth = {name(row): row["entity"] for row in quality.rows(folder / "key.csv") if row["type"] == "person"}
    groups = {name(row): row["group"] for row in quality.rows(folder / "groups.csv")}
    found = quality.read_clusters(out)
    bench.line("  person", "splink", quality.of_clusters(found, truth))
    print_groups("  person", "splink", quality.by_group(found, truth, groups))


SETS = {
    "febrl3": febrl3,
    "febrl4": febrl4,
    "historical_25k": historical_25k,
    "names": names,
    **{name: lambda bench, name=name: table(bench, name) for name in TABLES},
    "scenario": scenario,
}


def main():
    parser = argparse.ArgumentParser()
    for option in ("accord", "python", "data", "mappings", "work"):
        parser.add_argument(f"--{option}", type=pathlib.Path, required=True)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}")
    options = parser.parse_args()
    if unknown := [name for name in options.sets if name not in SETS]:
        parser.error(f"no such set: {', '.join(unknown)}; there are {', '.join(SETS)}")
    bench = Bench(options)
    csv.field_size_limit(1 << 24)
    print(
        f"{'set':<15}{'system':<8}{'seconds':>9}{'cores':>8}{'MB':>8}{'P':>8}{'R':>8}{'F1':>8}{'B3 F1':>8}{'largest':>9}",
        flush=True,
    )
    for name in options.sets or SETS:
        SETS[name](bench)
    exponent(bench)


if __name__ == "__main__":
    main()
