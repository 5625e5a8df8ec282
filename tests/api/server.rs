//! Starting the server as the program does, and asking it over HTTP.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;

use accord::api::{Application, Config, Notice, Random, Tls};
use accord::govern::{Member, POLICY_DOCUMENT, Policy, Principal, Role};
use accord::identity::{self, ApiKey, Keys, SealingKey};
use accord::ingest::load_manifest;
use accord::jobs::{self, BATCH_ROWS};
use accord::model::{IdKey, Timestamp};
use accord::query::{Library, Runner};
use accord::resolve::{Engine, Model};
use accord::store::{self, Store, StoreAddress};
use actix_web::dev::ServerHandle;
use serde_json::Value;

use crate::policy;

/// The agencies of the demo.
pub const AGENCIES: [&str; 6] = [
    "border-guard",
    "financial-intelligence",
    "harbour-shelter",
    "highway-patrol",
    "labour-inspectorate",
    "metro-police",
];

/// Options of a server that most tests do without.
#[derive(Default)]
pub struct Special {
    pub identity: identity::Settings,
    pub tls: Option<Tls>,
    pub clock: Option<jobs::Clock>,
    pub purge_every: Option<std::time::Duration>,
    pub random: Option<Random>,
    pub connections_max: Option<usize>,
    /// True if the store holds a policy and keys already, which stay as they are.
    pub kept: bool,
}

impl Special {
    fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// A running server on a store of its own.
pub struct Server {
    pub store: Arc<dyn Store>,
    pub audit: PathBuf,
    scheme: &'static str,
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts a server on an empty store.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = file(&folder.path().join("store.accord"));
        Self::on(folder, &address)
    }

    /// Starts a server on a store that holds the demo.
    pub fn demo() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.accord");
        std::fs::copy(demo_store(), &path).unwrap();
        Self::on(folder, &file(&path))
    }

    /// Starts a server on a new store at an address.
    pub fn on(folder: tempfile::TempDir, address: &StoreAddress) -> Self {
        Self::start(folder, address, Special::default())
    }

    /// Starts a server on a new store, with a clock that stands still and without randomness: the answers of two such
    /// servers differ only if their stores do.
    pub fn still(folder: tempfile::TempDir, address: &StoreAddress) -> Self {
        Self::still_on(folder, address, |_| {})
    }

    /// Starts a server as [`Self::still`] does, on a store that is filled before. It purges at once.
    pub fn still_on(
        folder: tempfile::TempDir,
        address: &StoreAddress,
        fill: impl FnOnce(&dyn Store),
    ) -> Self {
        let at = Timestamp::from_micros(START).unwrap();
        let special = Special {
            clock: Some(Arc::new(move || at)),
            random: Some(Arc::new(|| [7; 32])),
            ..Special::default()
        };
        let scheme = special.scheme();
        let config = configured(&folder, address, special);
        fill(config.store.as_ref());
        Self::run(folder, config, scheme)
    }

    /// Starts a server on an empty store, with special options.
    pub fn with(special: Special) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = file(&folder.path().join("store.accord"));
        Self::start(folder, &address, special)
    }

    /// Starts a server on a store that another server has left, as it was left.
    pub fn again(address: &StoreAddress) -> Self {
        let special = Special { kept: true, ..Special::default() };
        Self::start(tempfile::tempdir().unwrap(), address, special)
    }

    fn start(folder: tempfile::TempDir, address: &StoreAddress, special: Special) -> Self {
        let scheme = special.scheme();
        let config = configured(&folder, address, special);
        Self::run(folder, config, scheme)
    }

    fn run(folder: tempfile::TempDir, config: Config, scheme: &'static str) -> Self {
        let (store, audit) = (Arc::clone(&config.store), config.audit.clone());
        let (send, receive) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let application = Application::build(config).unwrap();
                send.send((application.address(), application.handle())).unwrap();
                application.run().await.unwrap();
            });
        });
        let (address, handle) = receive.recv().unwrap();
        Self { store, audit, scheme, address, handle, thread: Some(thread), _folder: folder }
    }

    /// A client with the token of an agency's analyst.
    pub fn agency(&self, agency: &str) -> Client {
        self.client(Some(token(agency)), (agency, "analyst"))
    }

    /// A client of an agency's user with these roles, with a new key.
    pub fn user(&self, agency: &str, user: &str, roles: &[Role]) -> Client {
        self.user_since(agency, user, roles, Timestamp::from_micros(START).unwrap())
    }

    /// A client of an agency's user with these roles, with a key made at a time.
    pub fn user_since(
        &self,
        agency: &str,
        user: &str,
        roles: &[Role],
        created: Timestamp,
    ) -> Client {
        self.holder(ApiKey { created, ..key(agency, user, roles) })
    }

    /// A client with this key.
    pub fn holder(&self, key: ApiKey) -> Client {
        let Principal { agency, user, roles, .. } = &key.holder;
        let random = *blake3::hash(format!("{agency} {user} {roles:?}").as_bytes()).as_bytes();
        // Made anew for every client, always the same.
        let keys = Keys(self.store.as_ref());
        keys.revoke(|_, known| known.holder == key.holder, |_, _| crate::unlogged::making())
            .unwrap();
        let (_, token) = keys.create(random, &key, |_| crate::unlogged::making()).unwrap();
        self.client(Some(token), (&key.holder.agency, &key.holder.user))
    }

    /// A client with an operator's token.
    pub fn operator(&self) -> Client {
        self.client(Some(token("operations")), ("operations", "analyst"))
    }

    /// A client with this token or none.
    pub fn with_token(&self, token: Option<&str>) -> Client {
        self.client(token.map(str::to_owned), ("", ""))
    }

    /// A client that asks about the case that everybody works on if the user does, else about a reference.
    fn client(&self, token: Option<String>, (agency, user): (&str, &str)) -> Client {
        let policy = self.store.document(POLICY_DOCUMENT).unwrap();
        let policy = Policy::from_document(policy.as_deref()).unwrap();
        let case = policy.cases.get(&policy::CASE.parse().unwrap());
        let is = |it: &Member| it.agency == agency && it.user == user;
        let works = case.is_some_and(|case| case.members.iter().any(is));
        Client::new(self.base(), token, if works { policy::CASE } else { policy::REFERENCE })
    }

    pub fn base(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }
}

