//! `POST /v1/search`: search of entities by words. The words are in the body, because names do not belong into URLs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::formats::{Forms, Place, Table};
use crate::api::input::Json;
use crate::api::limits::SEARCH_CHARS_MAX;
use crate::api::operation::operation;
use crate::api::page::{Page, PageRequest, page};
use crate::api::shapes::row;

use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::api::seen::Unmask;
use crate::api::wire::EntitySummary;
use crate::model::EntityType;

/// A search: the words, and the page of the hits.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// Words, or parts of them from their start; a number in any format. At most 200 characters.
    pub text: String,
    /// Only entities of this type.
    #[serde(default, rename = "type")]
    pub entity_type: Option<EntityType>,
    /// Items on a page, 1 to 500; 50 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 500)]
    pub limit: Option<u64>,
    /// `next` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// A hit of the search.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SearchHit {
    /// The entity.
    pub entity: EntitySummary,
    /// The greatest number of the words that one of the entity's records holds.
    pub words: usize,
}

/// The hits of a search.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// The hits by the number of words from the greatest, then by id.
    pub hits: Page<SearchHit>,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

operation! {
    /// Search
    ///
    /// Finds entities by the words of their names, numbers, plates and addresses, accents and case aside. For spelling
    /// variants and transliterations ask `resolve`. People who may be victims, their phones and addresses are not found
    /// by the content of their records, unless `unmask` is set by a victim specialist in whose case the victim is,
    /// which is logged.
    search = find;
    "entities", Consultation, Light;
    forms Forms::json().with_table(place, table);
    examples {
        "body": { "text": "khadka", "type": "person", "limit": 5 },
    };
}

fn find(
    scope: &CallerScope,
    (unmask, Json(asked)): (Unmask, Json<SearchRequest>),
) -> Result<SearchAnswer, Problem> {
    if asked.text.trim().is_empty() || asked.text.chars().count() > SEARCH_CHARS_MAX {
        let range = format!("1 to {SEARCH_CHARS_MAX} characters");
        return Err(Problem::member("text", "out_of_range", range));
    }
    let pages = PageRequest::new(asked.limit, asked.cursor.clone())?;
    let seen = scope.seen_as(unmask)?;
    let wanted = asked.entity_type.map_or("", EntityType::as_str);
    let list = ["search", &asked.text, wanted, unmask.as_str()];
    let found = seen.analysis(&list, |snapshot| snapshot.search(&asked.text, asked.entity_type))?;
    let hits = page(
        scope,
        &list,
        &pages,
        &found,
        |hit| seen.listed_id(hit.entity).to_string(),
        |hit| SearchHit { entity: EntitySummary::of(&seen, hit.entity), words: hit.words },
    )?;
    Ok(SearchAnswer { hits, snapshot: seen.name() })
}

fn place(answer: &SearchAnswer) -> Place {
    answer.hits.place(&answer.snapshot)
}

fn table(answer: &SearchAnswer) -> Table {
    let rows = answer.hits.items.iter();
    let rows = rows.map(|hit| row([hit.entity.cells(), vec![hit.words.into()]]));
    Table::new(EntitySummary::COLUMNS.into_iter().chain(["words"]), rows)
}
