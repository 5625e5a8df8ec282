//! Rows that are about people: police, border, labour, shelter and company register.

use serde_json::{Map, Value, json};

use super::desk::{Desk, civil, plain_time, rfc3339};
use super::noise::{self, Care, WrittenDate};
use super::places::CITIES;
use super::sources::Kind;
use accord_engine::model::EntityType::{Address, Organization, Person, Phone, Vehicle};

/// The parts of a police report other than the person.
pub(super) struct Report {
    pub status: char,
    pub at: i64,
    /// The city where the report was taken, index into [`CITIES`].
    pub city: usize,
    /// Phone given instead of the person's own.
    pub phone: Option<usize>,
    /// Vehicle in use.
    pub vehicle: Option<usize>,
}

/// A partial date, day or month first.
fn date(written: Option<WrittenDate>, style: char) -> String {
    match (written, style) {
        (None, _) => String::new(),
        (Some((y, Some(m), Some(d))), 'u') => format!("{m:02}/{d:02}/{y}"),
        (Some((y, Some(m), None)), 'u') => format!("{m:02}/{y}"),
        (Some((y, Some(m), Some(d))), 'd') => format!("{d:02}.{m:02}.{y}"),
        (Some((y, Some(m), None)), 'd') => format!("{m:02}.{y}"),
        (Some((y, Some(m), Some(d))), 'w') => format!("{d:02} {} {y}", MONTHS[m as usize - 1]),
        (Some((y, Some(m), None)), 'w') => format!("{} {y}", MONTHS[m as usize - 1]),
        (Some((y, Some(m), Some(d))), _) => format!("{y}-{m:02}-{d:02}"),
        (Some((y, Some(m), None)), _) => format!("{y}-{m:02}"),
        (Some((y, None, _)), _) => y.to_string(),
    }
}

