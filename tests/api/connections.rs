//! The bound on open connections: clients that send nothing, or never the end of a body, keep nobody out.

use std::io::Write;
use std::net::TcpStream;

use super::Server;
use super::server::Special;

const MOST: usize = 12;

fn stall(server: &Server, token: &str, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.base().trim_start_matches("http://")).unwrap();
    stream.write_all(sent.replace("TOKEN", token).as_bytes()).unwrap();
    stream
}

#[test]
fn at_the_bound_a_connection_that_waits_for_its_client_makes_room_for_a_new_one() {
    let special = Special { connections_max: Some(MOST), ..Special::default() };
    let server = Server::with(special);
    let client = server.agency("metro-police");
    let token = client.headers().swap_remove(0).1;
    let body = "POST /v1/records HTTP/1.1\r\nhost: a\r\nauthorization: TOKEN\r\nx-case: ALL-1\r\n\
                x-purpose: trafficking_investigation\r\ncontent-type: application/json\r\n\
                content-length: 100\r\n\r\n{";
    for sent in
        ["", "GET /health HTTP/1.1\r\nhost: ", "GET /health HTTP/1.1\r\nhost: a\r\n\r\n", body]
    {
        let mut stalled = Vec::new();
        for _ in 0..4 * MOST {
            stalled.push(stall(&server, &token, sent));
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        // Each on a connection of its own.
        for _ in 0..4 {
            let fresh = server.agency("metro-police");
            assert_eq!(server.with_token(None).get("/health").status, 200, "{sent}");
            assert_eq!(server.with_token(None).get("/ready").status, 200, "{sent}");
            assert_eq!(fresh.get("/v1/jobs").status, 200, "{sent}");
        }
    }
}
