//! The table of contents: every operation on one line, route and OpenAPI entry together. The route
//! of each stands with its handler.

use utoipa_actix_web::service_config::ServiceConfig;

use super::agencies::list::list_agencies;
use super::agencies::register::register_agency;
use super::agreements::draft::{draft_agreement, draft_version};
use super::agreements::get::get_agreement;
use super::agreements::list::list_agreements;
use super::agreements::preview::preview_agreement;
use super::agreements::purge::confirm_purge;
use super::agreements::sign::sign_agreement;
use super::agreements::suspend::{end_agreement, suspend_agreement};
use super::break_glass::list::list_break_glass;
use super::break_glass::open::break_glass;
use super::break_glass::review::review_break_glass;
use super::cases::change::{add_member, add_subjects, end_case, remove_member};
use super::cases::list::list_cases;
use super::cases::open::open_case;
use super::centrality::rank::rank_entities;
use super::communities::list::list_communities;
use super::deconfliction::announce::announce_operation;
use super::deconfliction::ask::deconflict;
use super::deconfliction::cancel::cancel_operation;
use super::entities::get::get_entity;
use super::entities::neighbours::list_neighbours;
use super::entities::routes::get_routes;
use super::entities::search::search;
use super::events::get::get_event;
use super::explanations::entity::explain_entity;
use super::explanations::entity_picture::picture_entity;
use super::explanations::pair::explain_pair;
use super::explanations::picture::picture_pair;
use super::imports::start::start_import;
use super::inbox::list::read_inbox;
use super::indicators::list::list_indicators;
use super::indicators::run::run_indicator;
use super::jobs::cancel::cancel_job;
use super::jobs::get::get_job;
use super::jobs::list::list_jobs;
use super::judgements::submit::submit_judgement;
use super::meta::public_operations::list_public_operations;
use super::onward::ask::ask_onward;
use super::onward::decide::decide_onward;
use super::onward::list::list_onward_requests;
use super::paths::find::find_paths;
use super::queries::get::get_query;
use super::queries::list::list_queries;
use super::queries::run::run_query;
use super::records::get::get_record;
use super::records::list_reviews::list_reviews;
use super::records::review::review_records;
use super::records::submit::submit_record;
use super::records::submit_batch::submit_batch;
use super::referrals::decide::decide_referral;
use super::referrals::list::list_referrals;
use super::resolve::identify::resolve;
use super::service::health::health;
use super::service::metrics::metrics;
use super::service::ready::ready;
use super::sessions::begin::begin_session;
use super::sessions::end::end_session;
use super::sessions::notice::read_notice;

/// All operations.
pub fn operations(config: &mut ServiceConfig<'_>) {
    // Bodies are received by [`super::receive`] alone: the framework's own extractors take none.
    config.app_data(actix_web::web::PayloadConfig::new(0));
    config
        .service(submit_record)
        .service(submit_batch)
        // Before the record of an id, which they would be taken for.
        .service(list_reviews)
        .service(review_records)
        .service(get_record)
        .service(resolve)
        .service(search)
        .service(get_entity)
        .service(list_neighbours)
        .service(get_routes)
        .service(get_event)
        .service(explain_pair)
        .service(picture_pair)
        .service(picture_entity)
        .service(explain_entity)
        .service(find_paths)
        .service(rank_entities)
        .service(list_communities)
        .service(list_indicators)
        .service(run_indicator)
        .service(list_queries)
        .service(get_query)
        .service(run_query)
        .service(start_import)
        .service(submit_judgement)
        .service(deconflict)
        .service(announce_operation)
        .service(cancel_operation)
        .service(read_inbox)
        .service(break_glass)
        .service(list_break_glass)
        .service(review_break_glass)
        .service(list_cases)
        .service(open_case)
        .service(add_member)
        .service(remove_member)
        .service(add_subjects)
        .service(end_case)
        .service(list_agreements)
        .service(draft_agreement)
        .service(get_agreement)
        .service(preview_agreement)
        .service(draft_version)
        .service(sign_agreement)
        .service(suspend_agreement)
        .service(end_agreement)
        .service(confirm_purge)
        .service(ask_onward)
        .service(list_onward_requests)
        .service(decide_onward)
        .service(list_referrals)
        .service(decide_referral)
        .service(list_agencies)
        .service(register_agency)
        .service(list_jobs)
        .service(get_job)
        .service(cancel_job)
        .service(read_notice)
        .service(begin_session)
        .service(end_session)
        .service(list_public_operations)
        .service(health)
        .service(ready)
        .service(metrics);
}
