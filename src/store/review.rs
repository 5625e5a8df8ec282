//! The label in force. Objects are kept as they were handed in; by when they must be reviewed is changed
//! by moving them to another class ([`super::WriteTxn::set_review`]), and reads give what the class says.

use crate::model::{Class, ClassId, Label, Timestamp};

/// By when the objects of each class must be reviewed.
pub(super) struct Reviews(Vec<Option<Timestamp>>);

impl Reviews {
    /// Of all classes, which are numbered from 0.
    pub fn of(classes: &[(ClassId, Class)]) -> Self {
        let mut reviews = vec![None; classes.len()];
        for (id, class) in classes {
            if let Some(review) = reviews.get_mut(id.0 as usize) {
                *review = class.label.review_by;
            }
        }
        Self(reviews)
    }

    /// Puts what the class says in the place of what was handed in.
    pub fn put(&self, class: ClassId, label: &mut Label) {
        label.review_by = self.0.get(class.0 as usize).copied().flatten();
    }
}

/// The class that differs from another in the review only.
pub(super) fn reviewed(class: &Class, review_by: Timestamp) -> Class {
    let label = Label { review_by: Some(review_by), ..class.label.clone() };
    Class { kind: class.kind, label }
}
