"""Deduplicates a file with Splink, with the settings of its own notebooks, and writes record_id, cluster_id.

Usage: splink_dedupe.py historical|febrl FILE OUT
"""

import sys

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def historical(path):
    df = pd.read_csv(path, dtype=str).rename(columns={"unique_id": "unique_id"})
    df["first_name_surname_concat"] = df["first_name"].fillna("") + " " + df["surname"].fillna("")
    df.loc[df["first_name"].isna() | df["surname"].isna(), "first_name_surname_concat"] = None
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake,1,3)", "dob"),
            block_on("substr(postcode_fake,1,3)", "first_name"),
            block_on("substr(postcode_fake,1,3)", "surname"),
            block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"
            ),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
    )
    strict = [
        "l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob",
        "substr(l.first_name,1,2) = substr(r.first_name,1,2) and l.surname = r.surname "
        "and substr(l.postcode_fake,1,2) = substr(r.postcode_fake,1,2)",
        "l.dob = r.dob and l.postcode_fake = r.postcode_fake",
    ]
    return df, settings, strict, 0.6, [block_on("first_name", "surname"), block_on("dob")]


def febrl(path):
    df = pd.read_csv(path, dtype=str, skipinitialspace=True)
    df.columns = [name.strip() for name in df.columns]
    df = df.rename(columns={"rec_id": "unique_id"})
    df["given_surname"] = df["given_name"].fillna("") + " " + df["surname"].fillna("")
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"),
            block_on("given_name"),
            block_on("surname"),
            block_on("date_of_birth"),
            block_on("postcode"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison(
                "given_name", "surname", forename_surname_concat_col_name="given_surname"
            ),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        ],
    )
    strict = [
        "l.soc_sec_id = r.soc_sec_id",
        "l.given_name = r.given_name and l.surname = r.surname and l.date_of_birth = r.date_of_birth",
    ]
    return df, settings, strict, 0.9, [block_on("date_of_birth"), block_on("surname")]


def main(kind, path, out):
    df, settings, strict, recall, sessions = {"historical": historical, "febrl": febrl}[kind](path)
    api = DuckDBAPI()
    try:
        linker = Linker(api.register(df), settings)
    except (AttributeError, TypeError):
        linker = Linker(df, settings, db_api=api)
    training = linker.training
    training.estimate_probability_two_random_records_match(strict, recall=recall)
    training.estimate_u_using_random_sampling(max_pairs=5e6)
    for rule in sessions:
        training.estimate_parameters_using_expectation_maximisation(rule)
    predictions = linker.inference.predict(threshold_match_probability=0.2)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, 0.95)
    found = clusters.as_pandas_dataframe()[["unique_id", "cluster_id"]]
    found.columns = ["record_id", "cluster_id"]
    found.to_csv(out, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
