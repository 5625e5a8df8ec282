"""Splink models of the sets: data made ready, settings, and how to train them.

febrl3, febrl4 and historical have the settings of Splink's own notebooks; people (the generated table and
the flattened scenario) has settings in the style of its documentation, with the columns cleaned as it advises.
"""

import dataclasses
import unicodedata

import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on


@dataclasses.dataclass
class Model:
    """One or two frames, and all that the training of their model needs."""

    frames: list
    settings: SettingsCreator
    # Rules of which nearly every pair is true, and the share of true pairs that they are guessed to find.
    strict: list
    recall: float
    max_pairs: float
    sessions: list


def read(path):
    frame = pd.read_csv(path, dtype=str, skipinitialspace=True)
    frame.columns = [name.strip() for name in frame.columns]
    return frame


def concat(frame, given, family):
    """Both names in one column, null where one is."""
    return frame[given] + " " + frame[family]


def historical(path):
    df = read(path)
    df["first_name_surname_concat"] = concat(df, "first_name", "surname")
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
    return Model([df], settings, strict, 0.6, 5e6, [block_on("first_name", "surname"), block_on("dob")])


def febrl3(path):
    df = read(path).rename(columns={"rec_id": "unique_id"})
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
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        ],
    )
    strict = [
        "l.soc_sec_id = r.soc_sec_id",
        "l.given_name = r.given_name and l.surname = r.surname and l.date_of_birth = r.date_of_birth",
    ]
    return Model([df], settings, strict, 0.9, 5e6, [block_on("date_of_birth"), block_on("surname")])


def febrl4(first, second):
    frames = [read(path).rename(columns={"rec_id": "unique_id"}) for path in (first, second)]
    settings = SettingsCreator(
        link_type="link_only",
        blocking_rules_to_generate_predictions=[
            block_on("given_name", "surname"),
            "l.given_name = r.surname and l.surname = r.given_name",
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
    )
    strict = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
    return Model(frames, settings, strict, 0.8, 1e6, [block_on("date_of_birth"), block_on("postcode")])


def plain(column):
    """Lower case, without accents, one space between words."""
    values = column.dropna().unique()
    fold = lambda text: " ".join(
        unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().split()
    )
    return column.map({value: fold(value) or None for value in values}).astype(object)


def people(path):
    """A generated table of people, or a scenario's person records in one file."""
    raw = read(path)
    df = pd.DataFrame({"unique_id": raw["record_id"]})
    for name in ("given_name", "middle_name", "family_name", "city"):
        df[name] = plain(raw[name])
    # The city only: some clerks add the country.
    df["birth_place"] = plain(raw["birth_place"].str.split(",").str[0])
    df["birth_date"], df["sex"] = raw["birth_date"], raw["sex"]
    # The last ten digits are the national number in most plans.
    df["phone"] = raw["phone"].str.replace(r"\D", "", regex=True).str[-10:]
    df["email"] = raw["email"].str.lower()
    df["postcode"], df["document"] = raw["postcode"], raw["document_number"]
    df["address"] = plain(raw["house"].fillna("") + " " + raw["street"].fillna("") + " " + raw["city"].fillna(""))
    df.loc[raw["street"].isna(), "address"] = None
    df["full_name"] = concat(df, "given_name", "family_name")
    frequent = {"term_frequency_adjustments": True}
    # A column that is empty in all records can be neither compared nor blocked on.
    filled = {name for name in df.columns if df[name].notna().any()}
    comparisons = [
        cl.ForenameSurnameComparison("given_name", "family_name", forename_surname_concat_col_name="full_name"),
        cl.DateOfBirthComparison("birth_date", input_is_string=True),
        cl.ExactMatch("phone").configure(**frequent),
        cl.ExactMatch("document").configure(**frequent),
        cl.ExactMatch("sex"),
        # One comparison of all that says where somebody lives, for its parts depend on each other.
        cl.CustomComparison(
            output_column_name="address",
            comparison_levels=[
                cll.NullLevel("address"),
                cll.ExactMatchLevel("address", term_frequency_adjustments=True),
                cll.JaroWinklerLevel("address", 0.92),
                cll.ExactMatchLevel("postcode", term_frequency_adjustments=True),
                cll.ExactMatchLevel("city", term_frequency_adjustments=True),
                cll.ElseLevel(),
            ],
        ),
    ]
    if "email" in filled:
        comparisons.append(cl.EmailComparison("email"))
    if "birth_place" in filled:
        comparisons.append(cl.JaroWinklerAtThresholds("birth_place", 0.9).configure(**frequent))
    rules = [
        ("given_name", "family_name"),
        ("family_name", "birth_date"),
        ("given_name", "birth_date"),
        ("phone",),
        ("email",),
        ("document",),
        ("address",),
        ("postcode", "family_name"),
        ("postcode", "given_name"),
        ("postcode", "birth_date"),
        ("substr(given_name,1,2)", "substr(family_name,1,2)", "substr(birth_date,1,4)"),
    ]
    known = lambda rule: all("(" in column or column in filled for column in rule)
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules if known(rule)],
        comparisons=comparisons,
    )
    strict = [block_on("document"), block_on("given_name", "family_name", "birth_date")]
    sessions = [block_on("given_name", "family_name"), block_on("birth_date")]
    return Model([df], settings, strict, 0.5, 1e7, sessions)


MODELS = {"historical": historical, "febrl3": febrl3, "febrl4": febrl4, "people": people}