/// A date of birth in ISO 8601.
pub(super) fn iso_date(written: Option<WrittenDate>) -> String {
    date(written, 'i')
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const SEXES: [&str; 2] = ["M", "F"];

impl Desk<'_> {
    /// A police report.
    pub fn police(&mut self, person: usize, report: &Report) {
        let said = self.personal(person, Care::Clerk, [0.72, 0.25, 0.68]);
        let row = self.begin(Kind::Police);
        let phone = report.phone.or(said.phone);
        let phone_text = self.written_phone(phone, "US");
        let subject = self.world.people[person].clone();
        let home = said.at_home.then_some(subject.address);
        let mut place = [const { String::new() }; 5];
        if let Some(home) = home {
            place = self.us_address(home);
        }
        let vehicle = report.vehicle.map(|v| self.world.vehicles[v].clone());
        let (y, m, d, h, min) = civil(report.at);
        let aka = if self.dice.chance(0.15) { said.name.nickname.clone() } else { String::new() };
        let car = vehicle.map_or_else(Default::default, |v| self.car_cells(&v));
        let sex = if self.dice.chance(0.92) { SEXES[subject.sex] } else { "" };
        let at = format!("{m:02}/{d:02}/{y} {h:02}:{min:02}");
        let officer = format!("Ofc {}", 100 + self.dice.below(80));
        let mut cells: Vec<&str> =
            vec![&said.name.family, &said.name.given, &said.name.middle, &aka];
        let born = date(said.birth, 'u');
        let status = report.status.to_string();
        cells.extend([&*born, sex, &status, &said.document, &phone_text]);
        cells.extend(place.iter().map(String::as_str));
        cells.extend(car.iter().map(String::as_str));
        cells.extend([&*at, CITIES[report.city].name, &officer]);
        self.cells_of_person(&row, Some(person), &cells);
        self.key(&row, "", Person, person);
        self.key_if(&row, "phone", Phone, phone);
        self.key_if(&row, "address", Address, home);
        self.key_if(&row, "vehicle", Vehicle, report.vehicle);
    }

    /// Street, apartment, city, state, post code.
    fn us_address(&mut self, home: usize) -> [String; 5] {
        let address = self.world.addresses[home].clone();
        let city = &CITIES[address.city];
        let (line, unit) = if address.unit > 0 && self.dice.chance(0.5) {
            let mut building = address.clone();
            building.unit = 0;
            let line = noise::address_line(&building, city.country, &mut self.dice);
            (line, address.unit.to_string())
        } else {
            (self.address_line(home), String::new())
        };
        let zip = if self.dice.chance(0.8) { address.postcode() } else { String::new() };
        [line, unit, city.name.to_owned(), city.region.to_owned(), zip]
    }

    /// Plate, state, VIN, make, model, year, colour.
    fn car_cells(&mut self, vehicle: &super::identifiers::Vehicle) -> [String; 7] {
        let plate = noise::plate(&vehicle.plate, 0.06, &mut self.dice);
        let vin = if self.dice.chance(0.4) { vehicle.vin.clone() } else { String::new() };
        let keep = |odds, text: String, desk: &mut Self| {
            if desk.dice.chance(odds) { text } else { String::new() }
        };
        [
            plate,
            vehicle.state.to_owned(),
            vin,
            keep(0.9, vehicle.make.to_owned(), self),
            keep(0.7, vehicle.model.to_owned(), self),
            keep(0.5, vehicle.year.to_string(), self),
            keep(0.8, vehicle.colour.to_owned(), self),
        ]
    }

    /// A key line for a slot that may be empty.
    pub fn key_if(
        &mut self,
        row: &super::desk::Row,
        slot: &str,
        entity_type: accord_engine::model::EntityType,
        local: Option<usize>,
    ) {
        if let Some(local) = local {
            self.key(row, slot, entity_type, local);
        }
    }

    /// A border crossing.
    pub fn border(&mut self, person: usize, at: i64, city: usize, vehicle: Option<usize>) {
        let said = self.personal(person, Care::Papers, [0.55, 0.85, 0.4]);
        let row = self.begin(Kind::Border);
        let subject = self.world.people[person].clone();
        let home = said.at_home.then_some(subject.address);
        let given = [said.name.given.as_str(), said.name.middle.as_str()].join(" ");
        let mut traveller = json!({
            "surname": said.name.family, "given_names": given.trim(),
            "sex": SEXES[subject.sex], "nationality": subject.nationality,
        });
        set(&mut traveller, "native_name", said.name.native);
        set(&mut traveller, "birth_date", iso_date(said.birth));
        let shown = self.row_contacts(&row, person);
        set(&mut traveller, "birth_place", shown.birth_place);
        let mut object = json!({ "crossing_id": row.id, "traveller": traveller });
        if !said.document.is_empty() {
            object["document"] = json!({ "kind": "passport", "number": said.document,
                                         "country": subject.nationality });
        }
        let mut contact = Value::Object(Map::new());
        set(&mut contact, "phone", self.written_phone(said.phone, ""));
        set(&mut contact, "email", shown.email);
        if let Some(home) = home {
            let place = &CITIES[self.world.addresses[home].city];
            set(&mut contact, "address", self.address_line(home));
            set(&mut contact, "city", place.name.to_owned());
            set(&mut contact, "country", place.country.to_owned());
        }
        object["contact"] = contact;
        if let Some(vehicle) = vehicle.map(|v| self.world.vehicles[v].clone()) {
            let plate = noise::plate(&vehicle.plate, 0.03, &mut self.dice);
            object["vehicle"] = json!({ "plate": plate, "country": vehicle.country,
                                        "make": vehicle.make, "colour": vehicle.colour });
        }
        let place = &CITIES[city];
        object["crossing"] = json!({
            "at": rfc3339(at), "point": format!("{} crossing {}", place.name, 1 + at % 3),
            "city": place.name, "country": place.country,
            "lat": place.latitude, "lon": place.longitude,
        });
        self.object(&row, &object);
        self.key(&row, "", Person, person);
        self.key_if(&row, "phone", Phone, said.phone);
        self.key_if(&row, "address", Address, home);
        self.key_if(&row, "vehicle", Vehicle, vehicle);
    }

    /// A worker found at an inspection, with employer and housing (home when none is given).
    pub fn labour(&mut self, person: usize, employer: usize, housing: Option<usize>, at: i64) {
        let said = self.personal(person, Care::Clerk, [0.5, 0.4, 1.0]);
        let row = self.begin(Kind::Labour);
        let subject = self.world.people[person].clone();
        let home = housing.unwrap_or(subject.address);
        let address = self.world.addresses[home].clone();
        let place = &CITIES[address.city];
        let org = self.world.organizations[employer].clone();
        let abbreviated = self.dice.chance(0.5);
        let street = address.street(abbreviated);
        let (house, postcode) = (address.house.to_string(), address.postcode());
        let unit = if address.unit > 0 { address.unit.to_string() } else { String::new() };
        let name = self.company(&org);
        let registration = if self.dice.chance(0.7) { org.registration } else { String::new() };
        let org_phone = if self.dice.chance(0.6) { Some(org.phone) } else { None };
        let org_phone =
            self.written_phone(org_phone.or(registration.is_empty().then_some(org.phone)), "DE");
        let (y, m, d, h, min) = civil(at);
        let at = format!("{d:02}.{m:02}.{y} {h:02}:{min:02}");
        let born = date(said.birth, 'd');
        let phone = self.written_phone(said.phone, "DE");
        let hint = if housing.is_some() && self.dice.chance(0.3) { "Opfer" } else { "" };
        let sex = ["M", "W"][subject.sex];
        self.cells_of_person(
            &row,
            Some(person),
            &[
                &said.name.family,
                &said.name.given,
                &born,
                sex,
                subject.nationality,
                &phone,
                &said.document,
                &street,
                &house,
                &unit,
                &postcode,
                place.name,
                place.country,
                &name,
                &registration,
                org.kind,
                &org_phone,
                &at,
                hint,
            ],
        );
        self.key(&row, "", Person, person);
        self.key(&row, "employer", Organization, employer);
        self.key(&row, "housing", Address, home);
        self.key_if(&row, "phone", Phone, said.phone);
    }

    /// An organization's name as somebody writes it.
    pub fn company(&mut self, org: &super::world::Organization) -> String {
        let mut name = org.name.clone();
        if self.dice.chance(0.05) {
            name = noise::misspell(&name, &mut self.dice);
        }
        match self.dice.below(4) {
            0 => name.to_uppercase(),
            1 if !org.legal_form.is_empty() => format!("{name}, {}", org.legal_form),
            2 if !org.legal_form.is_empty() => format!("{name} {}", org.legal_form),
            _ => name,
        }
    }

    /// A shelter case: who was taken in, when and until when.
    pub fn shelter(&mut self, person: usize, house: usize, phone: Option<usize>, stay: (i64, i64)) {
        let said = self.personal(person, Care::Casual, [0.75, 0.4, 0.6]);
        let row = self.begin(Kind::Shelter);
        let subject = self.world.people[person].clone();
        let phone = phone.or(said.phone);
        let home = said.at_home.then_some(subject.address);
        let (mut line, mut city) = (String::new(), "");
        if let Some(home) = home {
            line = self.address_line(home);
            city = CITIES[self.world.addresses[home].city].name;
        }
        let org = self.world.organizations[house].clone();
        let house_line = self.address_line(org.address);
        let house_city = CITIES[self.world.addresses[org.address].city].name;
        let native = if self.dice.chance(0.3) { said.name.native.clone() } else { String::new() };
        let (born, phone_text) = (date(said.birth, 'w'), self.written_phone(phone, "US"));
        let (full, intake, exit) = (said.name.full(), plain_time(stay.0), plain_time(stay.1));
        self.cells_of_person(
            &row,
            Some(person),
            &[
                &full,
                &native,
                &born,
                ["male", "female"][subject.sex],
                subject.nationality,
                &phone_text,
                &said.document,
                &line,
                city,
                &org.name,
                &house_line,
                house_city,
                &intake,
                &exit,
                "hotline",
            ],
        );
        self.key(&row, "", Person, person);
        self.key_if(&row, "phone", Phone, phone);
        self.key_if(&row, "last_address", Address, home);
        self.key(&row, "house", Address, org.address);
        self.key(&row, "shelter", Organization, house);
    }

    /// An entry of the company register: the company and one officer.
    pub fn register(&mut self, company: usize, officer: usize, at: i64) {
        let said = self.personal(officer, Care::Papers, [1.0, 0.0, 1.0]);
        let row = self.begin(Kind::Register);
        let org = self.world.organizations[company].clone();
        let (name, phone) = (self.company(&org), self.written_phone(Some(org.phone), "US"));
        let line = self.address_line(org.address);
        let place = &CITIES[self.world.addresses[org.address].city];
        let subject = self.world.people[officer].clone();
        let home_line = self.address_line(subject.address);
        let home_city = CITIES[self.world.addresses[subject.address].city].name;
        let own_phone = self.written_phone(subject.phone, "US");
        let (year, month, _) = subject.birth;
        let (born, appointed) = (format!("{month:02}/{year}"), rfc3339(at));
        self.cells(
            &row,
            &[
                &name,
                &org.registration,
                org.kind,
                &phone,
                &line,
                place.name,
                place.country,
                &said.name.given,
                &said.name.family,
                &born,
                &own_phone,
                &home_line,
                home_city,
                &appointed,
            ],
        );
        self.key(&row, "", Organization, company);
        self.key(&row, "officer", Person, officer);
        self.key(&row, "phone", Phone, org.phone);
        self.key(&row, "address", Address, org.address);
    }
}

/// Sets a member unless the text is empty.
fn set(object: &mut Value, member: &str, text: String) {
    if !text.is_empty() {
        object[member] = Value::String(text);
    }
}
