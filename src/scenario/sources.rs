//! The agencies and their files: which agency keeps which kind of source, and the mapping of each.

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
    /// What the mapping puts before a row's id.
    pub id_prefix: &'static str,
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
        text.replace("{agency}", &self.agency)
    }

    /// The header row; empty for JSON Lines.
    pub fn header(&self) -> &'static str {
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

/// The files of a scenario with this many agencies.
pub(super) fn sources(agencies: usize) -> Vec<Source> {
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
    use crate::ingest::mapping::Mapping;

    #[test]
    fn every_mapping_parses_and_says_the_prefix_and_agency_of_its_source() {
        for agencies in [1, 2, 6, 9] {
            let all = sources(agencies);
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
