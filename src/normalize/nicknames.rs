//! Which given names are forms of one another, and which look alike but are different names.

/// Whether both folded given names are forms of one name: equal, nickname, or other spelling.
pub fn same_given(a: &str, b: &str) -> bool {
    a == b || GROUPS.iter().any(|group| group.contains(&a) && group.contains(&b))
}

/// Whether the two folded given names look alike and yet are known to be different names.
pub fn distinct_given(a: &str, b: &str) -> bool {
    DISTINCT.iter().any(|&(left, right)| (left, right) == (a, b) || (right, left) == (a, b))
}

static GROUPS: &[&[&str]] = &[&["robert", "bob", "bobby", "rob"], &["william", "bill", "will"]];

static DISTINCT: &[(&str, &str)] =
    &[("alexander", "alexandra"), ("mario", "maria"), ("michael", "michelle")];
