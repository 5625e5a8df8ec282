//! One name with all its spellings, native forms and nicknames.

use std::borrow::Cow;

/// A spelling or a nickname.
pub(super) type Spelling = Cow<'static, str>;

/// One name with all its spellings, native forms and nicknames.
#[derive(Debug, Clone)]
pub(super) struct Name {
    /// Latin spellings, the usual one first: masculine (or only) form, feminine form.
    pub(super) forms: [Vec<Spelling>; 2],
    /// Native script: masculine (or only) form, feminine form.
    pub(super) native: [Option<&'static str>; 2],
    /// Nicknames.
    pub nicknames: Vec<Spelling>,
}

impl Name {
    /// Latin spellings of the form for this sex (0 male, 1 female), the usual one first.
    pub fn spellings(&self, sex: usize) -> &[Spelling] {
        if self.forms[sex].is_empty() { &self.forms[0] } else { &self.forms[sex] }
    }

    /// Native script of the form for this sex.
    pub fn native(&self, sex: usize) -> Option<&'static str> {
        self.native[sex].or(self.native[0])
    }
}
