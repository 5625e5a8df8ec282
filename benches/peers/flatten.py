"""Puts the person records of a generated scenario into one CSV of united columns, for tools that read one table.

Usage: flatten.py SCENARIO OUT

The columns are those of a generated table, with record ids `agency|local id` as in key.csv. Dates become ISO 8601
as far as they go; of a name that stands in one column the first word is taken as given name, the last as family
name, the rest as middle name. Nothing else is cleaned.
"""

import csv
import datetime
import json
import pathlib
import sys
import tomllib

COLUMNS = (
    "record_id given_name middle_name family_name birth_date sex birth_place phone email street house unit city "
    "state postcode document_number"
).split()
FIELDS = {
    "given_name": "given",
    "middle_name": "middle",
    "family_name": "family",
    "birth_place": "birth_place",
    "phone": "phone",
    "email": "email",
    "street": "address.street",
    "house": "address.house",
    "unit": "address.unit",
    "city": "address.city",
    "state": "address.region",
    "postcode": "address.postcode",
    "document_number": "document",
}


def flat(value, path=""):
    """Members of an object under their dotted path."""
    if isinstance(value, dict):
        return {k: v for name, inner in value.items() for k, v in flat(inner, f"{path}.{name}" if path else name).items()}
    return {path: str(value)}


def rows(path, mapping):
    with open(path, newline="") as file:
        if mapping["format"] == "csv":
            yield from csv.DictReader(file, delimiter=mapping.get("delimiter", ","))
        else:
            yield from (flat(json.loads(line)) for line in file)


def date(text, formats):
    """A date in ISO 8601, without the parts that its format has not."""
    if not formats or not text:
        return text
    for known in formats:
        try:
            parsed = datetime.datetime.strptime(text, known)
        except ValueError:
            continue
        has_month, has_day = any(code in known for code in ("%m", "%b")), "%d" in known
        return parsed.strftime("%Y-%m-%d" if has_day else "%Y-%m" if has_month else "%Y")
    return ""


def person(fields, row):
    """The united columns of one record; nothing where the row says nothing of it."""

    def cell(name):
        value = fields.get(name)
        return row.get(value["column"] if isinstance(value, dict) else value, "") if value else ""

    out = {column: cell(field) for column, field in FIELDS.items()}
    if words := cell("full").split():
        out["given_name"], out["family_name"] = words[0], words[-1] if len(words) > 1 else ""
        out["middle_name"] = " ".join(words[1:-1])
    out["street"] = out["street"] or cell("address.line")
    born = fields.get("birth_date")
    formats = [] if not isinstance(born, dict) else born.get("formats", []) or [born["format"]]
    out["birth_date"] = date(cell("birth_date"), formats)
    sex = fields.get("sex")
    if isinstance(sex, dict):
        out["sex"] = sex["values"].get(cell("sex"), "")
    return out if any(out.values()) else None


def main(scenario, out):
    folder = pathlib.Path(scenario)
    manifest = tomllib.loads((folder / "manifest.toml").read_text())
    with open(out, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for source in manifest["file"]:
            mapping = tomllib.loads((folder / source["mapping"]).read_text())
            slots = [(nth, slot) for nth, slot in enumerate(mapping["record"]) if slot["type"] == "person"]
            for row in rows(folder / source["path"], mapping) if slots else ():
                local = mapping.get("id_prefix", "") + row[mapping["id"]]
                for nth, slot in slots:
                    if found := person(slot["fields"], row):
                        name = local if nth == 0 else f"{local}/{slot['slot']}"
                        writer.writerow({"record_id": f"{mapping['agency']}|{name}", **found})


if __name__ == "__main__":
    main(*sys.argv[1:])
