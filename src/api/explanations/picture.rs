//! `GET /v1/explanations/pair.svg`: the explanation of a pair as a waterfall chart in SVG: self-contained, without
//! scripts, the same bytes for the same answer.

use std::fmt::Write;

use super::pair::{PairAnswer, PairQuery, StepKind, StepView, WhyView, explain};
use crate::api::basis::BasisView;
use crate::api::examples;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::says::Svg;
use crate::api::scope::CallerScope;

const WIDTH: f64 = 860.0;
/// The left and the right end of the bars in pixels; labels stand to their left, totals to their right.
const BARS: (f64, f64) = (360.0, 760.0);
const TOP: f64 = 56.0;
const ROW: f64 = 28.0;
const BAR: f64 = 18.0;

const FOR: &str = "#1a7f37";
pub(super) const AGAINST: &str = "#b42318";
pub(super) const SUM: &str = "#57606a";
pub(super) const INK: &str = "#1f2328";

operation! {
    /// Picture the explanation of a pair of records
    ///
    /// The explanation of a pair as a waterfall chart: one SVG file without scripts or external content.
    picture_pair = draw;
    "explanations", Combination, Light;
    examples {
        "a": examples::PERSON_RECORD,
        "b": examples::OTHER_PERSON_RECORD,
    };
    404 "No such record in the caller's view";
    422 "Not two records of one type";
}

fn draw(scope: &CallerScope, query: PairQuery) -> Result<Svg, Problem> {
    explain(scope, query).map(|answer| Svg(pair(&answer)))
}

/// A linear scale from bits to horizontal positions.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// Returns the scale that spans every total, zero, one bit and the stop.
    fn of(why: &WhyView) -> Self {
        let totals = why.steps.iter().map(|step| step.total).chain([0.0, why.stop]);
        let (low, high) = totals
            .filter(|bits| bits.is_finite())
            .fold((0.0_f64, 1.0_f64), |(low, high), bits| (low.min(bits), high.max(bits)));
        Self { low, high }
    }

    fn x(&self, bits: f64) -> f64 {
        let part = (bits - self.low) / (self.high - self.low);
        BARS.0 + part.clamp(0.0, 1.0) * (BARS.1 - BARS.0)
    }
}

/// Draws the waterfall chart of a pair; for a masked pair, a picture that only says so.
pub fn pair(answer: &PairAnswer) -> String {
    let records = format!("{} and {}", answer.pair.a, answer.pair.b);
    match &answer.why {
        Some(why) => waterfall(why, &records),
        None => masked(&records, "how far the two agree is not told"),
    }
}

/// Draws a picture that says only that `of` is masked, and `what` is therefore not told.
pub(super) fn masked(of: &str, what: &str) -> String {
    let mut svg = String::new();
    let heading = format!("Masked: {what}");
    begin(&mut svg, WIDTH, TOP, [&format!("{heading}; {of}"), &heading]);
    text(&mut svg, 16.0, 24.0, "start", &heading);
    text(&mut svg, 16.0, 42.0, "start", of);
    svg.push_str("</svg>\n");
    svg
}

/// Writes the head of a picture, with its title and its description in words for people who cannot see it.
pub(super) fn begin(svg: &mut String, width: f64, height: f64, [title, said]: [&str; 2]) {
    // Writing to a text never fails.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"title desc\" \
         font-family=\"sans-serif\" font-size=\"13\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
        escaped(title),
        escaped(said),
    );
}

