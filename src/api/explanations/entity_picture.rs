//! `GET /v1/explanations/entity/{id}.svg`: a picture in SVG of how an entity holds together: self-contained, without
//! scripts, the same bytes for the same answer. It draws the records as rows of a tree of the links that hold them
//! together, and all other links as arcs beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::entity::{HowAnswer, HowView, how};
use super::picture::{self, AGAINST, INK, SUM, begin, believed, escaped, signed, text};
use super::tree::{Link, Row, chosen, rows};
use crate::analyze::EntityExplanation;
use crate::api::examples;
use crate::api::input::Id;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::says::Svg;
use crate::api::scope::CallerScope;
use crate::api::seen::{Seen, Unmask};
use crate::api::wire::{Called, LinkView};
use crate::graph::{EntityIndex, LinkIndex, RecordIndex};
use crate::model::{EntityId, RecordId, Verdict};

/// The most records that are drawn; more would not be readable.
const RECORDS_MAX: usize = 60;

const WIDTH: f64 = 1060.0;
const TOP: f64 = 122.0;
const ROW: f64 = 26.0;
const LEFT: f64 = 28.0;
/// The width of the tree in pixels, and the greatest step from a record to its child.
const TREE: f64 = 230.0;
const STEP: f64 = 34.0;
/// The horizontal position of the records' ids, and the start of the arcs of the other links with their greatest reach.
const LABELS: f64 = LEFT + TREE + 70.0;
const ARCS: (f64, f64) = (LABELS + 560.0, 150.0);

/// Colours of the groups, which colour-blind people can tell apart, too (Okabe and Ito).
const GROUPS: [&str; 7] =
    ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c8c00"];
const JUDGED: &str = "#1a7f37";

operation! {
    /// Picture how an entity holds together
    ///
    /// The explanation of an entity as a picture: its records as a tree of the links that connect them, with their
    /// bits, the weakest link marked, and in colours the groups into which the entity would fall without it; up to 60
    /// records, and the number of records left out. One SVG file without scripts or anything from elsewhere.
    picture_entity = draw;
    "explanations", Consultation, Light;
    examples {
        "id": examples::PHONE,
    };
    404 "No such entity in the caller's view";
}

fn draw(scope: &CallerScope, (Id(id), unmask): (Id<EntityId>, Unmask)) -> Result<Svg, Problem> {
    let seen = scope.seen_as(unmask)?;
    let entity = seen.find_entity(id)?;
    let (answer, found) = how(&seen, entity);
    Ok(Svg(match answer.how.as_ref().zip(found) {
        Some((how, found)) => {
            let picture = picture_of(&seen, entity, &found);
            self::entity(&answer, how, &picture)
        }
        None => {
            let what = "how far its records agree is not told";
            picture::masked(&answer.entity.id.to_string(), what)
        }
    }))
}

/// Collects the content of the picture beyond the answer; like the answer, it is of the caller's view only.
fn picture_of(seen: &Seen<'_>, entity: EntityIndex, found: &EntityExplanation) -> Picture {
    let snapshot = seen.snapshot();
    let records = &snapshot.entities()[entity].records;
    let at: BTreeMap<RecordIndex, usize> = records.iter().copied().zip(0..).collect();
    let link = |index: &LinkIndex| {
        let link = &snapshot.links()[*index];
        let (a, b) = snapshot.stored(link.a).zip(snapshot.stored(link.b))?;
        Some((*at.get(&a)?, *at.get(&b)?, link.bits))
    };
    let group_of: BTreeMap<RecordIndex, usize> = (0..)
        .zip(&found.without_weakest)
        .flat_map(|(group, records)| records.iter().map(move |record| (*record, group)))
        .collect();
    let spanning: BTreeSet<LinkIndex> = found.explanation.spanning.iter().copied().collect();
    let others = found.links.iter().filter(|it| !spanning.contains(it));
    let verdicts = snapshot.verdicts();
    let judged = verdicts.iter().filter(|(_, verdict)| **verdict == Verdict::Same);
    let named = |record: &RecordIndex| {
        let agency = snapshot.records()[*record].label.agency.clone();
        (seen.record_id(*record), agency)
    };
    Picture {
        records: records.iter().map(named).collect(),
        groups: records.iter().map(|it| group_of.get(it).copied().unwrap_or(0)).collect(),
        spanning: found.explanation.spanning.iter().filter_map(link).collect(),
        others: others.filter_map(link).collect(),
        judged: judged.filter_map(|((a, b), _)| Some((*at.get(a)?, *at.get(b)?))).collect(),
    }
}

/// The content of the picture beyond the answer.
pub(super) struct Picture {
    /// The id and agency of each record, ascending by id.
    pub records: Vec<(RecordId, String)>,
    /// For each record, the number of its group without the weakest link.
    pub groups: Vec<usize>,
    /// The links that hold the records together, strongest first.
    pub spanning: Vec<Link>,
    /// All other links between the records.
    pub others: Vec<Link>,
    /// Pairs of records that a human judged to be the same.
    pub judged: Vec<(usize, usize)>,
}

