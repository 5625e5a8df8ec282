// name: routes-between-cities
// about: Journeys between cities: pairs of consecutive sightings of one vehicle, person or phone in
//    two different cities, counted over all that made them.
// param: max_hours integer = 72 (1..8760) -- Most hours between the two sightings.
// param: min_travellers integer = 1 (1..100000) -- Least number of different travellers.
// param: max_rows integer = 50 (1..1000) -- Most rows.
// column: from_city string -- Where they were seen first.
// column: to_city string -- Where they were seen next.
// column: travellers integer -- Different entities that made the journey.
// column: journeys integer -- How often it was made.
// column: fastest_minutes integer -- Whole minutes of the fastest journey.
// column: last_arrival timestamp -- When the latest one arrived.
// key: from_city, to_city
MATCH (a:Place)<-[s:SEEN_AT]-(v:Entity {view: $view})-[t:SEEN_AT]->(b:Place)
WHERE t.sequence = s.sequence + 1 AND a.city <> b.city
  AND t.at > s.at AND t.at - s.at <= $max_hours * 3600000000
WITH a.city AS from_city, b.city AS to_city, count(DISTINCT v.id) AS travellers,
     count(*) AS journeys, min(t.at - s.at) AS fastest, max(t.at) AS last_arrival
WHERE travellers >= $min_travellers
RETURN from_city, to_city, travellers, journeys, fastest / 60000000 AS fastest_minutes, last_arrival
ORDER BY journeys DESC, from_city, to_city
LIMIT $max_rows
