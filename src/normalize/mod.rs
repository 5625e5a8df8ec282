//! Raw text to comparable form; raw is always kept by the caller.
