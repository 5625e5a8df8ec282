// name: paths-pruning-hubs
// about: How two entities are connected over up to six relationships, turning back at hubs while
//    searching instead of filtering afterwards. For graphs where paths-without-hubs meets its limit.
// engines: neo4j
// param: from entity_id -- Where the paths begin.
// example: from = "ent_06cfc2a8149d51672c9819c6f9d45c6b"
// param: to entity_id -- Where they end.
// example: to = "ent_32f5da6587d8055996392166edf23b2b"
// param: max_relationships integer = 40 (1..1000000) -- Most relationships of an entity on the way.
// param: max_rows integer = 20 (1..200) -- Most rows.
// column: hops integer -- Relationships of the path.
// column: entities list of entity_id -- The entities on the path, both ends included.
// key: entities
MATCH p = (a:Entity {view: $view, id: $from}) ((x:Entity)-[:USES|LIVES_AT|STAYED_AT|DRIVES|OWNS|WORKS_FOR|ASSOCIATED_WITH|CALLED|MESSAGED|PAID]-(y:Entity)
  WHERE y.id = $to OR COUNT { (y {view: $view})-[:USES|LIVES_AT|STAYED_AT|DRIVES|OWNS|WORKS_FOR|ASSOCIATED_WITH|CALLED|MESSAGED|PAID]-(:Entity) } <= $max_relationships){1,6} (b:Entity {view: $view, id: $to})
WITH DISTINCT length(p) AS hops, [n IN nodes(p) | n.id] AS entities
RETURN hops, entities
ORDER BY hops, entities
LIMIT $max_rows