/// Draws the picture of an entity.
pub(super) fn entity(answer: &HowAnswer, how: &HowView, picture: &Picture) -> String {
    let weakest = how.weakest.as_ref().and_then(|link| {
        let LinkView::Shown { pair, score } = link else { return None };
        let at = |id: RecordId| picture.records.binary_search_by_key(&id, |record| record.0).ok();
        Some((at(pair.a)?, at(pair.b)?, score.bits))
    });
    let shown = chosen(picture.records.len(), &picture.spanning, weakest, RECORDS_MAX);
    let part = Shown::of(picture, &shown, weakest);
    let left_out = picture.records.len() - shown.len();
    let height = TOP + part.rows.len() as f64 * ROW + 20.0;
    let heading = heading(answer);
    let lines = [heading.clone(), figures(answer, how), fate(how, &part, left_out)];
    let mut svg = String::new();
    begin(&mut svg, WIDTH, height, [&heading, &description(&lines, &part)]);
    for (at, line) in lines.iter().enumerate() {
        text(&mut svg, 16.0, 24.0 + at as f64 * 19.0, "start", line);
    }
    let legend = [
        "bold: the strongest links that connect the records, with their bits; dashed red: the weakest",
        "arcs: all other links; green arcs: judged the same by a human; colours: the groups that would \
         remain without the weakest link",
    ];
    for (at, line) in legend.iter().enumerate() {
        text(&mut svg, 16.0, 84.0 + at as f64 * 18.0, "start", line);
    }
    part.draw(&mut svg);
    svg.push_str("</svg>\n");
    svg
}

/// The drawn records and the links between them, by position among the drawn records.
struct Shown<'a> {
    picture: &'a Picture,
    records: &'a [usize],
    rows: Vec<Row>,
    /// The row of each record.
    row_of: Vec<usize>,
    others: Vec<Link>,
    judged: Vec<(usize, usize)>,
    weakest: Option<(usize, usize)>,
    step: f64,
}

impl<'a> Shown<'a> {
    fn of(picture: &'a Picture, records: &'a [usize], weakest: Option<Link>) -> Self {
        let at = |record: usize| records.binary_search(&record).ok();
        let within = |links: &[Link]| -> Vec<Link> {
            let link = |(a, b, bits): &Link| Some((at(*a)?, at(*b)?, *bits));
            links.iter().filter_map(link).collect()
        };
        let rows = rows(records.len(), &within(&picture.spanning));
        let mut row_of = vec![0; records.len()];
        rows.iter().enumerate().for_each(|(at, row)| row_of[row.record] = at);
        let deepest = rows.iter().map(|row| row.depth).max().unwrap_or(0).max(1);
        let judged = picture.judged.iter().filter_map(|(a, b)| at(*a).zip(at(*b)));
        Self {
            picture,
            records,
            rows,
            row_of,
            others: within(&picture.others),
            judged: judged.collect(),
            weakest: weakest.and_then(|(a, b, _)| at(a).zip(at(b))),
            step: STEP.min(TREE / deepest as f64),
        }
    }

    fn x(&self, row: usize) -> f64 {
        LEFT + self.rows[row].depth as f64 * self.step
    }

    fn y(row: usize) -> f64 {
        TOP + (row as f64 + 0.5) * ROW
    }

    /// Tells if the link between a record and its parent is the weakest link.
    fn is_weakest(&self, row: &Row) -> bool {
        let parent = row.parent.map(|(parent, _)| self.rows[parent].record);
        let ends = parent.map(|parent| (parent.min(row.record), parent.max(row.record)));
        ends.is_some() && ends == self.weakest.map(|(a, b)| (a.min(b), a.max(b)))
    }

    fn draw(&self, svg: &mut String) {
        // The more arcs there are, the paler is each.
        let opacity = (20.0 / self.others.len().max(1) as f64).clamp(0.06, 0.5);
        let faint = format!("stroke-width=\"1\" stroke-opacity=\"{opacity:.2}\"");
        for (a, b, bits) in &self.others {
            let title = format!("{} {} bits", self.pair(*a, *b), signed(*bits));
            self.arc(svg, (*a, *b), SUM, &faint, &title);
        }
        for (a, b) in &self.judged {
            let title = format!("{} judged the same", self.pair(*a, *b));
            self.arc(svg, (*a, *b), JUDGED, "stroke-width=\"2.5\"", &title);
        }
        // The weakest link is drawn first, under the links that share its vertical line, so that only its own part is
        // red.
        for weakest in [true, false] {
            let rows = self.rows.iter().enumerate();
            rows.filter(|(_, row)| self.is_weakest(row) == weakest)
                .for_each(|(at, row)| self.branch(svg, at, row));
        }
        for (at, row) in self.rows.iter().enumerate() {
            self.node(svg, at, row);
        }
    }

