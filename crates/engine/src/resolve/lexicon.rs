//! The distinct words and texts that records are made of, each kept once, with the keys by which they are
//! compared worked out once: most of a million records say the same few things.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::cmp::Ordering;
use std::hash::BuildHasher;

use super::comparison_cache::{ComparisonCache, Question};
use super::word::Word;
use crate::normalize::nicknames::{Groups, groups_of};
use crate::normalize::skeleton::skeleton;

/// The number of a text in its lexicon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text(std::num::NonZeroU32);

/// A word of a name or street.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WordEntry {
    /// Folded (ASCII, lower case).
    pub text: Box<str>,
    /// Its transliteration-robust key.
    pub skeleton: Box<str>,
    /// The groups of given names that it is in.
    pub groups: Groups,
    /// The set of its letters, one bit for each (several characters may share a bit).
    pub letters: u64,
    /// A hash of the skeleton, the same in every lexicon.
    pub key: u64,
    /// Its first eight letters: most words are put in order by them.
    start: u64,
    /// −log2 of its frequency as a name, by the model.
    pub term_frequency_bits: f64,
}

/// Words and texts by their numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Lexicon {
    words: Vec<WordEntry>,
    texts: String,
    /// Where each text ends.
    ends: Vec<u64>,
    /// How many people the term frequencies were counted among; 0 where they are not set.
    population: f64,
}

impl WordEntry {
    fn new(text: &str) -> Self {
        let skeleton = skeleton(text);
        Self {
            groups: groups_of(text),
            letters: letters(text),
            key: hash(&skeleton),
            start: start(text),
            skeleton: skeleton.into(),
            text: text.into(),
            term_frequency_bits: 0.0,
        }
    }

    /// Compares two words by the order of the alphabet.
    pub fn before(&self, other: &Self) -> Ordering {
        self.start.cmp(&other.start).then_with(|| self.text.cmp(&other.text))
    }
}

/// The first eight bytes of a text as a number of the same order.
fn start(text: &str) -> u64 {
    let mut bytes = [0; 8];
    let count = text.len().min(8);
    bytes[..count].copy_from_slice(&text.as_bytes()[..count]);
    u64::from_be_bytes(bytes)
}

/// The letters of a text as a set of bits.
pub(super) fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |set, byte| set | 1 << (byte & 63))
}

/// How often each of sixteen classes of bytes stands in a text, four bits for each.
pub(super) fn tally(text: &str) -> u64 {
    text.bytes().fold(0, |tally, byte| {
        let at = 4 * u64::from(byte & 15);
        tally & !(15 << at) | (((tally >> at) + 1) & 15) << at
    })
}

/// Returns true if two texts of these tallies may be one edit apart: an edit changes the counts of two classes at
/// most. Much cheaper than looking at the texts, and never false for texts one edit apart.
pub(super) fn may_be_one_edit(a: u64, b: u64) -> bool {
    let apart = a ^ b;
    let any = (apart | apart >> 1 | apart >> 2 | apart >> 3) & 0x1111_1111_1111_1111;
    any.count_ones() <= 2
}

/// 64 bits of a text, the same on every machine and in every version. Texts by which records find each other
/// are known to those who write them, so nothing rests on its being hard to collide.
pub(super) fn hash(text: &str) -> u64 {
    const TEXT: Mix = Mix::new("text");
    let eight = |bytes: &[u8]| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(word)
    };
    let bytes = text.as_bytes();
    // With the length, since a short end is filled up.
    bytes.chunks(8).map(eight).fold(TEXT.with(bytes.len() as u64), Mix::with).end()
}

/// Several 64-bit hashes made one, in their order (the finalizer of SplitMix64, Steele et al. 2014): the
/// same on every machine and in every version.
#[derive(Clone, Copy)]
pub(super) struct Mix(u64);

impl Mix {
    /// Begins with a name that keeps apart what is hashed for different ends (FNV-1a of it).
    pub const fn new(domain: &str) -> Self {
        let (bytes, mut state, mut at) = (domain.as_bytes(), 0xcbf2_9ce4_8422_2325u64, 0);
        while at < bytes.len() {
            state = (state ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            at += 1;
        }
        Self(state)
    }

    /// Mixes in one more.
    pub fn with(self, value: u64) -> Self {
        let mut mixed = (self.0.rotate_left(5) ^ value).wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(mixed ^ mixed >> 31)
    }

    /// The hash of all.
    pub fn end(self) -> u64 {
        self.0
    }
}

impl Lexicon {
    /// A word by its number.
    pub fn word(&self, word: Word) -> &WordEntry {
        &self.words[word as usize]
    }

    /// All words, by their numbers.
    pub fn words(&self) -> &[WordEntry] {
        &self.words
    }

    /// A text by its number.
    pub fn text(&self, text: Text) -> &str {
        let at = text.0.get() as usize - 1;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.texts[start..self.ends[at] as usize]
    }

    /// How many people the term frequencies were counted among.
    pub fn population(&self) -> f64 {
        self.population
    }

