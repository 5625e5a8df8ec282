// name: ring-candidates
// about: A payer around whom several people gather who share a phone or an address: the star. An
//    employer with legal housing, a shelter and a parent look the same; this is where to look, not
//    what to think.
// param: min_people integer = 3 (2..1000) -- Least number of people.
// param: max_rows integer = 50 (1..1000) -- Most rows.
// column: hub entity_id -- Who pays.
// column: shared entity_id -- The phone or address that the people share.
// column: shared_type string -- phone or address.
// column: people integer -- How many people were paid or had their stay paid.
// column: members list of entity_id -- Those people.
// key: hub, shared
MATCH (h:Entity)<-[r:MENTIONS]-(e:Event {view: $view})-[g:MENTIONS]->(m:Person)-[:USES|LIVES_AT|STAYED_AT]->(s:Entity)
WHERE r.role = 'payer' AND g.role IN ['guest', 'payee', 'subject'] AND h.id <> m.id AND h.id <> s.id
  AND NOT h.protected
  AND NOT (h {view: $view})-[:LIVES_AT]->(s)
WITH DISTINCT h, s, m.id AS member ORDER BY member
WITH h, s, collect(member) AS members
WHERE size(members) >= $min_people
RETURN h.id AS hub, s.id AS shared, s.type AS shared_type, size(members) AS people, members
ORDER BY people DESC, hub, shared
LIMIT $max_rows
