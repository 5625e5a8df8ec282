//! Pairs of names that a reader would call one, or two.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(pairs: &[(&str, &str)], same: bool) {
    for (a, b) in pairs {
        let score = name_score(a, b);
        assert_eq!(score, name_score(b, a), "symmetric: {a} / {b}");
        assert_eq!(score.matched, same, "{a} / {b}: {}", score.score);
    }
}

#[test]
fn one_person_is_written_in_many_ways() {
    check(
        &[
            ("Ingrid Halvorsen", "HALVORSEN, Ingrid"),
            ("Dr. Ingrid Halvorsen", "Ingrid Halvorsen"),
            ("President Ingrid Halvorsen", "Ingrid Halvorsen"),
            ("Robert Tanaka", "Bob Tanaka"),
            ("R. Tanaka", "Robert Tanaka"),
            ("JP Moreau", "Jean-Paul Moreau"),
            ("Ingrid Halvorsn", "Ingrid Halvorsen"),
            ("Ingrid Halvorzen", "Ingrid Halvorsen"),
            ("Ingrid Halvor sen", "Ingrid Halvorsen"),
            ("ingridhalvorsen", "Ingrid Halvorsen"),
            ("1ngrid Halv0rsen", "Ingrid Halvorsen"),
            ("Ingrid Marit Halvorsen", "Ingrid Halvorsen"),
            ("Karim bin Yusuf", "Karim ibn Yousef"),
            ("Abdul Rashid Karimi", "Abdurrashid Karimi"),
            ("Noor Abdul Rashid Karimi", "Noor Rashid Karimi"),
            ("Hsu Chin-lung", "Xu Jinlong"),
        ],
        true,
    );
}

#[test]
fn names_of_different_people_may_be_near() {
    check(
        &[
            ("Ingrid Halvorsen", "Sven Halvorsen"),
            ("Ingrid Halvorsen", "Ingrid Lindqvist"),
            ("Ingrid Marit Halvorsen", "Ingrid Solveig Halvorsen"),
            ("Daniel Kowalski", "Daniela Kowalska"),
            ("Mario Bianchi", "Maria Bianchi"),
            ("Robert Tanaka", "Richard Tanaka"),
            ("K. Tanaka", "Robert Tanaka"),
            ("Pavel Ivanovich Orlov", "Pavel Sergeevich Orlov"),
            ("Samuel Ortega Jr.", "Samuel Ortega Sr."),
            ("Karim bin Yusuf al-Basri", "Yusuf bin Karim al-Basri"),
            ("Abdul Rashid Karimi", "Noor Rashid Karimi"),
            ("Ingrid", "Ingrid Marit Halvorsen"),
            ("Kost", "Kobt"),
        ],
        false,
    );
}

#[test]
fn scripts_are_read_across_and_within() {
    check(
        &[
            ("Ингрид Халворсен", "Ingrid Halvorsen"),
            ("Дмитрий Соколов", "Dmitri Sokolov"),
            ("كريم يوسف", "Karim Yusuf"),
            ("Νίκος Παπαδάκης", "Nikos Papadakis"),
            ("王小明", "王小明"),
        ],
        true,
    );
    check(
        &[("王小明", "王小朋"), ("박지훈", "박지현"), ("Дмитрий Соколов", "Andrei Sokolov")],
        false,
    );
}

#[test]
fn organizations_are_told_by_what_their_names_say() {
    check(
        &[
            ("Tallwood Timber GmbH", "Tallwood Timber"),
            ("OAO Severny Les", "Open Joint Stock Company Severny Les"),
            ("The Tallwood Trust", "Tallwood Trust"),
            ("Tallwood & Sons Ltd", "Tallwood and Sons Limited"),
            ("Tall Wood Holdings", "Tallwood Holdings"),
            ("Tallwod Holdings", "Tallwood Holdings"),
            ("Third Harbour Bank", "3rd Harbour Bank"),
            ("A.B. Tallwood Inc.", "AB Tallwood Inc"),
            ("HDC", "Harbour Development Council"),
            ("Harbour League / Lighthouse Front", "Harbour League"),
            ("Tallwood Timber Fund V L.P.", "Tallwood Timber Fund VI L.P."),
        ],
        true,
    );
    check(
        &[
            ("Tallwood Timber Inc", "Tallwood Mining Inc"),
            ("Banco Ribera S.A.", "Banco Ribera Peru S.A."),
            ("Tallwood of Denver, Inc.", "Tallwood of Tulsa, Inc."),
            ("Tallwood Fund V", "Tallwood Fund XII"),
            ("Tallwood Solutions Inc", "Tallwood Solutions II Inc"),
            ("XYZ Holdings", "XQR Holdings"),
            ("HDC", "Highland Dairy Farms"),
        ],
        false,
    );
}

#[test]
fn nothing_is_like_nothing() {
    check(&[("", ""), ("", "Ingrid Halvorsen"), ("--", "--"), ("Unknown", "Unknown")], false);
}

proptest! {
    #[test]
    fn any_two_texts_have_one_score(a in any::<String>(), b in any::<String>()) {
        let score = name_score(&a, &b);
        prop_assert!((0.0..=1.0).contains(&score.score));
        prop_assert_eq!(score, name_score(&b, &a));
    }

    #[test]
    fn the_score_does_not_depend_on_the_side(
        a in "(abdul |haji |bin )?[a-d]{1,5}( o| bin| al)?( [a-d]{1,4}){0,4}( inc| bank| 7| jr)?",
        b in "(abdul |haji |bin )?[a-d]{1,5}( o| bin| al)?( [a-d]{1,4}){0,4}( inc| bank| 7| jr)?",
    ) {
        prop_assert_eq!(name_score(&a, &b), name_score(&b, &a));
    }
}
