//! The label in force. Objects are kept as they were handed in; the date of their review is changed
//! by moving them to another class ([`super::WriteTxn::set_review`]), and reads give the date of the class.

use crate::model::{Class, ClassId, Label, Timestamp};

/// The review dates of all classes, by their number: by when their objects must be reviewed.
pub(super) struct Reviews(Vec<Option<Timestamp>>);

impl Reviews {
    /// Collects the review dates of all classes, which are numbered from 0.
    pub fn of(classes: &[(ClassId, Class)]) -> Self {
        let mut reviews = vec![None; classes.len()];
        for (id, class) in classes {
            if let Some(review) = reviews.get_mut(id.0 as usize) {
                *review = class.label.review_by;
            }
        }
        Self(reviews)
    }

    /// Replaces the review date that was handed in by that of the class.
    pub fn put(&self, class: ClassId, label: &mut Label) {
        label.review_by = self.0.get(class.0 as usize).copied().flatten();
    }
}

/// The class that differs from another in the review only.
pub(super) fn reviewed(class: &Class, review_by: Timestamp) -> Class {
    let label = Label { review_by: Some(review_by), ..class.label.clone() };
    Class { kind: class.kind, label }
}
