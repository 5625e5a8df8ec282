//! Rows that report events: plate reads, calls, hotel bookings, advertisements and transfers.

use serde_json::json;

use super::desk::{Desk, plain_time, rfc3339};
use super::noise::{self, Care};
use super::person_rows::iso_date;
use super::places::CITIES;
use super::sources::Kind;
use accord_engine::model::EntityType::{Address, Organization, Person, Phone, Vehicle};

/// One side of a transfer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Party {
    Person(usize),
    Company(usize),
}

/// A stay in a hotel.
pub(super) struct Stay {
    pub hotel: usize,
    /// Phone given instead of the guest's own.
    pub phone: Option<usize>,
    /// The payer, where that is not the guest.
    pub payer: Option<usize>,
    pub check_in: i64,
    pub check_out: i64,
}

/// A party as the transfer row writes it: name, birth date, phone, document, company, number.
type PartyCells = ([String; 6], Option<usize>);

impl Desk<'_> {
    /// A plate read by one of a city's cameras.
    pub fn sighting(&mut self, vehicle: usize, city: usize, at: i64) {
        let row = self.begin(Kind::Plates);
        let v = self.world.vehicles[vehicle].clone();
        let place = &CITIES[city];
        let plate = noise::plate(&v.plate, 0.08, &mut self.dice);
        let camera = self.dice.below(12);
        // Cameras stand on a 4 by 3 grid, about 1.5 km apart, around the city's centre.
        let (east, north) = ((camera % 4) as f64 - 1.5, (camera / 4) as f64 - 1.0);
        let latitude = format!("{:.5}", place.latitude + north * 0.013);
        let longitude = format!("{:.5}", place.longitude + east * 0.018);
        let colour = if self.dice.chance(0.8) { v.colour } else { "" };
        let make = if self.dice.chance(0.7) { v.make } else { "" };
        let camera = format!("{} cam {:02}", place.name, camera + 1);
        let (state, country) = if self.dice.chance(0.9) { (v.state, v.country) } else { ("", "") };
        self.cells(
            &row,
            &[
                &plate,
                state,
                country,
                make,
                colour,
                &rfc3339(at),
                &camera,
                place.name,
                place.country,
                &latitude,
                &longitude,
            ],
        );
        self.key(&row, "", Vehicle, vehicle);
    }

    /// A telephone call.
    pub fn call(&mut self, caller: usize, callee: usize, at: i64) {
        let row = self.begin(Kind::Calls);
        let seconds = self.dice.between(5, 900);
        let a = self.written_phone(Some(caller), "US");
        let b = self.written_phone(Some(callee), "US");
        let (from, to) = (plain_time(at), plain_time(at + seconds));
        self.cells(&row, &[&a, &b, &from, &to, &seconds.to_string()]);
        self.key(&row, "", Phone, caller);
        self.key(&row, "callee", Phone, callee);
    }

    /// A hotel booking.
    pub fn booking(&mut self, guest: usize, stay: &Stay) {
        let said = self.personal(guest, Care::Casual, [0.75, 0.45, 0.0]);
        let row = self.begin(Kind::Hotels);
        let hotel = self.world.organizations[stay.hotel].clone();
        let hotel_phone = if self.dice.chance(0.6) { Some(hotel.phone) } else { None };
        let hotel_phone = self.written_phone(hotel_phone, "US");
        let (line, name) = (self.address_line(hotel.address), self.company(&hotel));
        let place = &CITIES[self.world.addresses[hotel.address].city];
        let phone = stay.phone.or(said.phone);
        let phone_text = self.written_phone(phone, "US");
        let born = iso_date(said.birth);
        let mut payer = [const { String::new() }; 3];
        let mut payer_phone = None;
        if let Some(index) = stay.payer {
            let paid = self.personal(index, Care::Clerk, [0.95, 0.75, 0.0]);
            payer_phone = paid.phone;
            payer = [paid.name.full(), self.written_phone(payer_phone, "US"), paid.document];
            // A payer has no birth date here: without a document the phone must tell who it is.
            if payer_phone.is_none() && payer[2].is_empty() {
                payer[2] = self.world.people[index].document.clone();
            }
        }
        let (check_in, check_out) = (plain_time(stay.check_in), plain_time(stay.check_out));
        self.cells_of_person(
            &row,
            Some(guest),
            &[
                &name,
                &hotel_phone,
                &line,
                place.name,
                place.country,
                &said.name.family,
                &said.name.given,
                &born,
                &said.document,
                &phone_text,
                &payer[0],
                &payer[1],
                &payer[2],
                &check_in,
                &check_out,
                "1",
            ],
        );
        self.key(&row, "", Person, guest);
        self.key(&row, "hotel", Organization, stay.hotel);
        self.key(&row, "address", Address, hotel.address);
        self.key_if(&row, "phone", Phone, phone);
        self.key_if(&row, "payer", Person, stay.payer);
        self.key_if(&row, "payer_phone", Phone, payer_phone);
    }

    /// A classified advertisement.
    pub fn ad(&mut self, phone: usize, city: usize, at: i64, text: &str) {
        let row = self.begin(Kind::Ads);
        let place = &CITIES[city];
        let number = self.written_phone(Some(phone), "US");
        let object = json!({
            "ad_id": row.id, "posted_at": rfc3339(at), "site": "classifieds.example",
            "city": place.name, "country": place.country,
            "contact": { "phone": number }, "text": text,
        });
        self.object(&row, &object);
        self.key(&row, "", Phone, phone);
    }

    fn party(&mut self, party: Party, shows_document: f64) -> PartyCells {
        let mut cells = [const { String::new() }; 6];
        match party {
            Party::Person(person) => {
                let said = self.personal(person, Care::Clerk, [0.9, shows_document, 0.0]);
                cells[0] = said.name.full();
                cells[1] = iso_date(said.birth);
                cells[2] = self.written_phone(said.phone, "US");
                cells[3] = said.document;
                (cells, said.phone)
            }
            Party::Company(company) => {
                let org = self.world.organizations[company].clone();
                cells[4] = self.company(&org);
                cells[5] = org.registration;
                (cells, None)
            }
        }
    }

    /// A money transfer.
    pub fn payment(&mut self, from: Party, to: Party, dollars: i64, at: i64, city: usize) {
        let (a, a_phone) = self.party(from, 0.6);
        let (b, b_phone) = self.party(to, 0.0);
        let row = self.begin(Kind::Payments);
        let amount = format!("{dollars}.{:02}", self.dice.below(100));
        let sent = plain_time(at);
        let sender = if let Party::Person(person) = from { Some(person) } else { None };
        self.cells_of_person(
            &row,
            sender,
            &[
                &a[0],
                &a[1],
                &a[2],
                &a[3],
                &a[4],
                &a[5],
                &b[0],
                &b[1],
                &b[2],
                &b[4],
                &b[5],
                &amount,
                "USD",
                &sent,
                CITIES[city].name,
            ],
        );
        self.key_party(&row, "sender", from, a_phone);
        self.key_party(&row, "receiver", to, b_phone);
    }

    fn key_party(
        &mut self,
        row: &super::desk::Row,
        side: &str,
        party: Party,
        phone: Option<usize>,
    ) {
        match party {
            // The sender is the row's first slot, whose record has the row's own id.
            Party::Person(person) => {
                let slot = if side == "sender" { "" } else { side };
                self.key(row, slot, Person, person);
                self.key_if(row, &format!("{side}_phone"), Phone, phone);
            }
            Party::Company(company) => {
                self.key(row, &format!("{side}_company"), Organization, company);
            }
        }
    }
}
