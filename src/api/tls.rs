//! TLS by rustls with AWS-LC: the server's certificate, and the authorities whose clients' certificates
//! are taken.

use std::any::Any;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::dev::Extensions;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};
use thiserror::Error;

use crate::identity::Fingerprint;

/// Where the server's certificate lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// PEM file of the certificate and those between it and its authority.
    pub certificate: PathBuf,
    /// PEM file of its private key.
    pub key: PathBuf,
    /// PEM file of the authorities that sign clients' certificates. Without one none is asked for;
    /// with one a client may show a certificate, and must where its key is bound to it.
    pub client_authorities: Option<PathBuf>,
}

/// Why TLS cannot be had as configured.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read as what it should be.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Certificate and key do not fit, or are of a kind that is not supported.
    #[error("certificate and key: {0}")]
    Pair(String),
    /// Another part of the process has installed other cryptography.
    #[error("the cryptography of this process is not AWS-LC")]
    Provider,
}

/// Makes AWS-LC the cryptography of the whole process, for a part of it brings another one along, and
/// checks that it is.
///
/// # Errors
/// When another one has been installed before.
pub fn install_provider() -> Result<(), TlsError> {
    // Fails when one is installed already, which may well be this one.
    let _ = aws_lc_rs::default_provider().install_default();
    let installed = CryptoProvider::get_default().ok_or(TlsError::Provider)?;
    let name = format!("{:?}", installed.secure_random);
    let own = format!("{:?}", aws_lc_rs::default_provider().secure_random);
    if name == own { Ok(()) } else { Err(TlsError::Provider) }
}

impl Tls {
    /// Makes sure that a server can be had with these files.
    ///
    /// # Errors
    /// When a file is not what it should be.
    pub fn check(&self) -> Result<(), TlsError> {
        install_provider()?;
        self.server().map(drop)
    }

    /// The configuration of the server's side: TLS 1.2 and 1.3.
    ///
    /// # Errors
    /// When a file is not what it should be.
    pub(super) fn server(&self) -> Result<ServerConfig, TlsError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let chain = certificates(&self.certificate)?;
        let key =
            PrivateKeyDer::from_pem_file(&self.key).map_err(|error| file(&self.key, &error))?;
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| TlsError::Pair(error.to_string()))?;
        let builder = match &self.client_authorities {
            None => builder.with_no_client_auth(),
            Some(path) => {
                let mut roots = RootCertStore::empty();
                for authority in certificates(path)? {
                    roots.add(authority).map_err(|error| file(path, &error))?;
                }
                let roots = Arc::new(roots);
                let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider)
                    .allow_unauthenticated()
                    .build()
                    .map_err(|error| file(path, &error))?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        builder.with_single_cert(chain, key).map_err(|error| TlsError::Pair(error.to_string()))
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).map_err(|error| file(path, &error))?.collect();
    let found = found.map_err(|error| file(path, &error))?;
    if found.is_empty() {
        return Err(file(path, &"holds no certificate"));
    }
    Ok(found)
}

fn file(path: &Path, reason: &dyn std::fmt::Display) -> TlsError {
    TlsError::File { path: path.to_owned(), reason: reason.to_string() }
}

/// Notes the certificate that a client showed, for its connection's requests.
pub(super) fn note_certificate(connection: &dyn Any, data: &mut Extensions) {
    use actix_tls::accept::rustls_0_23::TlsStream;
    let Some(stream) = connection.downcast_ref::<TlsStream<actix_web::rt::net::TcpStream>>() else {
        return;
    };
    let shown = stream.get_ref().1.peer_certificates();
    if let Some(certificate) = shown.and_then(<[_]>::first) {
        data.insert(Fingerprint::of(certificate));
    }
}