    /// Sets each word's term frequency, counted among so many people.
    pub fn set_term_frequencies(
        &mut self,
        term_frequency_bits: impl Fn(&str) -> f64,
        population: f64,
    ) {
        self.population = population;
        for word in &mut self.words {
            word.term_frequency_bits = term_frequency_bits(&word.text);
        }
    }
}

/// A lexicon while it grows.
#[derive(Default)]
pub(super) struct LexiconBuilder {
    lexicon: Lexicon,
    words: HashTable<Word>,
    texts: HashTable<Text>,
    hasher: DefaultHashBuilder,
}

/// The numbers that words and texts of one lexicon have in another.
pub(super) struct Renumbering {
    words: Vec<Word>,
    texts: Vec<Text>,
}

impl LexiconBuilder {
    /// The number of a word.
    pub fn word(&mut self, text: &str) -> Word {
        let hash = self.hasher.hash_one(text);
        self.known_word(hash, text).unwrap_or_else(|| self.add_word(hash, WordEntry::new(text)))
    }

    /// The number of a word that is worked out already.
    fn entry(&mut self, entry: WordEntry) -> Word {
        let hash = self.hasher.hash_one(&*entry.text);
        self.known_word(hash, &entry.text).unwrap_or_else(|| self.add_word(hash, entry))
    }

    fn known_word(&self, hash: u64, text: &str) -> Option<Word> {
        let entries = &self.lexicon.words;
        self.words.find(hash, |word| *entries[*word as usize].text == *text).copied()
    }

    fn add_word(&mut self, hash: u64, entry: WordEntry) -> Word {
        let (entries, hasher) = (&mut self.lexicon.words, &self.hasher);
        let number = entries.len() as Word;
        entries.push(entry);
        let hash_of = |word: &Word| hasher.hash_one(&*entries[*word as usize].text);
        self.words.insert_unique(hash, number, hash_of);
        number
    }

    /// The number of a text.
    pub fn text(&mut self, text: &str) -> Text {
        let (lexicon, hasher) = (&mut self.lexicon, &self.hasher);
        let hash = hasher.hash_one(text);
        if let Some(found) = self.texts.find(hash, |other| lexicon.text(*other) == text) {
            return *found;
        }
        lexicon.texts.push_str(text);
        lexicon.ends.push(lexicon.texts.len() as u64);
        let number = Text(std::num::NonZeroU32::MIN.saturating_add(lexicon.ends.len() as u32 - 1));
        self.texts.insert_unique(hash, number, |other| hasher.hash_one(lexicon.text(*other)));
        number
    }

    /// Takes in all of another lexicon.
    pub fn absorb(&mut self, other: Self) -> Renumbering {
        let other = other.lexicon;
        let texts = (1..=other.ends.len() as u32)
            .filter_map(std::num::NonZeroU32::new)
            .map(|number| self.text(other.text(Text(number))))
            .collect();
        let words = other.words.into_iter().map(|entry| self.entry(entry)).collect();
        Renumbering { words, texts }
    }

    /// The lexicon; its indexes are dropped.
    pub fn finish(mut self) -> Lexicon {
        self.lexicon.words.shrink_to_fit();
        self.lexicon.texts.shrink_to_fit();
        self.lexicon.ends.shrink_to_fit();
        self.lexicon
    }
}

impl Renumbering {
    /// The new number of a word.
    pub fn word(&self, word: Word) -> Word {
        self.words[word as usize]
    }

    /// The new number of a text.
    pub fn text(&self, text: Text) -> Text {
        self.texts[text.0.get() as usize - 1]
    }
}

/// The lexicons of the two sides of a comparison.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub a: &'a Lexicon,
    pub b: &'a Lexicon,
    /// True if both sides have one lexicon, so that words and texts are equal exactly if their numbers are.
    one: bool,
    /// The cache of comparisons of the lexicon's words; `None` where the sides have two lexicons.
    memo: Option<&'a ComparisonCache>,
}

impl<'a> Sides<'a> {
    pub fn new(a: &'a Lexicon, b: &'a Lexicon) -> Self {
        Self { a, b, one: std::ptr::eq(a, b), memo: None }
    }

    /// Both sides in one lexicon, with the cache of comparisons of its words.
    pub fn within(lexicon: &'a Lexicon, memo: &'a ComparisonCache) -> Self {
        Self { a: lexicon, b: lexicon, one: true, memo: Some(memo) }
    }

    /// The answer to a question about a word of each side.
    pub fn ask(self, question: Question, a: Word, b: Word, find: impl FnOnce() -> u8) -> u8 {
        match self.memo {
            Some(memo) => memo.answer(question, (a, b), find),
            None => find(),
        }
    }

    /// The sides exchanged.
    pub fn flipped(self) -> Self {
        Self { a: self.b, b: self.a, ..self }
    }

    /// Returns true if a text of side `a` equals a text of side `b`.
    pub fn same_text(&self, a: Text, b: Text) -> bool {
        if self.one { a == b } else { self.a.text(a) == self.b.text(b) }
    }

    /// Returns true if a word of side `a` equals a word of side `b`.
    pub fn same_word(&self, a: Word, b: Word) -> bool {
        if self.one { a == b } else { self.a.word(a).text == self.b.word(b).text }
    }

    /// Returns true if both texts are equal; `None` when one is missing.
    pub fn equal(&self, a: Option<Text>, b: Option<Text>) -> Option<bool> {
        Some(self.same_text(a?, b?))
    }

    /// Returns true if the words of `a` sort before those of `b` or are equal to them: fewer words first, then in the
    /// order of the alphabet.
    pub fn in_order(&self, a: &[Word], b: &[Word]) -> bool {
        if a.len() != b.len() {
            return a.len() < b.len();
        }
        let order = |(x, y): (&Word, &Word)| self.a.word(*x).before(self.b.word(*y));
        a.iter().zip(b).filter(|(x, y)| !self.one || x != y).map(order).find(|it| it.is_ne())
            != Some(Ordering::Greater)
    }
}
