//! The agencies and their files: which agency keeps which kind of source, and the mapping of each.

use super::contacts::Odds;

/// The kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Police,
    Border,
    Labour,
    Shelter,
    Plates,
    Calls,
    Hotels,
    Ads,
    Payments,
    Register,
}

/// Every kind: file stem, extension, and the agency (modulo their number) that keeps it.
const HOMES: [(Kind, &str, &str, usize); 10] = [
    (Kind::Police, "persons", "csv", 0),
    (Kind::Border, "crossings", "jsonl", 1),
    (Kind::Labour, "inspections", "csv", 2),
    (Kind::Shelter, "cases", "csv", 3),
    (Kind::Plates, "plate-reads", "csv", 4),
    (Kind::Calls, "calls", "csv", 5),
    (Kind::Hotels, "hotels", "csv", 0),
    (Kind::Ads, "ads", "jsonl", 4),
    (Kind::Payments, "transfers", "csv", 5),
    (Kind::Register, "companies", "csv", 2),
];

/// Names of the first agencies; further ones are police departments.
const AGENCIES: [&str; 6] = [
    "metro-police",
    "border-guard",
    "labour-inspectorate",
    "harbour-shelter",
    "highway-patrol",
    "financial-intelligence",
];

/// One file of the scenario.
#[derive(Debug)]
pub(super) struct Source {
    pub kind: Kind,
    pub agency: String,
    /// File name within the scenario's directory.
    pub path: String,
    /// The prefix that the mapping puts before a row's id.
    pub id_prefix: &'static str,
    /// The columns in which its person rows say e-mail address and place of birth; `None` where they do not.
    pub contacts: Option<ContactColumns>,
}

/// The columns of a person's e-mail address and place of birth, which of them a source has, and
/// how often it fills them.
#[derive(Debug, Clone, Copy)]
pub(super) struct ContactColumns {
    pub email: Option<&'static str>,
    pub birth_place: Option<&'static str>,
    pub odds: Odds,
}

/// The columns of a kind of source. They are of the person of its mapping's first slot.
fn contact_columns(kind: Kind) -> Option<ContactColumns> {
    let (email, birth_place, odds) = match kind {
        Kind::Police => (Some("email"), Some("birth_place"), [0.25, 0.6]),
        Kind::Border => (Some("contact.email"), Some("traveller.birth_place"), [0.3, 0.85]),
        Kind::Labour => (None, Some("Geburtsort"), [0.0, 0.5]),
        Kind::Shelter => (Some("email"), Some("birth_place"), [0.3, 0.6]),
        Kind::Hotels => (Some("guest_email"), None, [0.6, 0.0]),
        Kind::Payments => (Some("sender_email"), None, [0.4, 0.0]),
        Kind::Plates | Kind::Calls | Kind::Ads | Kind::Register => return None,
    };
    Some(ContactColumns { email, birth_place, odds })
}

impl Source {
    /// The text of its mapping file.
    pub fn mapping(&self) -> String {
        let text = match self.kind {
            Kind::Police => include_str!("mappings/police.toml"),
            Kind::Border => include_str!("mappings/border.toml"),
            Kind::Labour => include_str!("mappings/labour.toml"),
            Kind::Shelter => include_str!("mappings/shelter.toml"),
            Kind::Plates => include_str!("mappings/plates.toml"),
            Kind::Calls => include_str!("mappings/calls.toml"),
            Kind::Hotels => include_str!("mappings/hotels.toml"),
            Kind::Ads => include_str!("mappings/ads.toml"),
            Kind::Payments => include_str!("mappings/payments.toml"),
            Kind::Register => include_str!("mappings/register.toml"),
        };
        let text = text.replace("{agency}", &self.agency);
        let Some(columns) = self.contacts else { return text };
        let mut fields = String::from("[record.fields]\n");
        for (field, column) in [("email", columns.email), ("birth_place", columns.birth_place)] {
            if let Some(column) = column {
                fields += &format!("{field} = \"{column}\"\n");
            }
        }
        text.replacen("[record.fields]\n", &fields, 1)
    }

