// name: front-businesses
// about: Phones and addresses that several organizations share: an office building, an accountant,
//    or one business under several names.
// param: min_organizations integer = 2 (2..1000) -- Least number of organizations.
// param: max_rows integer = 50 (1..1000) -- Most rows.
// column: shared entity_id -- The phone or address.
// column: shared_type string -- phone or address.
// column: organizations integer -- How many organizations.
// column: members list of entity_id -- Those organizations.
// column: workers integer -- Different people who work for one of them.
// key: shared
MATCH (o:Organization)-[:USES|LIVES_AT]->(s:Entity {view: $view})
OPTIONAL MATCH (o {view: $view})<-[:WORKS_FOR]-(w:Person)
WITH s, o.id AS organization, w.id AS worker ORDER BY organization
WITH s, collect(DISTINCT organization) AS members, count(DISTINCT worker) AS workers
WHERE size(members) >= $min_organizations
RETURN s.id AS shared, s.type AS shared_type, size(members) AS organizations, members, workers
ORDER BY organizations DESC, shared
LIMIT $max_rows
