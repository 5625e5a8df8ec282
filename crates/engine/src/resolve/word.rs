//! The names of words: numbers.

/// The number of a word in its lexicon. An order of numbers means nothing: they follow the order of
/// reading.
pub(super) type Word = u32;
