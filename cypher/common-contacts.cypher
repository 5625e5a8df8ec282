// name: common-contacts
// about: Who two phones (or people) both called, wrote to, or were called by.
// param: first entity_id -- One phone or person.
// example: first = "ent_232364a147f8e961d9fdd87653cf744d"
// param: second entity_id -- The other.
// example: second = "ent_45036d17b8d0796e001b44e7835b4c38"
// param: max_rows integer = 100 (1..1000) -- Most rows.
// column: contact entity_id -- The common contact.
// column: type string -- person or phone.
// column: name string? -- Its number or name; a pseudonym where it is masked.
// column: with_first integer -- Calls and messages with the first.
// column: with_second integer -- Calls and messages with the second.
// key: contact
MATCH (a:Entity {view: $view, id: $first})-[r:CALLED|MESSAGED]-(c:Entity)
WHERE c.id <> $second
WITH c, sum(r.events) AS by_first
MATCH (c {view: $view})-[s:CALLED|MESSAGED]-(b:Entity {view: $view, id: $second})
WITH c, by_first, sum(s.events) AS by_second
RETURN c.id AS contact, c.type AS type, c.name AS name, by_first AS with_first, by_second AS with_second
ORDER BY contact
LIMIT $max_rows
