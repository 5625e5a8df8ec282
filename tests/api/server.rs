//! Starting the server as the program does, and asking it over HTTP.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;

use accord::api::{Application, Config};
use accord::govern::{POLICY_DOCUMENT, Role, TOKENS_DOCUMENT, TokenHolder, TokenRole, Tokens};
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

/// A running server on a store of its own.
pub struct Server {
    pub store: Arc<dyn Store>,
    pub audit: PathBuf,
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    _folder: tempfile::TempDir,
}

impl Server {
    /// On an empty store.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = file(&folder.path().join("store.accord"));
        Self::on(folder, &address)
    }

    /// On a store that holds the demo.
    pub fn demo() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.accord");
        std::fs::copy(demo_store(), &path).unwrap();
        Self::on(folder, &file(&path))
    }

    /// On a store of its own anywhere.
    pub fn on(folder: tempfile::TempDir, address: &StoreAddress) -> Self {
        Self::build(folder, address, clock(), counter())
    }

    /// On a store of its own, at a time that stands still and without chance: what two of them answer
    /// differs only by what their stores hold.
    pub fn still(folder: tempfile::TempDir, address: &StoreAddress) -> Self {
        let at = Timestamp::from_micros(1_790_000_000_000_000).unwrap();
        Self::build(folder, address, Arc::new(move || at), Arc::new(|| [7; 32]))
    }

    fn build(
        folder: tempfile::TempDir,
        address: &StoreAddress,
        clock: jobs::Clock,
        random: accord::api::Random,
    ) -> Self {
        let store = store::open(address, true).unwrap();
        tokens(store.as_ref());
        let policy = policy::everyone_shares(&AGENCIES);
        store.put_document(POLICY_DOCUMENT, &policy.to_document()).unwrap();
        let audit = folder.path().join("audit");
        let config = Config {
            store: Arc::clone(&store),
            runner: Runner::for_store(Library::shipped().unwrap(), address).unwrap(),
            engine: Arc::new(Engine::new(Model::shipped())),
            id_key: IdKey::default(),
            audit: audit.clone(),
            listen: ([127, 0, 0, 1], 0).into(),
            clock,
            random,
        };
        let (send, receive) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let application = Application::build(config).unwrap();
                send.send((application.address(), application.handle())).unwrap();
                application.run().await.unwrap();
            });
        });
        let (address, handle) = receive.recv().unwrap();
        Self { store, audit, address, handle, thread: Some(thread), _folder: folder }
    }

    /// A client with the token of an agency's analyst.
    pub fn agency(&self, agency: &str) -> Client {
        Client::new(self.base(), Some(token(agency)))
    }

    /// A client of an agency's user with these roles, whose token is made for it.
    pub fn user(&self, agency: &str, user: &str, roles: &[Role]) -> Client {
        let document = self.store.document(TOKENS_DOCUMENT).unwrap();
        let mut tokens = Tokens::from_document(document.as_deref()).unwrap();
        let holder = TokenHolder {
            agency: agency.into(),
            user: user.into(),
            role: TokenRole::Analyst,
            roles: roles.iter().copied().collect(),
            created: Timestamp::from_micros(0).unwrap(),
        };
        let random = *blake3::hash(format!("{agency} {user} {roles:?}").as_bytes()).as_bytes();
        let token = tokens.create(random, holder).unwrap();
        self.store.put_document(TOKENS_DOCUMENT, &tokens.to_document()).unwrap();
        Client::new(self.base(), Some(token))
    }

    /// A client with an operator's token.
    pub fn operator(&self) -> Client {
        Client::new(self.base(), Some(token("operations")))
    }

    /// A client with this token or none.
    pub fn with_token(&self, token: Option<&str>) -> Client {
        Client::new(self.base(), token.map(str::to_owned))
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }
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

fn file(path: &Path) -> StoreAddress {
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
    let report = jobs::import(store, &engine, &sources, BATCH_ROWS, &mut ()).unwrap();
    assert!(report.files.iter().all(|file| file.refused == 0));
}

/// A clock that moves a millisecond at each look, from the same start for every server.
fn clock() -> accord::jobs::Clock {
    let ticks = AtomicU64::new(0);
    Arc::new(move || {
        let ticks = ticks.fetch_add(1, Ordering::Relaxed) as i64;
        Timestamp::from_micros(1_790_000_000_000_000 + ticks * 1_000).unwrap()
    })
}

/// Numbers in place of random bytes, the same for every server.
fn counter() -> accord::api::Random {
    let next = AtomicU8::new(0);
    Arc::new(move || [next.fetch_add(1, Ordering::Relaxed); 32])
}

/// The token of an agency's analyst, the same in every test.
pub fn token(agency: &str) -> String {
    let mut tokens = Tokens::default();
    create(&mut tokens, agency)
}

fn create(tokens: &mut Tokens, agency: &str) -> String {
    let role = if agency == "operations" { TokenRole::Operator } else { TokenRole::Analyst };
    let created = Timestamp::from_micros(0).unwrap();
    let holder = TokenHolder {
        agency: agency.into(),
        user: "analyst".into(),
        role,
        roles: [].into(),
        created,
    };
    let random = *accord_hash(agency).first_chunk().unwrap();
    tokens.create(random, holder).unwrap()
}

/// 32 bytes that differ by name; no secret.
fn accord_hash(name: &str) -> Vec<u8> {
    let mut bytes: Vec<u8> = name.bytes().cycle().take(32).collect();
    bytes[31] = name.len() as u8;
    bytes
}

fn tokens(store: &dyn Store) {
    let mut tokens = Tokens::default();
    for agency in AGENCIES.iter().chain(&["operations"]) {
        create(&mut tokens, agency);
    }
    store.put_document(TOKENS_DOCUMENT, &tokens.to_document()).unwrap();
}

/// Asks the server with one token.
#[derive(Clone)]
pub struct Client {
    base: String,
    token: Option<String>,
    purpose: Option<String>,
    case: Option<String>,
    agent: ureq::Agent,
}

/// What the server answered.
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
    fn new(base: String, token: Option<String>) -> Self {
        let purpose = Some("trafficking_investigation".to_owned());
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { base, token, purpose, case: Some(policy::CASE.to_owned()), agent }
    }

    /// The same, asking for a purpose and about a case.
    pub fn asking(&self, purpose: Option<&str>, case: Option<&str>) -> Self {
        let (purpose, case) = (purpose.map(str::to_owned), case.map(str::to_owned));
        Self { purpose, case, ..self.clone() }
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

    /// Sends any bytes with any method.
    pub fn send(&self, method: &str, path: &str, media_type: Option<&str>, body: &[u8]) -> Answer {
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
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
