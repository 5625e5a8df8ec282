// name: paths-without-hubs
// about: How two entities are connected, by paths whose inner entities are not hubs: a switchboard,
//    a shelter or a bank connects everybody and explains nothing.
// param: from entity_id -- Where the paths begin.
// example: from = "ent_06cfc2a8149d51672c9819c6f9d45c6b"
// param: to entity_id -- Where they end.
// example: to = "ent_32f5da6587d8055996392166edf23b2b"
// param: max_hops integer = 4 (1..4) -- Most relationships of a path.
// param: max_degree integer = 20 (1..1000000) -- Most neighbours of an inner entity.
// param: max_rows integer = 20 (1..200) -- Most rows.
// column: hops integer -- Relationships of the path.
// column: entities list of entity_id -- The entities on the path, both ends included.
// column: relationships list of string -- The type of each relationship on the path.
// key: entities, relationships
MATCH p = (a:Entity {view: $view, id: $from})-[:USES|LIVES_AT|STAYED_AT|DRIVES|OWNS|WORKS_FOR|ASSOCIATED_WITH|CALLED|MESSAGED|PAID*1..4]-(b:Entity {view: $view, id: $to})
WHERE length(p) <= $max_hops
  AND all(n IN nodes(p) WHERE n.id = $from OR n.id = $to OR n.degree <= $max_degree)
WITH DISTINCT length(p) AS hops, [n IN nodes(p) | n.id] AS entities,
     [r IN relationships(p) | type(r)] AS types
RETURN hops, entities, types AS relationships
ORDER BY hops, entities, relationships
LIMIT $max_rows
