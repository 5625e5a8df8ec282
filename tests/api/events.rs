use super::{AGENCIES, Server};
#[test]
fn find_example() {
    let server = Server::demo();
    let mut all: Option<std::collections::BTreeSet<String>> = None;
    for agency in AGENCIES {
        let client = server.agency(agency);
        let text = client.get("/v1/entities/ent_2b7b99e8a2a548d910a1e64dc33838f2/routes").text();
        let ids: std::collections::BTreeSet<String> = text
            .match_indices("evt_")
            .map(|(at, _)| text[at..at + 36].to_owned())
            .filter(|id| client.get(&format!("/v1/events/{id}")).status == 200)
            .collect();
        all = Some(match all {
            None => ids,
            Some(all) => all.intersection(&ids).cloned().collect(),
        });
        println!("{agency} {}", all.as_ref().unwrap().len());
    }
    let id = all.unwrap().into_iter().next().unwrap();
    println!("{}", server.agency("metro-police").get(&format!("/v1/events/{id}")).text());
    println!(
        "{}",
        server
            .agency("metro-police")
            .get("/v1/entities/ent_ac3e67dc330a0be5fb1aea554b9077a4/neighbours?limit=1")
            .text()
    );
}
