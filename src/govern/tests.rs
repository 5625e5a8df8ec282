//! What the decision gives, against a reference that follows the rules word by word.
