"""Asks a running server with the client that openapi-python-client generates: ADDRESS KEY on the command line."""

import sys

from accord_client import AuthenticatedClient
from accord_client.api.entities import get_entity, list_neighbours, search
from accord_client.api.records import get_record, submit_record
from accord_client.api.resolve import resolve
from accord_client.models.entity_answer import EntityAnswer
from accord_client.models.neighbours_answer import NeighboursAnswer
from accord_client.models.person_body import PersonBody
from accord_client.models.record_answer import RecordAnswer
from accord_client.models.resolve_answer import ResolveAnswer
from accord_client.models.resolve_request import ResolveRequest
from accord_client.models.search_answer import SearchAnswer
from accord_client.models.search_request import SearchRequest
from accord_client.models.submitted import Submitted
from accord_client.models.submitted_row import SubmittedRow
from accord_client.types import Unset

ADDRESS, KEY = sys.argv[1:]
CLIENT = AuthenticatedClient(base_url=ADDRESS, token=KEY)
ASKED = {"client": CLIENT, "x_purpose": "trafficking_investigation", "x_case": "CLIENT-2026-1"}

# Who is this?
body = {"type": "person", "names": [{"full": "Khadka, Maia"}], "birth_date": "2002-09"}
known = resolve.sync(body=ResolveRequest.from_dict({"body": body, "limit": 5}), **ASKED)
assert isinstance(known, ResolveAnswer), known
assert known.candidates and known.candidates[0].levels, known
assert known.rests_on.own_records

# A record, handed in and read.
row = {
    "local_id": "client-1",
    "source": "attrs",
    "category": "contact",
    "records": [{"slot": "who", "body": body}],
}
stored = submit_record.sync(body=SubmittedRow.from_dict(row), **ASKED)
assert isinstance(stored, Submitted), stored
read = get_record.sync(stored.records[0], **ASKED)
assert isinstance(read, RecordAnswer), read
assert isinstance(read.record.body, PersonBody), read.record
assert read.record.body.names[0].full == "Khadka, Maia"
entity = get_entity.sync(read.entity.id, **ASKED)
assert isinstance(entity, EntityAnswer), entity

# A search, page by page.
found, cursor = [], None
while True:
    page = search.sync(
        body=SearchRequest.from_dict({"text": "m", "limit": 7, "cursor": cursor}), **ASKED
    )
    assert isinstance(page, SearchAnswer), page
    found += [hit.entity.id for hit in page.hits.items]
    cursor = page.hits.next_
    if isinstance(cursor, Unset) or cursor is None:
        break
assert len(found) == len(set(found)) == page.hits.total > 7, (len(found), page.hits.total)
# What is around one of them, which has more forms than JSON.
around = list_neighbours.sync(found[0], **ASKED)
assert isinstance(around, NeighboursAnswer), around
assert around.entity.id == found[0]
print(f"openapi-python-client: {len(known.candidates)} candidates, {len(found)} hits")
