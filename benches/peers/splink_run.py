"""Trains Splink on files without labels and writes what it finds.

Usage: splink_run.py MODEL OUT FILE...

One file: record_id and cluster_id of every record, clusters at probability 0.95. Two: record_id_a, record_id_b
of every pair at probability 0.95.
"""

import sys

from splink import DuckDBAPI, Linker
from splink_models import MODELS

THRESHOLD = 0.95


def main(kind, out, *paths):
    model = MODELS[kind](*paths)
    api = DuckDBAPI()
    frames = [api.register(frame) for frame in model.frames]
    linker = Linker(frames if len(frames) > 1 else frames[0], model.settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(model.strict, recall=model.recall)
    training.estimate_u_using_random_sampling(max_pairs=model.max_pairs)
    for rule in model.sessions:
        training.estimate_parameters_using_expectation_maximisation(rule)
    if len(paths) == 2:
        pairs = linker.inference.predict(threshold_match_probability=THRESHOLD).as_pandas_dataframe()
        found = pairs[["unique_id_l", "unique_id_r"]]
        found.columns = ["record_id_a", "record_id_b"]
    else:
        pairs = linker.inference.predict(threshold_match_probability=0.2)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, THRESHOLD)
        found = clusters.as_pandas_dataframe()[["unique_id", "cluster_id"]]
        found.columns = ["record_id", "cluster_id"]
    found.to_csv(out, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
