//! The sources of an issuer's keys: its address, or a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

/// Time limit for an issuer's answer.
const TIME_MAX: Duration = Duration::from_secs(5);
/// The longest answer that is read, in bytes.
const BYTES_MAX: u64 = 256 * 1024;

/// A source of a JWK set.
pub(crate) trait Fetch: Send + Sync {
    /// Returns the text of the JWK set, or the reason of the failure.
    fn fetch(&self) -> Result<String, String>;
}

/// An address or a file with a JWK set.
pub(crate) enum Source {
    Url { agent: ureq::Agent, url: String },
    File(PathBuf),
}

impl Source {
    /// The source that a configuration names as `keys`: an https address, or a path. Plain http is for an issuer on
    /// this very machine.
    pub(crate) fn new(text: &str, authorities: Option<&str>) -> Result<Self, String> {
        if !text.contains("://") {
            return Ok(Self::File(PathBuf::from(text)));
        }
        let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
        let plain = local.iter().any(|start| text.starts_with(start));
        if !plain && !text.starts_with("https://") {
            return Err("keys must come over https or from a file".to_owned());
        }
        let roots = match authorities {
            None => RootCerts::WebPki,
            Some(pem) => RootCerts::Specific(Arc::new(authorities_of(pem)?)),
        };
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(aws_lc_rs::default_provider()))
            .root_certs(roots)
            .build();
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(TIME_MAX))
            .max_redirects(0)
            .https_only(!plain)
            .tls_config(tls)
            .build();
        Ok(Self::Url { agent: agent.into(), url: text.to_owned() })
    }
}

fn authorities_of(pem: &str) -> Result<Vec<Certificate<'static>>, String> {
    let mut found = Vec::new();
    for item in ureq::tls::parse_pem(pem.as_bytes()) {
        match item {
            Ok(ureq::tls::PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    if found.is_empty() { Err("holds no certificate".to_owned()) } else { Ok(found) }
}

impl Fetch for Source {
    fn fetch(&self) -> Result<String, String> {
        match self {
            Self::File(path) => std::fs::read_to_string(path)
                .map_err(|error| format!("{}: {error}", path.display())),
            Self::Url { agent, url } => {
                let mut answer =
                    agent.get(url).call().map_err(|error| format!("{url}: {error}"))?;
                if answer.status() != 200 {
                    return Err(format!("{url}: status {}", answer.status()));
                }
                let body = answer.body_mut().with_config().limit(BYTES_MAX);
                body.read_to_string().map_err(|error| format!("{url}: {error}"))
            }
        }
    }
}
