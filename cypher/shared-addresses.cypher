// name: shared-addresses
// about: Addresses where several people live or stayed of whom many pairs share no family name. A
//    household of one family counts no such pair. Shelters, hostels and hospitals are the normal
//    case.
// param: min_people integer = 3 (2..1000) -- Least number of people that are in such a pair.
// param: max_rows integer = 50 (1..1000) -- Most rows.
// column: address entity_id -- The address.
// column: name string? -- The address as text.
// column: people integer -- People who are in at least one pair without a common family name.
// column: unrelated_pairs integer -- Pairs of people without a common family name.
// key: address
MATCH (a:Person)-[:LIVES_AT|STAYED_AT]->(ad:Address {view: $view})<-[:LIVES_AT|STAYED_AT]-(b:Person)
WHERE a.id <> b.id AND none(f IN a.families WHERE f IN b.families)
WITH DISTINCT ad, a.id AS one, b.id AS other
WITH ad, count(DISTINCT one) AS members, count(*) AS directed
WHERE members >= $min_people
RETURN ad.id AS address, ad.name AS name, members AS people, directed / 2 AS unrelated_pairs
ORDER BY people DESC, unrelated_pairs DESC, address
LIMIT $max_rows