    /// The header row; empty for JSON Lines.
    pub fn header(&self) -> String {
        let mut header = self.columns().to_owned();
        if let (Some(columns), false) = (self.contacts, header.is_empty()) {
            header.truncate(header.len() - 1);
            let delimiter = if self.kind == Kind::Labour { ';' } else { ',' };
            for column in [columns.email, columns.birth_place].into_iter().flatten() {
                header.push(delimiter);
                header += column;
            }
            header.push('\n');
        }
        header
    }

    fn columns(&self) -> &'static str {
        match self.kind {
            Kind::Police => {
                "report_no,last_name,first_name,middle_name,aka,dob,sex,status,id_no,phone,\
                 street_address,apt,city,state,zip,plate,plate_state,vin,make,model,veh_year,color,\
                 reported_at,incident_city,officer\n"
            }
            Kind::Labour => {
                "Fallnummer;Nachname;Vorname;Geburtsdatum;Geschlecht;Staat;Telefon;Ausweis;\
                 Strasse;Hausnummer;Zusatz;PLZ;Ort;Land;Arbeitgeber;Betriebsnummer;Branche;\
                 Betriebstelefon;Pruefdatum;Hinweis\n"
            }
            Kind::Shelter => {
                "case_no,full_name,known_as,born,sex,nationality,phone,document,last_address,\
                 last_city,house_name,house_address,house_city,intake,exit,referred_by\n"
            }
            Kind::Plates => {
                "read_id,plate,state,country,make,colour,read_at,camera,city,camera_country,\
                 lat,lon\n"
            }
            Kind::Calls => "call_id,a_number,b_number,started,ended,seconds\n",
            Kind::Hotels => {
                "booking_ref,hotel_name,hotel_phone,hotel_address,hotel_city,hotel_country,\
                 guest_last,guest_first,guest_dob,guest_id,guest_phone,payer_name,payer_phone,\
                 payer_id,check_in,check_out,rooms\n"
            }
            Kind::Payments => {
                "transfer_id,sender_name,sender_dob,sender_phone,sender_id,sender_company,\
                 sender_company_no,receiver_name,receiver_dob,receiver_phone,receiver_company,\
                 receiver_company_no,amount,currency,sent_at,city\n"
            }
            Kind::Register => {
                "entry_no,company_name,company_no,kind,phone,address,city,country,officer_first,\
                 officer_last,officer_born,officer_phone,officer_address,officer_city,appointed\n"
            }
            Kind::Border | Kind::Ads => "",
        }
    }
}

/// The files of a scenario with this many agencies, with or without contacts in person rows.
pub(super) fn sources(agencies: usize, contacts: bool) -> Vec<Source> {
    let name = |index: usize| match AGENCIES.get(index) {
        Some(name) => (*name).to_owned(),
        None => format!("county-police-{}", index - AGENCIES.len() + 1),
    };
    let departments =
        (AGENCIES.len()..agencies).map(|index| (Kind::Police, "persons", "csv", index));
    HOMES
        .into_iter()
        .chain(departments)
        .map(|(kind, stem, extension, home)| {
            let agency = name(home % agencies);
            Source {
                kind,
                path: format!("{agency}.{stem}.{extension}"),
                agency,
                id_prefix: prefix(kind),
                contacts: contact_columns(kind).filter(|_| contacts),
            }
        })
        .collect()
}

fn prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::Police => "P-",
        Kind::Border => "B-",
        Kind::Labour => "L-",
        Kind::Shelter => "S-",
        Kind::Plates => "R-",
        Kind::Calls => "CDR-",
        Kind::Hotels => "H-",
        Kind::Ads => "A-",
        Kind::Payments => "T-",
        Kind::Register => "C-",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accord_engine::ingest::mapping::Mapping;

    #[test]
    fn every_mapping_parses_and_says_the_prefix_and_agency_of_its_source() {
        for (agencies, contacts) in [(1, false), (2, true), (6, false), (6, true), (9, false)] {
            let all = sources(agencies, contacts);
            let distinct: std::collections::BTreeSet<_> = all.iter().map(|s| &s.agency).collect();
            assert_eq!(distinct.len(), agencies);
            for source in all {
                let mapping: Mapping = toml::from_str(&source.mapping()).unwrap();
                assert_eq!(mapping.agency, source.agency);
                assert_eq!(mapping.id_prefix, source.id_prefix);
            }
        }
    }
}
