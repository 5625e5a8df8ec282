// name: payers-of-many-bookings
// about: Who pays for the bookings of many different guests: a travel office, an employer, or a
//    funnel.
// param: min_guests integer = 3 (1..100000) -- Least number of different guests other than the payer.
// param: max_rows integer = 50 (1..1000) -- Most rows.
// column: payer entity_id -- Who pays.
// column: type string -- person, phone, address, vehicle or organization.
// column: guests integer -- Different guests other than the payer.
// column: bookings integer -- Bookings.
// column: cities integer -- Different cities.
// key: payer
MATCH (p:Entity)<-[r:MENTIONS {role: 'payer'}]-(e:Event {view: $view, kind: 'booking'})-[g:MENTIONS {role: 'guest'}]->(m:Entity)
WHERE p.id <> m.id
WITH p, count(DISTINCT m.id) AS visitors, count(DISTINCT e.id) AS stays, count(DISTINCT e.city) AS towns
WHERE visitors >= $min_guests
RETURN p.id AS payer, p.type AS type, visitors AS guests, stays AS bookings, towns AS cities
ORDER BY guests DESC, bookings DESC, payer
LIMIT $max_rows
