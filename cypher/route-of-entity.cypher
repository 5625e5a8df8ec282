// name: route-of-entity
// about: Where one vehicle, person or phone was seen, step by step along time.
// param: entity entity_id -- Whose route.
// example: entity = "ent_2b7b99e8a2a548d910a1e64dc33838f2"
// param: since timestamp = "1970-01-01T00:00:00Z" -- No sightings before this.
// param: until timestamp = "2200-01-01T00:00:00Z" -- No sightings from this on.
// param: max_rows integer = 200 (1..1000) -- Most rows.
// column: step integer -- Number of the sighting along time, from 1.
// column: at timestamp -- When.
// column: place string? -- Name of the camera, crossing or venue.
// column: city string? -- City.
// column: latitude float? -- WGS 84 latitude in degrees.
// column: longitude float? -- WGS 84 longitude in degrees.
// key: step
MATCH (v:Entity {view: $view, id: $entity})-[s:SEEN_AT]->(pl:Place)
WHERE s.at >= $since AND s.at < $until
RETURN s.sequence AS step, s.at AS at, pl.name AS place, pl.city AS city, pl.latitude AS latitude,
       pl.longitude AS longitude
ORDER BY step
LIMIT $max_rows
