//! The table of contents: every operation on one line with its method, its path, its permission and the function that
//! declares it. The route, the entry in the OpenAPI document, the permission and the kind of act in the audit log all
//! come from this line and the declaration.

use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{HttpRequest, guard, web};

use super::access::Access;
use super::description::Description;
use super::format::Format;
use super::operation::{About, Answering, Operation, Permission};
use super::public::{Operations, PublicOperation};
use super::{
    agencies, agreements, break_glass, cases, centrality, communities, deconfliction, entities,
    events, explanations, imports, inbox, indicators, jobs, judgements, meta, onward, paths,
    queries, records, referrals, resolve, service, sessions,
};
use crate::govern::Function;

/// An operation with its method, path and permission: a row of the table.
pub struct Row {
    /// The HTTP method.
    pub method: Method,
    /// The route template.
    pub path: &'static str,
    /// The access rule.
    pub access: Access,
    /// The description for the document and the log.
    pub about: About,
    /// Describes its parameters, its body and its answer in its entry in the document.
    pub describe: fn(&mut Description<'_>),
    /// The media types of its answer, the default first.
    pub formats: Vec<Format>,
    on_view: bool,
    call: Rc<dyn Fn(HttpRequest, Payload) -> Answering>,
}

impl Row {
    fn new<P: Permission>(
        (method, path): (Method, &'static str),
        (access, permission): (Access, P),
        operation: Operation<P>,
    ) -> Self {
        let Operation { about, describe, formats, call } = operation;
        let call = Rc::new(move |request, payload| call(request, payload, permission));
        Self { method, path, access, about, describe, formats, on_view: P::ON_VIEW, call }
    }

    /// Tells if the operation answers on the caller's view, for a purpose and about a case.
    pub fn is_on_view(&self) -> bool {
        self.on_view
    }
}

/// Builds the rows of the table. `[Function]` marks an operation on the caller's view, with the variant of [`Function`]
/// that the caller must have; `[public "reason"]`, `[known]` and `[server Function]` mark operations of the server
/// itself.
macro_rules! table {
    ($($method:ident $path:literal $access:tt $operation:path;)+) => {
        vec![$(row!($access, (Method::$method, $path), $operation())),+]
    };
}

macro_rules! row {
    ([public $reason:literal], $place:expr, $operation:expr) => {
        Row::new($place, (Access::Public($reason), Access::Public($reason)), $operation)
    };
    ([known], $place:expr, $operation:expr) => {
        Row::new($place, (Access::Known, Access::Known), $operation)
    };
    ([server $function:ident], $place:expr, $operation:expr) => {{
        let access = Access::May(Function::$function);
        Row::new($place, (access, access), $operation)
    }};
    ([$function:ident], $place:expr, $operation:expr) => {
        Row::new($place, (Access::May(Function::$function), Function::$function), $operation)
    };
}

/// Returns all operations. If a request matches two paths, the first one is taken.
#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    table! {
        POST   "/v1/records"                        [Submit]            records::submit::submit_record;
        POST   "/v1/records/batch"                  [Submit]            records::submit_batch::submit_batch;
        GET    "/v1/records/reviews"                [ReviewRecords]     records::list_reviews::list_reviews;
        POST   "/v1/records/reviews"                [ReviewRecords]     records::review::review_records;
        GET    "/v1/records/{id}"                   [Ask]               records::get::get_record;
        POST   "/v1/resolve"                        [Ask]               resolve::identify::resolve;
        POST   "/v1/search"                         [Ask]               entities::search::search;
        GET    "/v1/entities/{id}"                  [Ask]               entities::get::get_entity;
        GET    "/v1/entities/{id}/neighbours"       [Ask]               entities::neighbours::list_neighbours;
        GET    "/v1/entities/{id}/routes"           [Ask]               entities::routes::get_routes;
        GET    "/v1/events/{id}"                    [Ask]               events::get::get_event;
        GET    "/v1/explanations/pair"              [Ask]               explanations::pair::explain_pair;
        GET    "/v1/explanations/pair.svg"          [Ask]               explanations::picture::picture_pair;
        GET    "/v1/explanations/entity/{id}.svg"   [Ask]               explanations::entity_picture::picture_entity;
        GET    "/v1/explanations/entity/{id}"       [Ask]               explanations::entity::explain_entity;
        GET    "/v1/paths"                          [Ask]               paths::find::find_paths;
        GET    "/v1/centrality/{measure}"           [Ask]               centrality::rank::rank_entities;
        GET    "/v1/communities"                    [Ask]               communities::list::list_communities;
        GET    "/v1/indicators"                     [Ask]               indicators::list::list_indicators;
        GET    "/v1/indicators/{name}"              [Ask]               indicators::run::run_indicator;
        GET    "/v1/queries"                        [Ask]               queries::list::list_queries;
        GET    "/v1/queries/{name}"                 [Ask]               queries::get::get_query;
        POST   "/v1/queries/{name}"                 [Ask]               queries::run::run_query;
        POST   "/v1/imports"                        [Submit]            imports::start::start_import;
        POST   "/v1/judgements"                     [Judge]             judgements::submit::submit_judgement;
        POST   "/v1/deconflict"                     [Deconflict]        deconfliction::ask::deconflict;
        POST   "/v1/planned-operations"             [Deconflict]        deconfliction::announce::announce_operation;
        POST   "/v1/planned-operations/cancel"      [Deconflict]        deconfliction::cancel::cancel_operation;
        GET    "/v1/inbox"                          [ReadInbox]         inbox::list::read_inbox;
        POST   "/v1/break-glass"                    [BreakGlass]        break_glass::open::break_glass;
        GET    "/v1/break-glass"                    [ReadBreakGlass]    break_glass::list::list_break_glass;
        POST   "/v1/break-glass/{id}/review"        [ReviewBreakGlass]  break_glass::review::review_break_glass;
        GET    "/v1/cases"                          [ReadCases]         cases::list::list_cases;
        POST   "/v1/cases"                          [LeadCases]         cases::open::open_case;
        POST   "/v1/cases/{id}/members"             [LeadCases]         cases::change::add_member;
        POST   "/v1/cases/{id}/members/remove"      [LeadCases]         cases::change::remove_member;
        POST   "/v1/cases/{id}/subjects"            [NameSubjects]      cases::change::add_subjects;
        POST   "/v1/cases/{id}/end"                 [LeadCases]         cases::change::end_case;
        GET    "/v1/agreements"                     [ReadAgreements]    agreements::list::list_agreements;
        POST   "/v1/agreements"                     [DraftAgreements]   agreements::draft::draft_agreement;
        GET    "/v1/agreements/{id}"                [ReadAgreements]    agreements::get::get_agreement;
        GET    "/v1/agreements/{id}/preview"        [ReadAgreements]    agreements::preview::preview_agreement;
        POST   "/v1/agreements/{id}/versions"       [DraftAgreements]   agreements::draft::draft_version;
        POST   "/v1/agreements/{id}/sign"           [SignAgreements]    agreements::sign::sign_agreement;
        POST   "/v1/agreements/{id}/suspend"        [SuspendAgreements] agreements::suspend::suspend_agreement;
        POST   "/v1/agreements/{id}/end"            [SuspendAgreements] agreements::suspend::end_agreement;
        POST   "/v1/agreements/{id}/purge-receipts" [ConfirmPurge]      agreements::purge::confirm_purge;
        POST   "/v1/onward-requests"                [AskOnward]         onward::ask::ask_onward;
        GET    "/v1/onward-requests"                [ReadOnward]        onward::list::list_onward_requests;
        POST   "/v1/onward-requests/{id}/decision"  [DecideOnward]      onward::decide::decide_onward;
        GET    "/v1/referrals"                      [ReadReferrals]     referrals::list::list_referrals;
        POST   "/v1/referrals/{id}/decision"        [DecideReferrals]   referrals::decide::decide_referral;
        GET    "/v1/agencies"                       [ReadAgencies]      agencies::list::list_agencies;
        POST   "/v1/agencies"                       [ManageAgencies]    agencies::register::register_agency;
        GET    "/v1/jobs"                           [Ask]               jobs::list::list_jobs;
        GET    "/v1/jobs/{id}"                      [Ask]               jobs::get::get_job;
        DELETE "/v1/jobs/{id}"                      [Submit]            jobs::cancel::cancel_job;
        DELETE "/v1/sessions"                       [known]             sessions::end::end_session;
        GET    "/metrics"                           [server ReadMetrics] service::metrics::metrics;
        GET    "/v1/sessions/notice"                [public "What a user accepts before logging on"] sessions::notice::read_notice;
        POST   "/v1/sessions"                       [public "Logging on to a local account: it shows its own credentials"] sessions::begin::begin_session;
        GET    "/v1/meta/public-operations"         [public "This list: whoever checks the server reads it"] meta::public_operations::list_public_operations;
        GET    "/health"                            [public "Whoever supervises the process asks whether it lives"] service::health::health;
        GET    "/ready"                             [public "Whoever distributes requests asks whether it can answer"] service::ready::ready;
    }
}

/// Registers all operations in an application.
pub fn routes(config: &mut web::ServiceConfig) {
    // Bodies are received by [`super::receive`] alone: the framework's own extractors take none.
    config.app_data(web::PayloadConfig::new(0));
    for Row { method, path, call, .. } in rows() {
        let handler =
            move |request: HttpRequest, payload: web::Payload| call(request, payload.into_inner());
        config.service(web::resource(path).guard(guard::Method(method)).to(handler));
    }
}

/// Returns the guard's list of all operations.
pub fn operations() -> Operations {
    let rows = rows();
    let public = rows.iter().filter_map(|row| match row.access {
        Access::Public(reason) => {
            Some(PublicOperation { method: method_name(&row.method), path: row.path, reason })
        }
        Access::Known | Access::May(_) => None,
    });
    let kinds = rows
        .iter()
        .map(|row| ((method_name(&row.method), row.path), (row.about.act, row.about.work)));
    Operations::new(public.collect(), kinds.collect())
}

/// Returns the operations that need no credentials, and the pages, each with its reason.
pub fn public_operations() -> Vec<PublicOperation> {
    operations().public().to_vec()
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        _ => "GET",
    }
}
