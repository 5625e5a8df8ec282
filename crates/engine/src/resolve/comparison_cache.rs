//! A cache of the comparisons of pairs of words: the same few hundred common names and street words meet in most
//! pairs of records.

use std::cell::Cell;

use super::word::Word;

/// Pairs that are kept, a power of two: few enough for a processor's own cache.
const SLOTS: usize = 1 << 13;

/// The kinds of comparison of two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// How alike are they as names?
    AlikeNames,
    /// Are they near as words of a street or of a company's name?
    Near,
}

/// A cached comparison: the question, the two words in order, and the answer.
type Answered = (Question, Word, Word, u8);

/// The answers of one thread about the words of one lexicon. A pair that needs the place of another takes it.
pub(super) struct ComparisonCache {
    slots: Box<[Cell<Option<Answered>>]>,
}

impl Default for ComparisonCache {
    fn default() -> Self {
        Self { slots: vec![Cell::new(None); SLOTS].into() }
    }
}

impl ComparisonCache {
    /// The answer for two words, found by `find` where it is not known; the order of the words counts.
    pub fn answer(
        &self,
        question: Question,
        (a, b): (Word, Word),
        find: impl FnOnce() -> u8,
    ) -> u8 {
        let mixed = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = &self.slots[(mixed >> 40) as usize % SLOTS];
        match slot.get() {
            Some((asked, x, y, answer)) if (asked, x, y) == (question, a, b) => answer,
            _ => {
                let answer = find();
                slot.set(Some((question, a, b, answer)));
                answer
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_found_once_and_belongs_to_its_question_and_pair() {
        let memo = ComparisonCache::default();
        assert_eq!(memo.answer(Question::Near, (1, 2), || 7), 7);
        assert_eq!(memo.answer(Question::Near, (1, 2), || unreachable!()), 7);
        assert_eq!(memo.answer(Question::Near, (2, 1), || 8), 8);
        assert_eq!(memo.answer(Question::AlikeNames, (1, 2), || 9), 9);
        for word in 0..3 * SLOTS as Word {
            assert_eq!(
                memo.answer(Question::Near, (word, 5), || (word % 100) as u8),
                (word % 100) as u8
            );
        }
    }
}
