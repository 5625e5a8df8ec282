//! Comparison of two names, as text and with nothing else known: are they names of one person or organization?
//!
//! Looser than the levels of the model: there a name is one attribute among others, here it is all
//! there is. A name is read as that of an organization when a word of either side says so, else as
//! that of a person. What decides is what is left over: words that one side lacks are an omission,
//! words left over on both sides contradict each other. Symmetric and deterministic.

mod distance;
mod organization;
mod person;
#[cfg(test)]
mod tests;
mod words;

/// The score from which two names are said to be one, unless the caller sets another.
pub const THRESHOLD: f64 = 0.70;

/// How well two names agree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NameScore {
    /// 0 (nothing in common) to 1 (equal).
    pub score: f64,
    /// True if the score reaches [`THRESHOLD`].
    pub matched: bool,
}

/// How well two names agree, read as names of people or of organizations, whichever they are.
///
/// A text with a slash holds several names; the best pair counts.
pub fn name_score(a: &str, b: &str) -> NameScore {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let mut best = score_pair(a, b);
    for x in variants(a) {
        for y in variants(b) {
            best = best.max(score_pair(x, y));
        }
    }
    let score = (best.clamp(0.0, 1.0) * 1e4).round() / 1e4;
    NameScore { score, matched: score >= THRESHOLD }
}

/// The names that a text lists, at most four.
fn variants(text: &str) -> impl Iterator<Item = &str> {
    const VARIANTS_MAX: usize = 4;
    let parts = text.split('/').map(str::trim);
    parts.filter(|part| part.chars().count() > 2).take(VARIANTS_MAX)
}

fn score_pair(a: &str, b: &str) -> f64 {
    let counts = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    if organization::is_organization(a) || organization::is_organization(b) {
        organization::score(a, b)
    } else if counts(a) || counts(b) {
        person::score(a, b).max(organization::score(a, b))
    } else {
        person::score(a, b).max(organization::acronym_score(a, b))
    }
}
