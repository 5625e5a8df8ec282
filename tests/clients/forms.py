"""Opens answers of a running server as tables, graphs and maps: ADDRESS KEY on the command line.

Graphs are read with networkx, and hold what the JSON of the same answer holds; so do tables and maps.
"""

import csv
import io
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

import networkx

ADDRESS, KEY = sys.argv[1:]
HEADERS = {
    "Authorization": f"Bearer {KEY}",
    "x-purpose": "trafficking_investigation",
    "x-case": "CLIENT-2026-1",
}


def ask(path, form=None, accept=None, body=None, **query):
    if form:
        query["format"] = form
    url = f"{ADDRESS}{path}?{urllib.parse.urlencode(query)}"
    headers = dict(HEADERS, **({"Accept": accept} if accept else {}))
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        headers["Content-Type"] = "application/json"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
            return answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        error.add_note(f"{path}: {error.read().decode()}")
        raise


def refused(*arguments, **named):
    try:
        ask(*arguments, **named)
    except urllib.error.HTTPError as error:
        return error.code
    return None


def rows(text):
    return list(csv.DictReader(io.StringIO(text.decode(), newline="")))


def same_graph(graph, nodes, edges):
    assert set(graph.nodes) == set(nodes), (set(graph.nodes) ^ set(nodes))
    found = sorted((source, target, data["label"]) for source, target, data in graph.edges(data=True))
    assert found == sorted(edges), (found, edges)
    for node, name in nodes.items():
        assert graph.nodes[node]["label"] == (name or node), (node, name)


def named(entity):
    return entity.get("name", entity.get("pseudonym"))


# The page of entities to look at is itself a table.
_, text = ask("/v1/centrality/degree", limit=40)
ranking = json.loads(text)["ranking"]
headers, text = ask("/v1/centrality/degree", "csv", limit=40)
table = rows(text)
assert [row["id"] for row in table] == [item["entity"]["id"] for item in ranking["items"]]
assert [float(row["score"]) for row in table] == [item["score"] for item in ranking["items"]]
assert headers["x-next-cursor"] == ranking["next"], headers
assert int(headers["x-total-count"]) == ranking["total"]
assert json.loads(headers["x-rests-on"])["own_records"] is True
_, text = ask("/v1/centrality/degree", "csv", limit=40, cursor=headers["x-next-cursor"])
assert not {row["id"] for row in rows(text)} & {row["id"] for row in table}

graphs = places = 0
for item in ranking["items"]:
    entity = item["entity"]["id"]
    path = f"/v1/entities/{entity}/neighbours"
    answer = json.loads(ask(path, limit=500)[1])
    around = answer["neighbours"]["items"]
    nodes = {entity: named(answer["entity"])}
    nodes |= {it["entity"]["id"]: named(it["entity"]) for it in around}
    edges = [
        (relation["source"], relation["target"], relation["kind"])
        for it in around
        for relation in it["relationships"]
    ]
    graphml = networkx.parse_graphml(ask(path, "graphml", limit=500)[1].decode(), force_multigraph=True)
    same_graph(graphml, nodes, edges)
    gexf = ask(path, accept="application/gexf+xml", limit=500)[1]
    same_graph(networkx.MultiDiGraph(networkx.read_gexf(io.BytesIO(gexf))), nodes, edges)
    assert len(rows(ask(path, "csv", limit=500)[1])) == len(edges)
    headers, text = ask(path, "geojson", limit=500)
    map_of = json.loads(text)
    assert headers["content-type"] == "application/geo+json"
    assert map_of["type"] == "FeatureCollection" and map_of["total"] == answer["neighbours"]["total"]
    for feature in map_of["features"]:
        longitude, latitude = feature["geometry"]["coordinates"]
        assert -180 <= longitude <= 180 and -90 <= latitude <= 90
        assert feature["properties"]["id"].startswith("evt_")
    graphs += 1
    places += len(map_of["features"])

# The stays and legs of a vehicle lie on a map, and so does the evidence of what relates it to a phone.
sightings = [("2026-03-01T08:00:00Z", 48.8566, 2.3522), ("2026-03-01T20:00:00Z", 45.764, 4.8357)]
for number, (at, latitude, longitude) in enumerate(sightings):
    row = {
        "local_id": f"forms-{number}",
        "source": "forms",
        "category": "contact",
        "records": [
            {"slot": "car", "body": {"type": "vehicle", "plate": "FO 4711"}},
            {"slot": "phone", "body": {"type": "phone", "number": "+44 20 2555 0143"}},
        ],
        "events": [
            {
                "kind": "sighting",
                "at": at,
                "place": {"city": f"City {number}", "latitude": latitude, "longitude": longitude},
                "participants": {"vehicle": ["car"], "contact": ["phone"]},
            }
        ],
    }
    record = json.loads(ask("/v1/records", body=row)[1])["records"][0]
vehicle = json.loads(ask(f"/v1/records/{record}")[1])["entity"]["id"]
path = f"/v1/entities/{vehicle}/routes"
stays = json.loads(ask(path)[1])["stays"]
features = json.loads(ask(path, "geojson")[1])["features"]
points = [it["geometry"]["coordinates"] for it in features if it["geometry"]["type"] == "Point"]
lines = [it["geometry"]["coordinates"] for it in features if it["geometry"]["type"] == "LineString"]
assert points == [[longitude, latitude] for _, latitude, longitude in sightings], features
assert lines == [points], lines
assert len(rows(ask(path, "csv")[1])) == len(stays) == 2
evidence = json.loads(ask(f"/v1/entities/{vehicle}/neighbours", "geojson")[1])["features"]
assert [it["geometry"]["coordinates"] for it in evidence] == points, evidence

# Every other list is a table with as many rows as it has items.
found = json.loads(ask("/v1/search", body={"text": "m", "limit": 20})[1])
assert len(rows(ask("/v1/search", "csv", body={"text": "m", "limit": 20})[1])) == len(found["hits"]["items"])
run = {"parameters": {}}
answer = json.loads(ask("/v1/queries/shared-phones", body=run)[1])
table = rows(ask("/v1/queries/shared-phones", "csv", body=run)[1])
assert len(table) == len(answer["rows"]) > 0
assert list(table[0]) == [column["name"] for column in answer["columns"]]
findings = json.loads(ask("/v1/indicators/shared-hub", limit=100)[1])["findings"]["items"]
assert len(rows(ask("/v1/indicators/shared-hub", "csv", limit=100)[1])) == len(findings) > 0
graph = networkx.parse_graphml(ask("/v1/indicators/shared-hub", "graphml", limit=100)[1].decode())
assert {finding["hub"]["id"] for finding in findings} <= set(graph.nodes)
communities = json.loads(ask("/v1/communities", limit=100)[1])["communities"]["items"]
members = [member["id"] for community in communities for member in community["members"]]
assert [row["id"] for row in rows(ask("/v1/communities", "csv", limit=100)[1])] == members

# A form that there is not is none.
assert refused("/v1/centrality/degree", "graphml") == 406
assert refused("/v1/centrality/degree", accept="image/png") == 406
print(f"forms: {graphs} graphs in GraphML and GEXF, {places + len(features)} places")
