//! The figures as a picture: a self-contained SVG, the same bytes for the same figures.

use std::fmt::Write;

use accord::resolve::evaluate::{Evaluation, LinkEvaluation};

/// The side of a panel, the room around it and the height of a type's row.
const SIDE: f64 = 260.0;
const MARGIN: f64 = 60.0;
const ROW: f64 = SIDE + 100.0;

/// For each type with links a reliability diagram and the curve of precision over recall.
pub fn svg(evaluation: &Evaluation) -> String {
    let types: Vec<_> = evaluation
        .types
        .iter()
        .filter_map(|(kind, figures)| figures.links.as_ref().map(|links| (kind.as_str(), links)))
        .filter(|(_, links)| links.links > 0)
        .collect();
    let (width, height) = (2.0 * (SIDE + 2.0 * MARGIN), ROW * types.len().max(1) as f64 + 20.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n"
    );
    if types.is_empty() {
        svg += "<text x=\"20\" y=\"40\">no links</text>\n";
    }
    for (index, (name, links)) in types.iter().enumerate() {
        let top = 50.0 + ROW * index as f64;
        reliability(&mut Panel::new(&mut svg, MARGIN, top), name, links);
        curve(&mut Panel::new(&mut svg, SIDE + 3.0 * MARGIN, top), name, links);
    }
    svg + "</svg>\n"
}

fn reliability(panel: &mut Panel<'_>, name: &str, links: &LinkEvaluation) {
    let figure = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.4}"));
    let title = format!(
        "{name}: reliability (Brier {}, ECE {})",
        figure(links.brier),
        figure(links.expected_calibration_error)
    );
    panel.frame(&title, "mean probability", "share true");
    panel.line(&[(0.0, 0.0), (1.0, 1.0)], "#999", " stroke-dasharray=\"4 4\"");
    let points: Vec<_> = links
        .bins
        .iter()
        .filter_map(|bin| Some((bin.mean_predicted?, bin.share_true?, bin.links)))
        .collect();
    panel.line(&points.iter().map(|(x, y, _)| (*x, *y)).collect::<Vec<_>>(), "#1f5fa8", "");
    for (x, y, count) in points {
        panel.dot(x, y, &format!("{count} links"));
    }
}

fn curve(panel: &mut Panel<'_>, name: &str, links: &LinkEvaluation) {
    panel.frame(&format!("{name}: links at -3 to 20 bits"), "recall", "precision");
    let points: Vec<_> =
        links.sweep.iter().map(|row| (row.quality.recall, row.quality.precision)).collect();
    panel.line(&points, "#1f5fa8", "");
    for (row, (x, y)) in links.sweep.iter().zip(points) {
        panel.dot(x, y, &format!("{} bits: F1 {:.4}", row.bits, row.quality.f1));
    }
}

/// A square that shares of 0 to 1 are drawn in.
struct Panel<'a> {
    svg: &'a mut String,
    left: f64,
    top: f64,
}

impl<'a> Panel<'a> {
    fn new(svg: &'a mut String, left: f64, top: f64) -> Self {
        Self { svg, left, top }
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.left + x * SIDE, self.top + (1.0 - y) * SIDE)
    }

    /// Writes a piece; writing to a string cannot fail.
    fn put(&mut self, piece: std::fmt::Arguments<'_>) {
        let _ = self.svg.write_fmt(piece);
    }

    fn frame(&mut self, title: &str, across: &str, up: &str) {
        let (left, top, bottom) = (self.left, self.top, self.top + SIDE);
        let (middle, height) = (left + SIDE / 2.0, top + SIDE / 2.0);
        self.put(format_args!("<rect x=\"{left}\" y=\"{top}\" width=\"{SIDE}\" height=\"{SIDE}\" fill=\"none\" stroke=\"#333\"/>\n"));
        self.put(format_args!(
            "<text x=\"{left}\" y=\"{}\" font-size=\"13\">{title}</text>\n",
            top - 12.0
        ));
        self.put(format_args!(
            "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{across}</text>\n",
            bottom + 34.0
        ));
        let side = left - 38.0;
        self.put(format_args!("<text x=\"{side}\" y=\"{height}\" text-anchor=\"middle\" transform=\"rotate(-90 {side} {height})\">{up}</text>\n"));
        for tick in 0..=5 {
            let value = f64::from(tick) / 5.0;
            let (x, y) = self.at(value, value);
            self.put(format_args!(
                "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value:.1}</text>\n",
                bottom + 16.0
            ));
            self.put(format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.1}</text>\n",
                left - 6.0,
                y + 4.0
            ));
        }
    }

    fn line(&mut self, points: &[(f64, f64)], colour: &str, style: &str) {
        let places: Vec<String> = points
            .iter()
            .map(|(x, y)| self.at(*x, *y))
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let places = places.join(" ");
        self.put(format_args!(
            "<polyline points=\"{places}\" fill=\"none\" stroke=\"{colour}\"{style}/>\n"
        ));
    }

    fn dot(&mut self, x: f64, y: f64, title: &str) {
        let (x, y) = self.at(x, y);
        self.put(format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"#1f5fa8\"><title>{title}</title></circle>\n"));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use accord::model::EntityType;
    use accord::resolve::evaluate::{evaluate_links, evaluate_type};

    use super::*;

    #[test]
    fn the_picture_holds_both_panels_of_each_type_that_has_links() {
        let mut person = evaluate_type(&[("a", 1), ("a", 1)]);
        person.links = Some(evaluate_links(vec![(20.0, true), (0.0, false)], 1));
        let phone = evaluate_type(&[("b", 2)]);
        let types = BTreeMap::from([(EntityType::Person, person), (EntityType::Phone, phone)]);
        let evaluation = Evaluation { types, missing_records: 0, unknown_records: 0 };
        let picture = svg(&evaluation);
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
        assert_eq!(picture.matches("person: ").count(), 2);
        assert!(!picture.contains("phone"));
        // Two bins and 24 thresholds.
        assert_eq!(picture.matches("<circle").count(), 26);
        assert_eq!(picture, svg(&evaluation));
    }
}
