// name: shared-phones
// about: Phones that several people use. A switchboard or a family phone is the normal case; look
//    at who the people are before reading anything into it.
// param: min_people integer = 2 (2..1000) -- Least number of people.
// param: max_rows integer = 50 (1..1000) -- Most rows.
// column: phone entity_id -- The phone.
// column: number string? -- Its number.
// column: people integer -- How many people use it.
// column: users list of entity_id -- Those people.
// key: phone
MATCH (ph:Phone {view: $view})<-[:USES]-(p:Person)
WITH DISTINCT ph, p.id AS user_id ORDER BY user_id
WITH ph, collect(user_id) AS users
WHERE size(users) >= $min_people
RETURN ph.id AS phone, ph.name AS number, size(users) AS people, users
ORDER BY people DESC, phone
LIMIT $max_rows
