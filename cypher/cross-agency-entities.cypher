// name: cross-agency-entities
// about: Entities that several agencies hold records of: where cooperation finds something that no
//    agency sees alone.
// param: min_agencies integer = 2 (2..100) -- Least number of agencies.
// param: max_rows integer = 100 (1..1000) -- Most rows.
// column: entity entity_id -- The entity.
// column: type string -- person, phone, address, vehicle or organization.
// column: name string? -- Its name; a pseudonym where it is masked.
// column: agencies list of string -- The agencies, by name.
// column: records integer -- Visible records of the entity.
// key: entity
MATCH (r:Record {view: $view})-[:OF]->(e:Entity)
WITH e, r.agency AS agency, count(r) AS held ORDER BY agency
WITH e, collect(agency) AS agencies, sum(held) AS records
WHERE size(agencies) >= $min_agencies
RETURN e.id AS entity, e.type AS type, e.name AS name, agencies, records
ORDER BY records DESC, entity
LIMIT $max_rows
