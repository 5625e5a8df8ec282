//! The frame around every request: a request id, authentication, the audit log before the answer leaves, one form for
//! all errors, metrics.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};

use super::answer::Told;
use super::context::{Acting, Since};
use super::failures::{Failure, Source};
use super::indicators::logged_route;
use super::objects::object;
use super::problem::{Code, MEDIA_TYPE, Problem};
use super::protection::protect;
use super::purpose_and_case::{PurposeAndCase, Understood, case_id_given, purpose_given};
use super::queues::{Turn, Work};
use super::receive::route_of;
use super::state::State;
use super::unchanged::{Shown, tagged};
use crate::audit::{Due, Entry, Outcome};
use crate::govern::Rules;
use crate::identity::{Authenticated, Credentials, Fingerprint, Proof, Refusal};
use crate::leak;
use crate::model::{Timestamp, hex};

/// The header that carries a request's id.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The header that carries a DPoP proof (RFC 9449).
const PROOF: HeaderName = HeaderName::from_static("dpop");

/// The name in the log of a path that no operation has; the path itself may hold any text of the caller.
const NO_OPERATION: &str = "unknown path";

/// Wraps every request of the server.
pub async fn guard<B: MessageBody + 'static>(
    state: web::Data<State>,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let began = Instant::now();
    // Links with hidden rows are searched in the pauses between requests, so that this work does not slow the request
    // down.
    let _in_progress = state.links.in_progress();
    // A proof names the method that was sent, so it is read before HEAD is changed.
    let credentials = credentials(&request);
    let tags = Shown::of(request.headers());
    // HEAD is treated as GET; the framework leaves out the body.
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let path = request.match_info().as_str();
    let template = route_of(request.request());
    let pattern = template.clone().map(|route| logged_route(route, path));
    let template = template.as_deref().unwrap_or(NO_OPERATION);
    let route = pattern.as_deref().unwrap_or(NO_OPERATION);
    let operation = format!("{} {route}", known_method(request.method()));
    let id = hex(&(state.random)()[..16]);
    let purpose = purpose_given(request.headers());
    let source = request.peer_addr().map(|peer| Source::from(peer.ip()));
    let public = state.operations.is_public(request.method(), route);
    let asks = request.method() == Method::GET;
    let read = asks || request.method() == Method::OPTIONS;
    let is_logged = !(public && read);
    // Public reads are not logged; log-ons are.
    let due = is_logged.then(|| {
        let begun = Entry::begun(((state.clock)(), id.clone()), operation.clone());
        let act = state.operations.act(request.method(), template);
        let case = case_id_given(request.headers());
        Arc::new(Due::of(Entry { act, purpose, case, status: StatusCode::OK.as_u16(), ..begun }))
    });
    due.clone().map(|due| request.extensions_mut().insert(Acting(due)));
    let (mut known, mut case) = (None, None);
    let mut response = match authenticate(&state, credentials, (public, is_logged)).await {
        Err(problem) => {
            ServiceResponse::from_err(problem, request.into_parts().0).map_into_right_body()
        }
        Ok(authenticated) => {
            if let Some((Authenticated { principal, since, session }, policy, at)) = authenticated {
                known = Some(principal.clone());
                let asked = policy.and_then(|policy| {
                    PurposeAndCase::of(request.headers(), &principal, &policy, at)
                });
                case = asked.as_ref().map(|asked| asked.case.to_string()).ok();
                if let Some(due) = &due {
                    due.amend(|entry| {
                        entry.agency = Some(principal.agency.clone());
                        entry.user = Some(principal.user.clone());
                        entry.case = case.clone().or(entry.case.take());
                    });
                }
                request.extensions_mut().insert(Understood(asked));
                request.extensions_mut().insert(principal);
                request.extensions_mut().insert(Since(since));
                session.map(|session| request.extensions_mut().insert(session));
            }
            // Inside are only routing and handlers, which turn their errors into responses.
            next.call(request).await?.map_into_left_body()
        }
    };
    let mut told = told(&response);
    let mark = told.as_mut().map(|told| &mut told.unmasked);
    leak::answer(&mut response, mark, state.store.as_ref());
    let code = code_told(&response);
    let writes = state.operations.work(response.request().method(), template) == Some(Work::Write);
    if code == Some(Code::StoreFull) || writes && code == Some(Code::Unavailable) {
        state.probe.failed();
    }
    // A valid credential that is not strong or recent enough is not a failure.
    let failure = (code == Some(Code::Unauthenticated)).then(|| failed_from(&state, source));
    response = as_problem(response, &id);
    if let Some(Failure::Counted(seconds)) = failure {
        let problem = Problem::new(Code::TooManyFailures).retry_after(seconds);
        response = replaced(response, &problem, &id);
    }
    if asks {
        let caller = known.as_ref().map_or(("", ""), |it| (it.agency.as_str(), it.user.as_str()));
        let case = case.as_deref().unwrap_or_default();
        response = tagged(response, &tags, &state.id_key, [caller.0, caller.1, case]);
    }
    // Counted failures are logged once a minute, in one entry for each address.
    let counted = matches!(failure, Some(Failure::Counted(_)));
    let due = due.filter(|_| !counted);
    if let Some((due, begun)) = due.and_then(|due| due.first().map(|begun| (due, begun))) {
        if told.is_none()
            && !response.status().is_client_error()
            && !response.status().is_server_error()
        {
            tracing::error!(operation, "an answer does not say what it showed");
            response = failed(response, Code::Internal, &id);
        }
        let told = told.unwrap_or_default();
        let known = told.account.or(known);
        let mark = if told.unmasked { " unmasked" } else { "" };
        let entry = Entry {
            agency: known.as_ref().map(|principal| principal.agency.clone()),
            user: known.map(|principal| principal.user),
            operation: format!("{operation}{mark}"),
            object: told.object.or_else(|| object(response.request())),
            break_glass: told.break_glass.into_iter().collect(),
            shown: told.shown,
            unmasked: told.unmasked,
            source: failure.and(source).map(|source| source.to_string()),
            outcome: outcome(response.status()),
            status: response.status().as_u16(),
            ..begun
        };
        if !is_in_log(&state, &due, entry).await {
            response = failed(response, Code::Unavailable, &id);
        }
    }
    drop(Turn::given_back(response.request()));
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    protect(headers, route, public && read);
    state.metrics.request(&operation, response.status().as_u16(), began.elapsed());
    Ok(response)
}