/// Makes the configuration of a server on a new store.
pub fn configured(folder: &tempfile::TempDir, address: &StoreAddress, special: Special) -> Config {
    let store = store::open(address, true).unwrap();
    if !special.kept {
        keys(store.as_ref());
        let policy = policy::everyone_shares(&AGENCIES);
        store
            .put_document(POLICY_DOCUMENT, &policy.to_document(), &crate::unlogged::MAKING)
            .unwrap();
    }
    Config {
        store,
        runner: Runner::for_store(Library::shipped().unwrap(), address).unwrap(),
        engine: Arc::new(Engine::new(Model::shipped())),
        id_key: IdKey::default(),
        audit: folder.path().join("audit"),
        listen: ([127, 0, 0, 1], 0).into(),
        identity: special.identity,
        privileged_seconds: 900,
        sealing: sealing(),
        notice: Notice::default(),
        tls: special.tls,
        view_bytes_max: accord::graph::VIEW_BYTES_MAX,
        purge_every: special.purge_every.unwrap_or(accord::api::PURGE_EVERY),
        // Tests ask all operations without credentials; tests/cli/flood.rs runs with the limit.
        failures_a_minute: u32::MAX / 60,
        connections_max: special.connections_max.unwrap_or(accord::api::CONNECTIONS_MAX),
        // A signal ends the tests, and not the servers under them.
        signals: false,
        clock: special.clock.unwrap_or_else(clock),
        random: special.random.unwrap_or_else(counter),
    }
}

/// The key that secrets are sealed with.
pub fn sealing() -> SealingKey {
    SealingKey::of([9; 32]).unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        let stop = self.handle.stop(false);
        actix_web::rt::System::new().block_on(stop);
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            if !std::thread::panicking() {
                ended.unwrap();
            }
        }
    }
}

pub fn file(path: &Path) -> StoreAddress {
    path.to_str().unwrap().parse().unwrap()
}

/// The demo, imported once for all tests.
fn demo_store() -> PathBuf {
    static STORE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let make = || {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("demo.accord");
        import_demo(store::open(&file(&path), true).unwrap().as_ref());
        (folder, path)
    };
    STORE.get_or_init(make).1.clone()
}

/// Imports fixtures/demo.
pub fn import_demo(store: &dyn Store) {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo/manifest.toml");
    let (_, sources) = load_manifest(&manifest, &IdKey::default()).unwrap();
    let engine = Engine::new(Model::shipped());
    let report = jobs::import(
        store,
        &engine,
        &sources,
        BATCH_ROWS,
        policy::handed_in(),
        &mut crate::unlogged::Unwatched,
    )
    .unwrap();
    assert!(report.files.iter().all(|file| file.refused == 0));
}

/// The time at which the clock of every server starts, in microseconds since 1970.
pub const START: i64 = 1_790_000_000_000_000;

/// A clock that moves a millisecond at each look, from the same start for every server.
fn clock() -> jobs::Clock {
    let ticks = AtomicU64::new(0);
    Arc::new(move || {
        let ticks = ticks.fetch_add(1, Ordering::Relaxed) as i64;
        Timestamp::from_micros(START + ticks * 1_000).unwrap()
    })
}

/// Numbers in place of random bytes, the same for every server.
fn counter() -> Random {
    let next = AtomicU8::new(0);
    Arc::new(move || [next.fetch_add(1, Ordering::Relaxed); 32])
}

/// The key of an agency's analyst, the same in every test.
pub fn token(agency: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let store = store::open(&file(&folder.path().join("keys")), true).unwrap();
    create(store.as_ref(), agency)
}

