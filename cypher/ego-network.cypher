// name: ego-network
// about: Who and what is around one entity, up to two relationships away, with the shortest
//    distance.
// param: entity entity_id -- The entity in the middle.
// example: entity = "ent_06cfc2a8149d51672c9819c6f9d45c6b"
// param: max_hops integer = 2 (1..2) -- Most relationships away.
// param: max_rows integer = 200 (1..1000) -- Most rows.
// column: neighbour entity_id -- The entity around it.
// column: type string -- person, phone, address, vehicle or organization.
// column: name string? -- Its name; a pseudonym where it is masked.
// column: distance integer -- Relationships between the two.
// key: neighbour
MATCH p = (c:Entity {view: $view, id: $entity})-[:USES|LIVES_AT|STAYED_AT|DRIVES|OWNS|WORKS_FOR|ASSOCIATED_WITH|CALLED|MESSAGED|PAID|BOOKED_AT|SAME_EVENT*1..2]-(n:Entity)
WHERE n.id <> $entity AND length(p) <= $max_hops
WITH n, min(length(p)) AS hops
RETURN n.id AS neighbour, n.type AS type, n.name AS name, hops AS distance
ORDER BY distance, neighbour
LIMIT $max_rows
