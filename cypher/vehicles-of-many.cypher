// name: vehicles-of-many
// about: Vehicles that several people drive or own. Rental fleets and company cars are the normal
//    case.
// param: min_people integer = 3 (2..1000) -- Least number of people.
// param: max_rows integer = 50 (1..1000) -- Most rows.
// column: vehicle entity_id -- The vehicle.
// column: plate string? -- Its plate.
// column: people integer -- How many people.
// column: users list of entity_id -- Those people.
// key: vehicle
MATCH (p:Person)-[:DRIVES|OWNS]->(v:Vehicle {view: $view})
WITH DISTINCT v, p.id AS person ORDER BY person
WITH v, collect(person) AS users
WHERE size(users) >= $min_people
RETURN v.id AS vehicle, v.name AS plate, size(users) AS people, users
ORDER BY people DESC, vehicle
LIMIT $max_rows