/// A key of a user with these roles.
pub fn key(agency: &str, user: &str, roles: &[Role]) -> ApiKey {
    let holder = Principal {
        agency: agency.into(),
        user: user.into(),
        roles: roles.iter().copied().collect(),
        purposes: None,
        certified: false,
        attributes: [].into(),
    };
    let created = Timestamp::from_micros(START).unwrap();
    let expires = Timestamp::from_micros(START + 366 * 86_400_000_000).unwrap();
    ApiKey { holder, created, expires, certificate: None }
}

fn create(store: &dyn Store, agency: &str) -> String {
    let roles: &[Role] = match agency {
        "operations" => &[Role::SystemAdministrator],
        _ => &[Role::Analyst, Role::Investigator],
    };
    let key = key(agency, "analyst", roles);
    let random = *accord_hash(agency).first_chunk().unwrap();
    Keys(store).create(random, &key, |_| crate::unlogged::making()).unwrap().1
}

/// 32 bytes that differ by name; no secret.
fn accord_hash(name: &str) -> Vec<u8> {
    let mut bytes: Vec<u8> = name.bytes().cycle().take(32).collect();
    bytes[31] = name.len() as u8;
    bytes
}

fn keys(store: &dyn Store) {
    for agency in AGENCIES.iter().chain(&["operations"]) {
        create(store, agency);
    }
}

/// A client that asks the server with one token.
#[derive(Clone)]
pub struct Client {
    base: String,
    token: Option<String>,
    /// A proof that the client holds the key that its token is bound to.
    proof: Option<String>,
    purpose: Option<String>,
    case: Option<String>,
    agent: ureq::Agent,
}

/// An answer of the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// Names and values in order, without `date`.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, self.text()))
    }

    /// The body as JSON of an answer that must have this status.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text());
        self.json()
    }

    /// The code of a problem that must have this status.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let body = self.json();
        assert_eq!(body["status"], status);
        assert_eq!(body["request"].as_str(), self.header("x-request-id"));
        body["code"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

impl Client {
    fn new(base: String, token: Option<String>, case: &str) -> Self {
        let purpose = Some("trafficking_investigation".to_owned());
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { base, token, proof: None, purpose, case: Some(case.to_owned()), agent }
    }

    /// Returns the client with a purpose and a case for its requests.
    pub fn asking(&self, purpose: Option<&str>, case: Option<&str>) -> Self {
        let (purpose, case) = (purpose.map(str::to_owned), case.map(str::to_owned));
        Self { purpose, case, ..self.clone() }
    }

    /// Returns the client with a proof for its next request.
    pub fn proving(&self, proof: &str) -> Self {
        Self { proof: Some(proof.to_owned()), ..self.clone() }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, b"")
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None, b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some("application/json"), body.to_string().as_bytes())
    }

    /// Sends JSON that the server may refuse before it has read it all. Only the answer counts, and not whether all
    /// could be written: on a closed connection writing fails.
    pub fn send_much(&self, path: &str, body: &[u8]) -> Answer {
        let mut headers = self.headers();
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
        self.send_as_it_is("POST", path, &headers, body)
    }

    /// The headers with the credentials, the purpose and the case.
    pub fn headers(&self) -> Vec<(String, String)> {
        let token = self.token.as_ref().map(|token| format!("Bearer {token}"));
        let named =
            [("authorization", &token), ("x-purpose", &self.purpose), ("x-case", &self.case)];
        let given = named.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        given.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    /// Sends a request with these headers and no other, spelt as they are, on a connection of its own.
    pub fn send_as_it_is(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Answer {
        let host = self.base.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        if !body.is_empty() {
            head += &format!("content-length: {}\r\n", body.len());
        }
        head.extend(headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
        head += "\r\n";
        let mut writer = stream.try_clone().unwrap();
        let mut bytes = Vec::new();
        let read = std::thread::scope(|scope| {
            scope.spawn(move || {
                let written = writer.write_all(head.as_bytes());
                written.and_then(|()| writer.write_all(body)).ok();
            });
            // Bytes that came before the connection was reset are kept.
            stream.read_to_end(&mut bytes)
        });
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| {
            panic!("no answer to {method} {path}: {read:?}, {} bytes came", bytes.len())
        });
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            (name != "date").then(|| (name.to_lowercase(), value.to_owned()))
        };
        let mut headers: Vec<_> = lines.filter_map(header).collect();
        headers.sort();
        Answer { status, headers, body: bytes[end + 4..].to_vec() }
    }

    /// Sends any bytes with any method.
    pub fn send(&self, method: &str, path: &str, media_type: Option<&str>, body: &[u8]) -> Answer {
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            let scheme = if self.proof.is_some() { "DPoP" } else { "Bearer" };
            request = request.header("authorization", format!("{scheme} {token}"));
        }
        if let Some(proof) = &self.proof {
            request = request.header("dpop", proof);
        }
        for (name, value) in [("x-purpose", &self.purpose), ("x-case", &self.case)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        if let Some(media_type) = media_type {
            request = request.header("content-type", media_type);
        }
        let mut response = self.agent.run(request.body(body.to_vec()).unwrap()).unwrap();
        let mut headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .filter(|(name, _)| *name != "date")
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        Answer { status, headers, body }
    }
}
