// name: rotating-phones
// about: People who used several phones one after the other within a short time, each for a while.
// param: min_phones integer = 3 (2..100) -- Least number of phones.
// param: days integer = 180 (1..3650) -- Most days from the first use of the first phone to the first
//    use of the last.
// param: max_rows integer = 50 (1..1000) -- Most rows.
// column: person entity_id -- Who.
// column: phones integer -- How many phones.
// column: numbers list of entity_id -- Those phones, by the time of their first use.
// column: first timestamp -- First use of the first phone.
// column: last timestamp -- First use of the last phone.
// key: person
MATCH (p:Person {view: $view})-[u:USES]->(ph:Phone)
WHERE u.since IS NOT NULL
WITH p, ph.id AS phone, min(u.since) AS since ORDER BY since, phone
WITH p, collect(phone) AS numbers, min(since) AS first_use, max(since) AS last_use
WHERE size(numbers) >= $min_phones AND last_use - first_use <= $days * 86400000000
RETURN p.id AS person, size(numbers) AS phones, numbers, first_use AS first, last_use AS last
ORDER BY phones DESC, person
LIMIT $max_rows
