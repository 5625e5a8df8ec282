// name: co-travel
// about: Pairs of vehicles, people or phones that were seen at the same places within a few minutes
//    of each other, at several different places: a convoy, a team, or a family on holiday.
// param: minutes integer = 15 (1..1440) -- Most minutes between the two sightings at a place.
// param: min_places integer = 3 (2..100) -- Least number of different places.
// param: max_rows integer = 50 (1..1000) -- Most rows.
// column: one entity_id -- One of the two.
// column: other entity_id -- The other.
// column: places integer -- Different places where both were seen together.
// column: meetings integer -- Pairs of sightings that close in time.
// column: first timestamp -- The earliest of those sightings.
// column: last timestamp -- The latest of those sightings.
// key: one, other
MATCH (a:Entity {view: $view})-[s:SEEN_AT]->(pl:Place)<-[t:SEEN_AT]-(b:Entity)
WHERE a.id < b.id AND abs(s.at - t.at) <= $minutes * 60000000
WITH a.id AS one, b.id AS other, count(DISTINCT pl.id) AS places, count(*) AS meetings,
     min(s.at) AS first_one, min(t.at) AS first_other, max(s.at) AS last_one, max(t.at) AS last_other
WHERE places >= $min_places
RETURN one, other, places, meetings,
       CASE WHEN first_one <= first_other THEN first_one ELSE first_other END AS first,
       CASE WHEN last_one >= last_other THEN last_one ELSE last_other END AS last
ORDER BY places DESC, meetings DESC, one, other
LIMIT $max_rows