/// Returns the name of a method from a closed list, so that callers cannot make up names for the log and the metrics.
fn known_method(method: &Method) -> &str {
    let known =
        [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    if known.contains(method) { method.as_str() } else { "OTHER" }
}

/// The caller, the policy that decides the meaning of the headers, and the time at which both were looked up.
type Known = (Authenticated, Result<Arc<Rules>, Problem>, Timestamp);

/// Authenticates the caller; `None` for public operations. Refuses every request while the log cannot be written. The
/// caller is looked up anew for every request, so that a withdrawn right ends at once.
async fn authenticate(
    state: &web::Data<State>,
    shown: Result<Credentials, Problem>,
    (public, is_logged): (bool, bool),
) -> Result<Option<Known>, Problem> {
    let shown = match shown {
        _ if !is_logged => return Ok(None),
        _ if public => None,
        shown => Some(shown?),
    };
    let turn = state.queues.credentials.turn().await?;
    let state = state.clone();
    let look = move || {
        let _turn = turn;
        // A request that cannot be logged is refused before it stores anything.
        let store = state.store.as_ref();
        state.audit.check(store).map_err(|_| Problem::new(Code::Unavailable))?;
        let Some(shown) = shown else { return Ok(None) };
        let now = (state.clock)();
        let known = state.identity.authenticate(store, &shown, now).map_err(refused)?;
        // The policy decides the meaning of the headers for purpose and case.
        let policy = state.policies.policy(store).map(|(_, policy)| policy);
        Ok(Some((known, policy.map_err(Problem::from), now)))
    };
    web::block(look).await.map_err(|_| Problem::new(Code::Internal))?
}

/// Returns the credentials of a request.
fn credentials(request: &ServiceRequest) -> Result<Credentials, Problem> {
    match request.headers().contains_key(&header::AUTHORIZATION) {
        true => shown(request).ok_or_else(Problem::invalid_token),
        false => Err(Problem::new(Code::Unauthenticated)),
    }
}

/// Returns the token of a request, with the scheme `DPoP` together with its proof; `None` if it cannot be read.
fn shown(request: &ServiceRequest) -> Option<Credentials> {
    let (scheme, token) = one(request, &header::AUTHORIZATION)?.split_once(' ')?;
    let proof = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => None,
        "dpop" => Some(Proof {
            text: one(request, &PROOF)?.to_owned(),
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
        }),
        _ => return None,
    };
    let certificate = request.conn_data::<Fingerprint>().copied();
    Some(Credentials { bearer: token.trim().to_owned(), certificate, proof })
}

/// Returns the only header of a name. Two such headers count as none, since two readers could take different ones.
fn one<'r>(request: &'r ServiceRequest, name: &HeaderName) -> Option<&'r str> {
    let mut headers = request.headers().get_all(name);
    let (Some(header), None) = (headers.next(), headers.next()) else { return None };
    header.to_str().ok()
}

