//! States and provinces of the United States, Canada and Australia to their postal codes, and country names
//! to ISO 3166-1 codes. Knows single folded texts only.

use super::text::{alphanumeric_upper, lookup};

/// The postal code of a folded state or province name, else the text itself.
pub fn region_code(folded: String) -> String {
    lookup(REGIONS, &folded).map(str::to_owned).unwrap_or(folded)
}

/// Returns true if the folded word is the postal code of a state or province in the table.
pub fn is_region_code(word: &str) -> bool {
    word.len() <= 3 && REGIONS.iter().any(|(_, code)| *code == word)
}

/// The ISO 3166-1 alpha-2 code of a country as written; text that is not in the table stays as it is, in upper case.
pub fn country_code(text: &str) -> Option<String> {
    let upper = alphanumeric_upper(text);
    let code = lookup(COUNTRIES, &upper.to_ascii_lowercase()).map(str::to_owned);
    Some(code.unwrap_or(upper)).filter(|code| !code.is_empty())
}

static REGIONS: &[(&str, &str)] = &[
    ("alabama", "al"),
    ("alaska", "ak"),
    ("alberta", "ab"),
    ("arizona", "az"),
    ("arkansas", "ar"),
    ("australian capital territory", "act"),
    ("british columbia", "bc"),
    ("california", "ca"),
    ("colorado", "co"),
    ("connecticut", "ct"),
    ("delaware", "de"),
    ("district of columbia", "dc"),
    ("florida", "fl"),
    ("georgia", "ga"),
    ("hawaii", "hi"),
    ("idaho", "id"),
    ("illinois", "il"),
    ("indiana", "in"),
    ("iowa", "ia"),
    ("kansas", "ks"),
    ("kentucky", "ky"),
    ("louisiana", "la"),
    ("maine", "me"),
    ("manitoba", "mb"),
    ("maryland", "md"),
    ("massachusetts", "ma"),
    ("michigan", "mi"),
    ("minnesota", "mn"),
    ("mississippi", "ms"),
    ("missouri", "mo"),
    ("montana", "mt"),
    ("nebraska", "ne"),
    ("nevada", "nv"),
    ("new brunswick", "nb"),
    ("new hampshire", "nh"),
    ("new jersey", "nj"),
    ("new mexico", "nm"),
    ("new south wales", "nsw"),
    ("new york", "ny"),
    ("newfoundland and labrador", "nl"),
    ("north carolina", "nc"),
    ("north dakota", "nd"),
    ("northern territory", "nt"),
    ("nova scotia", "ns"),
    ("ohio", "oh"),
    ("oklahoma", "ok"),
    ("ontario", "on"),
    ("oregon", "or"),
    ("pennsylvania", "pa"),
    ("prince edward island", "pe"),
    ("quebec", "qc"),
    ("queensland", "qld"),
    ("rhode island", "ri"),
    ("saskatchewan", "sk"),
    ("south australia", "sa"),
    ("south carolina", "sc"),
    ("south dakota", "sd"),
    ("tasmania", "tas"),
    ("tennessee", "tn"),
    ("texas", "tx"),
    ("utah", "ut"),
    ("vermont", "vt"),
    ("victoria", "vic"),
    ("virginia", "va"),
    ("washington", "wa"),
    ("west virginia", "wv"),
    ("western australia", "wa"),
    ("wisconsin", "wi"),
    ("wyoming", "wy"),
];

static COUNTRIES: &[(&str, &str)] = &[
    ("alb", "AL"),
    ("aut", "AT"),
    ("bel", "BE"),
    ("bgr", "BG"),
    ("can", "CA"),
    ("che", "CH"),
    ("chn", "CN"),
    ("cze", "CZ"),
    ("deu", "DE"),
    ("deutschland", "DE"),
    ("england", "GB"),
    ("esp", "ES"),
    ("espana", "ES"),
    ("fra", "FR"),
    ("france", "FR"),
    ("gbr", "GB"),
    ("germany", "DE"),
    ("grc", "GR"),
    ("greatbritain", "GB"),
    ("hun", "HU"),
    ("ita", "IT"),
    ("italia", "IT"),
    ("italy", "IT"),
    ("mda", "MD"),
    ("mex", "MX"),
    ("mexico", "MX"),
    ("nga", "NG"),
    ("nigeria", "NG"),
    ("nld", "NL"),
    ("npl", "NP"),
    ("phl", "PH"),
    ("pol", "PL"),
    ("poland", "PL"),
    ("polska", "PL"),
    ("prt", "PT"),
    ("romania", "RO"),
    ("rou", "RO"),
    ("rus", "RU"),
    ("russia", "RU"),
    ("spain", "ES"),
    ("srb", "RS"),
    ("tur", "TR"),
    ("uk", "GB"),
    ("ukr", "UA"),
    ("ukraine", "UA"),
    ("unitedkingdom", "GB"),
    ("unitedstates", "US"),
    ("unitedstatesofamerica", "US"),
    ("us", "US"),
    ("usa", "US"),
    ("vietnam", "VN"),
    ("vnm", "VN"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::text::tests::assert_sorted;

    #[test]
    fn tables_are_sorted() {
        assert_sorted(REGIONS);
        assert_sorted(COUNTRIES);
    }

    #[test]
    fn countries_get_their_two_letter_code() {
        for text in ["US", "usa", "U.S.A.", "United States"] {
            assert_eq!(country_code(text).as_deref(), Some("US"), "{text}");
        }
        assert_eq!(country_code("UK").as_deref(), Some("GB"));
        assert_eq!(country_code("--"), None);
    }
}
