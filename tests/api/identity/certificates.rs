//! TLS, and keys bound to a client certificate.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use accord::api::{Application, BuildError, Tls};
use accord::govern::{Principal, Role};
use accord::identity::{ApiKey, Fingerprint, Keys};
use accord::model::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use serde_json::json;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig, TlsProvider};

use super::super::server::{START, Special, configured, file, token};
use super::issuer::Issuer;
use super::{Hands, Server};

/// Certificates of a server and two services, signed by an authority of their own; another's.
struct Certificates {
    folder: tempfile::TempDir,
    authority: String,
    service: (String, String, Vec<u8>),
    other_service: (String, String, Vec<u8>),
    stranger: (String, String, Vec<u8>),
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap()
}

fn signed(by: &CertifiedIssuer<'_, KeyPair>, name: &str) -> (String, String, Vec<u8>) {
    let key = KeyPair::generate().unwrap();
    let parameters = CertificateParams::new(vec![name.to_owned(), "127.0.0.1".into()]).unwrap();
    let certificate = parameters.signed_by(&key, by).unwrap();
    (certificate.pem(), key.serialize_pem(), certificate.der().to_vec())
}

impl Certificates {
    fn make() -> Self {
        let (own, others) = (authority(), authority());
        let folder = tempfile::tempdir().unwrap();
        let server = signed(&own, "localhost");
        let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        put("server.pem", &server.0);
        put("server.key", &server.1);
        put("ca.pem", &own.pem());
        Self {
            authority: own.pem(),
            service: signed(&own, "service"),
            other_service: signed(&own, "other"),
            stranger: signed(&others, "service"),
            folder,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tls(&self, clients: bool) -> Tls {
        Tls {
            certificate: self.path("server.pem"),
            key: self.path("server.key"),
            client_authorities: clients.then(|| self.path("ca.pem")),
        }
    }

    /// Asks as a client that trusts the authority, with a certificate or without.
    fn ask(
        &self,
        server: &Server,
        bearer: Option<&str>,
        shown: Option<&(String, String, Vec<u8>)>,
    ) -> Result<u16, ureq::Error> {
        let certificate = |pem: &str| Certificate::from_pem(pem.as_bytes()).unwrap().to_owned();
        let client = shown.map(|(pem, key, _)| {
            let key = PrivateKey::from_pem(key.as_bytes()).unwrap();
            ClientCert::new_with_certs(&[certificate(pem)], key)
        });
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
            .root_certs(RootCerts::new_with_certs(&[certificate(&self.authority)]))
            .client_cert(client)
            .build();
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .tls_config(tls)
            .build()
            .into();
        let mut request = agent
            .get(format!("{}/v1/queries", server.base()))
            .header("x-purpose", "trafficking_investigation")
            .header("x-case", crate::policy::REFERENCE);
        if let Some(bearer) = bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        Ok(request.call()?.status().as_u16())
    }
}

fn special(tls: Tls) -> Special {
    Special { tls: Some(tls), ..Special::default() }
}

fn bound_key(server: &Server, certificate: &[u8]) -> String {
    let holder = Principal {
        agency: "metro-police".into(),
        user: "gate".into(),
        roles: [Role::Analyst].into(),
        purposes: None,
        certified: false,
        attributes: [].into(),
    };
    let at = |micros| Timestamp::from_micros(micros).unwrap();
    let key = ApiKey {
        holder,
        created: at(START),
        expires: at(START + 86_400_000_000),
        certificate: Some(Fingerprint::of(certificate)),
    };
    Keys(server.store.as_ref()).create([200; 32], &key, |_| crate::unlogged::making()).unwrap().1
}

#[test]
fn over_tls_the_server_answers_as_over_plain_http() {
    let certificates = Certificates::make();
    let server = Server::with(special(certificates.tls(false)));
    assert!(server.base().starts_with("https://"));
    let key = token("metro-police");
    assert_eq!(certificates.ask(&server, Some(&key), None).unwrap(), 200);
    assert_eq!(certificates.ask(&server, None, None).unwrap(), 401);
}

#[test]
fn plain_http_is_cut_off_without_an_answer() {
    let certificates = Certificates::make();
    let server = Server::with(special(certificates.tls(false)));
    let address = server.base().replace("https://", "");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer);
    assert!(!text.contains("HTTP/"), "{text}");
}

#[test]
fn versions_are_1_2_and_1_3_only() {
    let certificates = Certificates::make();
    let server = Server::with(special(certificates.tls(false)));
    let address = server.base().replace("https://", "");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut roots = rustls::RootCertStore::empty();
        let authority =
            rustls::pki_types::pem::PemObject::from_pem_slice(certificates.authority.as_bytes());
        roots.add(authority.unwrap()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let mut client = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = TcpStream::connect(&address).unwrap();
        client.complete_io(&mut stream).unwrap();
        assert_eq!(client.protocol_version(), Some(version.version));
    }
    // The greeting of TLS 1.1 by hand, for this library speaks nothing so old.
    let mut hello = vec![0x03, 0x02];
    hello.extend([0; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x13, 1, 0]);
    let mut handshake = vec![1, 0, 0, hello.len() as u8];
    handshake.extend(hello);
    let mut record = vec![22, 0x03, 0x01, 0, handshake.len() as u8];
    record.extend(handshake);
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(&record).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert_eq!(answer.first(), Some(&21), "an alert, no greeting back: {answer:?}");
}

#[test]
fn a_bound_key_counts_with_its_certificate_only() {
    let certificates = Certificates::make();
    let server = Server::with(special(certificates.tls(true)));
    let key = bound_key(&server, &certificates.service.2);
    let ask = |shown| certificates.ask(&server, Some(&key), shown);
    assert_eq!(ask(Some(&certificates.service)).unwrap(), 200);
    assert_eq!(ask(None).unwrap(), 401);
    assert_eq!(ask(Some(&certificates.other_service)).unwrap(), 401);
    // Not of the authority: there is no connection at all.
    assert!(ask(Some(&certificates.stranger)).is_err());
    // A certificate alone is nobody; a key that is not bound needs none.
    assert_eq!(certificates.ask(&server, None, Some(&certificates.service)).unwrap(), 401);
    let free = token("metro-police");
    assert_eq!(certificates.ask(&server, Some(&free), None).unwrap(), 200);
}

#[test]
fn over_plain_http_a_bound_key_is_refused() {
    let certificates = Certificates::make();
    let server = Server::empty();
    let key = bound_key(&server, &certificates.service.2);
    assert_eq!(server.with_token(Some(&key)).get("/v1/queries").problem(401), "unauthenticated");
}

#[test]
fn an_access_token_bound_to_a_certificate_counts_with_it_only() {
    let certificates = Certificates::make();
    let issuer = Issuer::start();
    let hands = Hands::default();
    let identity = accord::identity::Settings::from_toml(&issuer.settings(), Path::new("."));
    let server = Server::with(Special {
        identity: identity.unwrap(),
        tls: Some(certificates.tls(true)),
        clock: Some(hands.clock()),
        ..Special::default()
    });
    let bound = URL_SAFE_NO_PAD.encode(Fingerprint::of(&certificates.service.2).as_bytes());
    let bearer = issuer.token(hands.seconds(), |it| it["cnf"] = json!({ "x5t#S256": bound }));
    let ask = |shown| certificates.ask(&server, Some(&bearer), shown).unwrap();
    assert_eq!(ask(Some(&certificates.service)), 200);
    assert_eq!(ask(Some(&certificates.other_service)), 401);
    assert_eq!(ask(None), 401);
}

#[test]
fn certificates_that_are_none_are_refused_at_the_start_with_the_file() {
    let certificates = Certificates::make();
    std::fs::write(certificates.path("empty.pem"), "").unwrap();
    std::fs::write(certificates.path("other.key"), &certificates.service.1).unwrap();
    for (tls, reason) in [
        (Tls { certificate: certificates.path("none.pem"), ..certificates.tls(false) }, "none.pem"),
        (
            Tls { certificate: certificates.path("empty.pem"), ..certificates.tls(false) },
            "empty.pem",
        ),
        (
            Tls { certificate: certificates.path("server.key"), ..certificates.tls(false) },
            "no certificate",
        ),
        (Tls { key: certificates.path("server.pem"), ..certificates.tls(false) }, "server.pem"),
        (
            Tls { key: certificates.path("other.key"), ..certificates.tls(false) },
            "certificate and key",
        ),
        (
            Tls {
                client_authorities: Some(certificates.path("empty.pem")),
                ..certificates.tls(false)
            },
            "empty.pem",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let config = configured(&folder, &file(&folder.path().join("s")), special(tls));
        let built = actix_web::rt::System::new().block_on(async { Application::build(config) });
        match built {
            Err(error @ BuildError::Tls(_)) => {
                assert!(error.to_string().contains(reason), "{error}");
            }
            Err(error) => panic!("{error}"),
            Ok(_) => panic!("built: {reason}"),
        }
    }
}
