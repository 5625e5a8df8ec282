//! TLS by rustls with AWS-LC: the server's certificate, and the authorities whose client certificates are accepted.

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

/// The files of the server's certificate, its key, and the authorities of clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// PEM file of the certificate, followed by the intermediate certificates.
    pub certificate: PathBuf,
    /// PEM file of the certificate's private key.
    pub key: PathBuf,
    /// PEM file of the authorities that sign clients' certificates. If `None`, clients are not asked for a certificate;
    /// else a client may show one, and must if its key or token is bound to it.
    pub client_authorities: Option<PathBuf>,
}

/// Reasons for which TLS cannot be set up as configured.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read or is invalid.
    #[error("{path}: {reason}")]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The fault of the file.
        reason: String,
    },
    /// The certificate and the key do not match, or are of an unsupported kind.
    #[error("certificate and key: {0}")]
    Pair(String),
    /// Another part of the process has installed another cryptography provider.
    #[error("the cryptography of this process is not AWS-LC")]
    Provider,
}

/// Installs AWS-LC as the cryptography provider of the whole process, since a dependency brings another one along, and
/// checks that it is the installed one.
///
/// # Errors
/// When another provider has been installed before.
pub fn install_provider() -> Result<(), TlsError> {
    // Fails if a provider is installed already, which may be this one.
    let _ = aws_lc_rs::default_provider().install_default();
    let installed = CryptoProvider::get_default().ok_or(TlsError::Provider)?;
    let name = format!("{:?}", installed.secure_random);
    let own = format!("{:?}", aws_lc_rs::default_provider().secure_random);
    if name == own { Ok(()) } else { Err(TlsError::Provider) }
}

impl Tls {
    /// Checks that a server can be set up with these files.
    ///
    /// # Errors
    /// When a file cannot be read or is invalid.
    pub fn check(&self) -> Result<(), TlsError> {
        install_provider()?;
        self.server().map(drop)
    }

    /// Returns the configuration of the server's side: TLS 1.2 and 1.3.
    ///
    /// # Errors
    /// When a file cannot be read or is invalid.
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

/// Notes the fingerprint of the certificate that a client showed, for the requests of its connection.
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
