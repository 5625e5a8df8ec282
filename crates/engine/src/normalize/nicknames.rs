//! Given names that are forms of one another, and given names that look alike but are different. Names are
//! evidence about identity only; nothing here says anything of origin or sex.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::text::fold;

/// Every name of the table with the numbers of its groups, ascending.
static GROUPS: LazyLock<HashMap<String, Vec<u16>>> = LazyLock::new(|| {
    let mut groups: HashMap<String, Vec<u16>> = HashMap::new();
    let mut number = 0;
    let mut add = |names: &[&str]| {
        for name in names {
            let of_name = groups.entry(fold(name)).or_default();
            if of_name.last() != Some(&number) {
                of_name.push(number);
            }
        }
        number += 1;
    };
    for line in include_str!("nicknames.txt").lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('=') {
            Some(single) => single.split_whitespace().for_each(|name| add(&[name])),
            None => add(&line.split_whitespace().collect::<Vec<_>>()),
        }
    }
    groups
});

/// The shortest name of which a feminine form in `-a` is made.
const STEM_LETTERS_MIN: usize = 4;

/// Returns true if both folded given names are forms of one name: equal, a nickname, or another spelling or
/// language's form of it (robert and bob, aleksandr and sasha, mohamed and muhammad). Symmetric, not
/// transitive: sasha is both aleksandr and aleksandra.
pub fn same_given(a: &str, b: &str) -> bool {
    a == b || share_group(groups_of(a), groups_of(b))
}

/// Returns true if two folded given names are known to be different names however alike they look: both in
/// the table and not forms of one another, or a masculine and its feminine form (mario and maria, daniel and
/// daniela). Symmetric.
pub fn distinct_given(a: &str, b: &str) -> bool {
    distinct_in((a, groups_of(a)), (b, groups_of(b)))
}

/// [`distinct_given`] of names whose groups are known.
pub fn distinct_in((a, of_a): (&str, Groups), (b, of_b): (&str, Groups)) -> bool {
    if a == b || share_group(of_a, of_b) {
        return false;
    }
    let known = !of_a.is_empty() && !of_b.is_empty();
    known || is_feminine_of(a, b) || is_feminine_of(b, a)
}

/// The numbers of the groups that a name is in, ascending.
pub type Groups = &'static [u16];

/// Returns the groups of forms of one name that hold the folded given name; empty if it is not in the table.
pub fn groups_of(name: &str) -> Groups {
    GROUPS.get(name).map_or(&[], Vec::as_slice)
}

/// Returns true if two names that are in these groups share a group, and so are forms of one name.
pub fn share_group(a: Groups, b: Groups) -> bool {
    a.iter().any(|group| b.contains(group))
}

fn is_feminine_of(feminine: &str, masculine: &str) -> bool {
    let Some(stem) = feminine.strip_suffix('a') else { return false };
    stem.len() >= STEM_LETTERS_MIN
        && (stem == masculine || masculine.strip_suffix('o') == Some(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_name_are_the_same() {
        let pairs = [
            ("robert", "bob"),
            ("bill", "william"),
            ("pepe", "jose"),
            ("sasha", "oleksandr"),
            ("sasha", "aleksandra"),
            ("mohamed", "mehmet"),
            ("kasia", "katarzyna"),
            ("hans", "john"),
            ("ionut", "ion"),
            ("pista", "istvan"),
            ("kostas", "konstantinos"),
            ("hatice", "khadija"),
            ("serhii", "sergey"),
            ("yuliia", "julia"),
            ("unknownname", "unknownname"),
        ];
        for (a, b) in pairs {
            assert!(same_given(a, b) && same_given(b, a), "{a} and {b}");
            assert!(!distinct_given(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn names_that_only_look_alike_are_different() {
        let pairs = [
            ("alexander", "alexandra"),
            ("mario", "maria"),
            ("michael", "michelle"),
            ("daniel", "daniela"),
            ("marina", "marta"),
            ("jose", "josefina"),
            ("hassan", "hussein"),
            ("ahmed", "hamid"),
            ("kwadwo", "kwadwoa"),
        ];
        for (a, b) in pairs {
            assert!(distinct_given(a, b) && distinct_given(b, a), "{a} and {b}");
            assert!(!same_given(a, b), "{a} and {b}");
        }
        assert!(distinct_given("darren", "darrell"), "names without other forms are known too");
        assert!(!distinct_given("micheal", "michael"), "a typing error is no other name");
    }
}
