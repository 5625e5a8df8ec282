//! Blocking, comparison, the Fellegi-Sunter model, scoring, clustering, explanation.
//!
//! A score is a function of the two records and of a frozen, versioned model, of nothing else: not
//! of other records, not of live counts. That is what lets links be shared by all views.