    /// Draws the link between a record and its parent: down from the parent, then right.
    fn branch(&self, svg: &mut String, at: usize, row: &Row) {
        let Some((parent, bits)) = row.parent else { return };
        let (x, from, y) = (self.x(parent), Self::y(parent), Self::y(at));
        let (colour, more) = match self.is_weakest(row) {
            true => (AGAINST, " stroke-dasharray=\"6 4\""),
            false => (INK, ""),
        };
        let end = self.x(at);
        let _ = writeln!(
            svg,
            "<path d=\"M{x:.1} {from:.1}V{y:.1}H{end:.1}\" fill=\"none\" stroke=\"{colour}\" \
             stroke-width=\"3\"{more}/>",
        );
        let mark = if self.is_weakest(row) { "weakest " } else { "" };
        let label = format!("{mark}{}", signed(bits));
        text(svg, LABELS - 12.0, y + 4.5, "end", &label);
    }

    fn node(&self, svg: &mut String, at: usize, row: &Row) {
        let (x, y) = (self.x(at), Self::y(at));
        let record = self.records[row.record];
        let group = self.picture.groups[record];
        let colour = GROUPS[group % GROUPS.len()];
        let _ = writeln!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"8\" fill=\"{colour}\" stroke=\"#ffffff\" \
             stroke-width=\"2\"/>",
        );
        let (id, agency) = &self.picture.records[record];
        let label = format!("{}. {id} {agency}, group {}", at + 1, group + 1);
        text(svg, LABELS, y + 4.5, "start", &label);
    }

    /// Draws a link that is not part of the tree as an arc beside it: the farther apart the records, the wider the arc.
    fn arc(&self, svg: &mut String, (a, b): (usize, usize), colour: &str, more: &str, title: &str) {
        let (a, b) = (self.row_of[a], self.row_of[b]);
        let (from, to) = (Self::y(a.min(b)), Self::y(a.max(b)));
        let share = a.abs_diff(b) as f64 / self.rows.len() as f64;
        let reach = ARCS.0 + 14.0 + (ARCS.1 - 14.0) * share;
        let start = ARCS.0;
        let _ = writeln!(
            svg,
            "<path d=\"M{start:.1} {from:.1}C{reach:.1} {from:.1} {reach:.1} {to:.1} \
             {start:.1} {to:.1}\" fill=\"none\" stroke=\"{colour}\" {more}>\
             <title>{}</title></path>",
            escaped(title)
        );
    }

    /// Names two records by the numbers of their rows.
    fn pair(&self, a: usize, b: usize) -> String {
        let (a, b) = (self.row_of[a] + 1, self.row_of[b] + 1);
        format!("{} and {}", a.min(b), a.max(b))
    }
}

fn heading(answer: &HowAnswer) -> String {
    let entity = &answer.entity;
    let name = match &entity.called {
        Called::Named { name: Some(name) } => format!(" {name}"),
        Called::Named { name: None } | Called::Masked { .. } => String::new(),
    };
    format!("How the {}{name} holds together: {}", entity.entity_type.as_str(), entity.id)
}

fn figures(answer: &HowAnswer, how: &HowView) -> String {
    let cohesion = how.cohesion.map(|bits| format!(", {} bits in the mean", signed(bits)));
    format!(
        "{} records, {} of {} pairs linked{}{}",
        answer.entity.records,
        how.links,
        answer.pairs,
        cohesion.unwrap_or_default(),
        believed(how.basis)
    )
}

/// Describes the groups into which the entity would fall without its weakest link, and the number of records that are
/// left out.
fn fate(how: &HowView, part: &Shown<'_>, left_out: usize) -> String {
    let sizes: Vec<String> =
        how.without_weakest.iter().map(|group| group.size.to_string()).collect();
    let fate = match (&how.weakest, sizes.len()) {
        (None, _) => "No link connects its records".to_owned(),
        (Some(_), 0 | 1) => "It would hold without its weakest link".to_owned(),
        (Some(_), count) => format!(
            "Without its weakest link it would fall into {count} groups of {} records",
            sizes.join(", ")
        ),
    };
    match left_out {
        0 => fate,
        _ => format!("{fate}. Shown: {} records; left out: {left_out}", part.rows.len()),
    }
}

/// Describes the picture in words for people who cannot see it.
fn description(lines: &[String], part: &Shown<'_>) -> String {
    let mut said = lines.iter().map(|line| format!("{line}.")).collect::<Vec<_>>().join(" ");
    for row in &part.rows {
        let Some((parent, bits)) = row.parent else { continue };
        let mark = if part.is_weakest(row) { ", the weakest" } else { "" };
        let pair = part.pair(part.rows[parent].record, row.record);
        let _ = write!(said, " Records {pair}: {} bits{mark}.", signed(bits));
    }
    said
}
