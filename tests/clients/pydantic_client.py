"""Asks a running server with the client that openapi-generator generates: ADDRESS KEY on the command line."""

import sys

import openapi_client as accord

ADDRESS, KEY = sys.argv[1:]
CLIENT = accord.ApiClient(accord.Configuration(host=ADDRESS, access_token=KEY))
ASKED = {"x_purpose": "trafficking_investigation", "x_case": "CLIENT-2026-1"}

# Who is this?
person = accord.PersonBody(
    type="person", names=[accord.PersonName(full="Khadka, Maia")], birth_date="2002-09"
)
request = accord.ResolveRequest(body=accord.Body(person), limit=5)
known = accord.ResolveApi(CLIENT).resolve(resolve_request=request, **ASKED)
assert known.candidates and known.candidates[0].levels, known
assert known.rests_on.own_records

# A record, handed in and read.
records = accord.RecordsApi(CLIENT)
row = accord.SubmittedRow(
    local_id="client-2",
    source="pydantic",
    category="contact",
    records=[accord.SubmittedRecord(slot="who", body=accord.Body(person))],
)
stored = records.submit_record(submitted_row=row, **ASKED)
read = records.get_record(stored.records[0], **ASKED)
assert read.record.actual_instance.body.actual_instance.names[0].full == "Khadka, Maia", read
entities = accord.EntitiesApi(CLIENT)
entities.get_entity(read.entity.id, **ASKED)

# A search, page by page.
found, cursor = [], None
while True:
    request = accord.SearchRequest(text="m", limit=7, cursor=cursor)
    page = entities.search(search_request=request, **ASKED)
    found += [hit.entity.id for hit in page.hits.items]
    cursor = page.hits.next
    if cursor is None:
        break
assert len(found) == len(set(found)) == page.hits.total > 7, (len(found), page.hits.total)
# What is around one of them, which has more forms than JSON.
around = entities.list_neighbours(found[0], **ASKED)
assert around.entity.id == found[0], around
print(f"openapi-generator: {len(known.candidates)} candidates, {len(found)} hits")
