"""How well clusters and links agree with the truth. Counted here, not by either of the systems measured."""

import collections
import csv
import dataclasses


@dataclasses.dataclass
class Quality:
    precision: float
    recall: float
    # B-cubed F1 and the largest cluster; nothing where links were measured.
    cubed: float | None = None
    largest: int | None = None

    @property
    def f1(self):
        return f1(self.precision, self.recall)


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def rows(path):
    with open(path, newline="") as file:
        yield from csv.DictReader(file, skipinitialspace=True)


def pairs(sizes):
    return sum(n * (n - 1) // 2 for n in sizes.values())


def share(part, whole):
    return part / whole if whole else 1.0


def read_clusters(path):
    return {row["record_id"]: row["cluster_id"] for row in rows(path)}


def of_clusters(found, truth):
    """Pairwise and B-cubed quality; both are record to label."""
    assert found.keys() == truth.keys(), "every record is in a cluster"
    true, said = collections.Counter(truth.values()), collections.Counter(found.values())
    both = collections.Counter((truth[key], found[key]) for key in found)
    precision = sum(n * n / said[label] for (_, label), n in both.items()) / len(found)
    recall = sum(n * n / true[label] for (label, _), n in both.items()) / len(found)
    right = pairs(both)
    return Quality(
        share(right, pairs(said)), share(right, pairs(true)), f1(precision, recall), max(said.values())
    )


def of_links(path, same, true_links):
    """Quality of pairs; `same` says whether two records are one."""
    found = [same(row["record_id_a"], row["record_id_b"]) for row in rows(path)]
    return Quality(share(sum(found), len(found)), share(sum(found), true_links))


def by_group(found, truth, groups):
    """Recall of each group whose entities are of one group, as in the generated sets: group to (true pairs, recall)."""
    true, both, group_of = collections.Counter(), collections.Counter(), {}
    for record, entity in truth.items():
        true[entity] += 1
        both[entity, found[record]] += 1
        group_of[entity] = groups[record]
    wanted, right = collections.Counter(), collections.Counter()
    for entity, n in true.items():
        wanted[group_of[entity]] += n * (n - 1) // 2
    for (entity, _), n in both.items():
        right[group_of[entity]] += n * (n - 1) // 2
    return {group: (n, right[group] / n) for group, n in sorted(wanted.items()) if n}
