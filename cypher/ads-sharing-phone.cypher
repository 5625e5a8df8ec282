// name: ads-sharing-phone
// about: Phones that stand in advertisements of several cities.
// param: min_cities integer = 2 (1..1000) -- Least number of cities.
// param: since timestamp = "1970-01-01T00:00:00Z" -- No advertisements before this.
// param: max_rows integer = 50 (1..1000) -- Most rows.
// column: phone entity_id -- The phone.
// column: number string? -- Its number.
// column: ads integer -- Advertisements.
// column: cities list of string -- The cities, by name.
// column: first timestamp -- The first advertisement.
// column: last timestamp -- The last advertisement.
// key: phone
MATCH (e:Event {view: $view, kind: 'ad'})-[:MENTIONS]->(ph:Phone)
WHERE e.at >= $since AND e.city IS NOT NULL
WITH ph, e.city AS city, count(DISTINCT e.id) AS published, min(e.at) AS since, max(e.at) AS until
ORDER BY city
WITH ph, collect(city) AS cities, sum(published) AS ads, min(since) AS first_ad, max(until) AS last_ad
WHERE size(cities) >= $min_cities
RETURN ph.id AS phone, ph.name AS number, ads, cities, first_ad AS first, last_ad AS last
ORDER BY ads DESC, phone
LIMIT $max_rows