/// Returns the answer to a refusal: the same for everything that is wrong with a credential.
fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Bad(reason) => {
            tracing::debug!(reason, "a credential is refused");
            Problem::invalid_token()
        }
        Refusal::NoSecondFactor { acr } if acr.is_empty() => Problem::sign_in_anew(""),
        Refusal::NoSecondFactor { acr } => {
            Problem::sign_in_anew(&format!(", acr_values=\"{}\"", acr.join(" ")))
        }
        Refusal::TooLongAgo { seconds } => {
            Problem::sign_in_anew(&format!(", max_age=\"{seconds}\""))
        }
        Refusal::NoKeys => Problem::new(Code::Unavailable),
        Refusal::Failed(error) => {
            tracing::error!(%error, "no credential can be checked");
            Problem::new(Code::Unavailable)
        }
    }
}

/// Returns the audit log's part of an answer, which the handler has put beside it or with its refusal; `None` for
/// errors of the framework.
fn told<B>(response: &ServiceResponse<B>) -> Option<Told> {
    let response = response.response();
    let refused = response.error().and_then(|error| error.as_error::<Problem>());
    refused
        .map(|problem| problem.told().clone())
        .or_else(|| response.extensions().get::<Told>().cloned())
}

/// Replaces an answer that must not leave by a problem with a code.
fn failed<B: MessageBody + 'static>(
    response: ServiceResponse<EitherBody<B, BoxBody>>,
    code: Code,
    id: &str,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    replaced(response, &Problem::new(code), id)
}

/// Replaces an answer by a problem.
fn replaced<B: MessageBody + 'static>(
    response: ServiceResponse<EitherBody<B, BoxBody>>,
    problem: &Problem,
    id: &str,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let http = response.into_parts().0;
    ServiceResponse::new(http, problem.response(Some(id.to_owned()))).map_into_right_body()
}

/// Returns the code of the problem that a handler has refused a request with.
fn code_told<B>(response: &ServiceResponse<B>) -> Option<Code> {
    let error = response.response().error()?;
    error.as_error::<Problem>().map(Problem::code)
}

/// Notes a failed authentication from a source, and returns its treatment.
fn failed_from(state: &State, source: Option<Source>) -> Failure {
    let source = source.unwrap_or_else(|| Source::from(IpAddr::from([0, 0, 0, 0])));
    state.failures.note(source, Instant::now())
}

/// Gives every error the form of a problem with the request's id, also those of the framework.
fn as_problem<B: MessageBody + 'static>(
    response: ServiceResponse<EitherBody<B, BoxBody>>,
    id: &str,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let own = response.response().error().and_then(|error| error.as_error::<Problem>()).cloned();
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes() == MEDIA_TYPE.as_bytes());
    let problem = match own {
        Some(problem) => problem,
        None if is_problem => return response,
        None => Problem::new(code_of(status)),
    };
    replaced(response, &problem, id)
}

/// Returns the code for a status that the framework gave.
fn code_of(status: StatusCode) -> Code {
    match status.as_u16() {
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        408 => Code::Timeout,
        413 => Code::TooLarge,
        400..=499 => Code::BadRequest,
        _ => Code::Internal,
    }
}

fn outcome(status: StatusCode) -> Outcome {
    match status.as_u16() {
        401 => Outcome::Unauthenticated,
        400..=499 | 501 => Outcome::Refused,
        500.. => Outcome::Failed,
        _ => Outcome::Done,
    }
}

/// Writes the entry of a request, and tells if it is in the log or will certainly be: an entry that was stored together
/// with the request's writes is durable, so the answer leaves even if the log cannot be written.
async fn is_in_log(state: &web::Data<State>, due: &Arc<Due>, entry: Entry) -> bool {
    let Ok(turn) = state.queues.log.turn().await else {
        return entry.outcome == Outcome::Done && !due.stored().is_empty();
    };
    let (state, due) = (state.clone(), Arc::clone(due));
    let logged = web::block(move || {
        let _turn = turn;
        let store = state.store.as_ref();
        let Some((write, stored)) = due.stored().into_iter().next() else {
            return state.audit.append(store, entry).is_ok();
        };
        let done = entry.outcome == Outcome::Done;
        let completed = done.then(|| (write, entry.clone()));
        let is_logged_so = state.audit.settle(store, completed.as_ref());
        let more = matches!(is_logged_so, Ok(false)) && entry.says_more_than(&stored);
        (!more || state.audit.append(store, entry).is_ok()) || done
    });
    logged.await.unwrap_or(false)
}