fn waterfall(why: &WhyView, records: &str) -> String {
    let scale = Scale::of(why);
    let rows = why.steps.len() as f64 + 1.0;
    let height = TOP + rows * ROW + 40.0;
    let mut svg = String::new();
    let (bits, of) = (why.bits, probability(why.probability));
    let heading = format!("Posterior {} bits: probability {of}", signed(bits));
    let records = format!("{records}{}", believed(why.basis));
    let labels: Vec<String> = why.steps.iter().map(label).collect();
    let said = format!("Steps in bits: {}. {heading}.", labels.join(", "));
    begin(&mut svg, WIDTH, height, [&format!("{heading}; {records}"), &said]);
    text(&mut svg, 16.0, 24.0, "start", &heading);
    text(&mut svg, 16.0, 42.0, "start", &records);
    let bottom = TOP + rows * ROW;
    line(&mut svg, scale.x(0.0), bottom, SUM, "");
    line(&mut svg, scale.x(why.stop), bottom, INK, " stroke-dasharray=\"4 3\"");
    let stop = format!("dashed: groups join at {} mean bits", signed(why.stop));
    text(&mut svg, 16.0, bottom + 24.0, "start", &stop);
    let mut before = 0.0;
    for (index, (step, label)) in why.steps.iter().zip(&labels).enumerate() {
        let colour = match step.kind {
            StepKind::Prior => SUM,
            _ if step.bits == 0.0 => SUM,
            _ if step.bits < 0.0 => AGAINST,
            _ => FOR,
        };
        row(&mut svg, &scale, index, label, (before, step.total), colour);
        before = step.total;
    }
    let posterior = format!("posterior {}", signed(bits));
    row(&mut svg, &scale, why.steps.len(), &posterior, (0.0, bits), SUM);
    svg.push_str("</svg>\n");
    svg
}

/// Returns the label of a step; its sign repeats in text the meaning of the bar's colour.
fn label(step: &StepView) -> String {
    let bits = signed(step.bits);
    let attribute = step.attribute.as_deref().unwrap_or_default();
    match step.kind {
        StepKind::Prior => format!("prior {bits}"),
        StepKind::Level => {
            format!("{attribute}: {} {bits}", step.level.as_deref().unwrap_or_default())
        }
        StepKind::TermFrequency => format!("{attribute}: term_frequency_bits {bits}"),
    }
}

fn row(
    svg: &mut String,
    scale: &Scale,
    index: usize,
    label: &str,
    (from, to): (f64, f64),
    colour: &str,
) {
    let top = TOP + index as f64 * ROW;
    let (left, right) = (scale.x(from.min(to)), scale.x(from.max(to)));
    // A step of 0 bits stays visible.
    let width = (right - left).max(1.0);
    let y = top + (ROW - BAR) / 2.0;
    let _ = writeln!(
        svg,
        "<rect x=\"{left:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{BAR:.1}\" \
         fill=\"{colour}\"/>",
    );
    let base = top + ROW / 2.0 + 4.5;
    text(svg, BARS.0 - 12.0, base, "end", label);
    text(svg, WIDTH - 16.0, base, "end", &signed(to));
}

fn line(svg: &mut String, x: f64, bottom: f64, colour: &str, more: &str) {
    let _ = writeln!(
        svg,
        "<line x1=\"{x:.1}\" y1=\"{TOP:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" \
         stroke=\"{colour}\"{more}/>",
    );
}

pub(super) fn text(svg: &mut String, x: f64, y: f64, anchor: &str, content: &str) {
    let content = escaped(content);
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{INK}\">{content}</text>",
    );
}

/// Returns the reliability of the records as the end of a line; empty when they have neither grade nor opinion.
pub(super) fn believed(basis: BasisView) -> String {
    let grade = basis.weakest_grade.map(|grade| format!("; weakest grade {grade}"));
    let opinion = if basis.rests_on_opinion { "; rests on opinion" } else { "" };
    format!("{}{opinion}", grade.unwrap_or_default())
}

/// Formats bits with their sign and one decimal; zero is positive.
pub(super) fn signed(bits: f64) -> String {
    let tenths = (bits * 10.0).round() / 10.0;
    format!("{:+.1}", if tenths == 0.0 { 0.0 } else { tenths })
}

/// Formats a probability with four decimals, never rounded to 0 or 1.
fn probability(probability: f64) -> String {
    match probability {
        p if p > 0.9999 => "> 0.9999".to_owned(),
        p if p < 0.0001 => "< 0.0001".to_owned(),
        p => format!("{p:.4}"),
    }
}

/// Escapes a text for XML text and attributes; characters that XML cannot hold become U+FFFD.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(escaped("<script>\"&'\u{1}"), "&lt;script&gt;&quot;&amp;&#39;\u{fffd}");
    }

    #[test]
    fn numbers_show_their_sign_and_never_claim_certainty() {
        let shown = [12.16, -0.04, 0.0, -3.25].map(signed);
        assert_eq!(shown, ["+12.2", "+0.0", "+0.0", "-3.3"]);
        let shown = [0.99999, 0.5, 0.0].map(probability);
        assert_eq!(shown, ["> 0.9999", "0.5000", "< 0.0001"]);
    }
}
