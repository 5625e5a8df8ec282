//! The planted decoys: innocent patterns that look like rings to a careless indicator.

use super::desk::Desk;
use super::event_rows::{Party, Stay};
use super::person_rows::Report;
use super::places::nearest;
use super::population::{DAY, START};
use super::rings::{Members, members};
use accord_engine::model::EntityType;

/// The kinds of decoys.
pub(super) const DECOYS: [&str; 11] = [
    "shelter_address",
    "hospital",
    "hostel",
    "family_of_nine",
    "coach_and_team",
    "touring_band",
    "rental_fleet",
    "commuter_bus",
    "harvest_crew",
    "switchboard_phone",
    "recycled_number",
];

impl Desk<'_> {
    /// Plants a decoy of this kind.
    pub fn decoy(&mut self, kind: &str) -> Members {
        match kind {
            "shelter_address" => self.shelter_address(),
            "hospital" => self.given_phone("hospital", 8),
            "hostel" => self.hostel(),
            "family_of_nine" => self.family_of_nine(),
            "coach_and_team" => self.coach_and_team(),
            "touring_band" => self.touring_band(),
            "rental_fleet" => self.rental_fleet(),
            "commuter_bus" => self.commuter_bus(),
            "harvest_crew" => self.harvest_crew(),
            "switchboard_phone" => self.given_phone("retail", 7),
            _ => self.recycled_number(),
        }
    }

    fn shelter_address(&mut self) -> Members {
        let house = self.world.organization("shelter", self.world.city, &mut self.dice);
        let clients = self.strangers(8);
        for (nth, &client) in clients.iter().enumerate() {
            let from = START + (20 + 25 * nth as i64) * DAY;
            self.shelter(client, house, None, (from, from + 18 * DAY));
            self.known(client, 'C');
        }
        let address = self.world.organizations[house].address;
        let mut all = members(EntityType::Person, &clients);
        all.extend([(EntityType::Organization, house), (EntityType::Address, address)]);
        all
    }

    /// Many unrelated people who leave the number of a hospital or of their firm's switchboard.
    fn given_phone(&mut self, kind: &'static str, count: usize) -> Members {
        let city = self.world.city;
        let org = self.world.organization(kind, city, &mut self.dice);
        let phone = self.world.organizations[org].phone;
        let people = self.strangers(count);
        self.register(org, people[0], START + DAY);
        for &person in &people {
            let at = self.moment();
            let report = Report { status: 'C', at, city, phone: Some(phone), vehicle: None };
            self.police(person, &report);
            let own = self.phone_of(person);
            self.call(phone, own, at + DAY);
            if kind == "retail" {
                self.labour(person, org, None, at + 3 * DAY);
            } else {
                self.border(person, at + 3 * DAY, city, None);
            }
        }
        let mut all = members(EntityType::Person, &people);
        all.extend([(EntityType::Organization, org), (EntityType::Phone, phone)]);
        all
    }

    fn hostel(&mut self) -> Members {
        let hotel = self.world.organization("hotel", self.world.city, &mut self.dice);
        let guests = self.strangers(8);
        for &guest in &guests {
            let check_in = self.moment();
            let check_out = check_in + 3 * DAY;
            self.booking(guest, &Stay { hotel, phone: None, payer: None, check_in, check_out });
            self.border(guest, check_in - DAY, self.world.city, None);
        }
        let address = self.world.organizations[hotel].address;
        let mut all = members(EntityType::Person, &guests);
        all.extend([(EntityType::Organization, hotel), (EntityType::Address, address)]);
        all
    }

    fn family_of_nine(&mut self) -> Members {
        let father = self.strangers(1)[0];
        let van = self.world.vehicle(self.world.city, &mut self.dice);
        self.world.people[father].vehicle = Some(van);
        let mut family = vec![father];
        family.push(self.world.relative(father, (36, 50), &mut self.dice));
        for age in 0..7 {
            family.push(self.world.relative(father, (8 + age, 9 + age), &mut self.dice));
        }
        let hotel = self.world.organization("hotel", self.world.city, &mut self.dice);
        let check_in = START + 190 * DAY;
        for &person in &family {
            self.world.people[person].namesake = true;
            self.border(person, START + 180 * DAY, self.world.city, Some(van));
            let payer = (person != father).then_some(father);
            let check_out = check_in + 6 * DAY;
            self.booking(person, &Stay { hotel, phone: None, payer, check_in, check_out });
        }
        let mut all = members(EntityType::Person, &family);
        all.push((EntityType::Vehicle, van));
        all
    }

    /// A group that travels together and whose leader pays: itinerary, payer, mates.
    fn travellers(&mut self, count: usize, stops: &[usize], days: i64, ad: &str) -> Members {
        let leader = self.strangers(1)[0];
        let van = self.world.vehicle(self.world.city, &mut self.dice);
        self.world.people[leader].vehicle = Some(van);
        let mates = self.strangers(count);
        let (mut at, mut here) = (START + 130 * DAY, self.world.city);
        for &city in stops {
            at = self.arrival(here, city, at);
            here = city;
            self.sighting(van, city, at);
            let hotel = self.world.organization("hotel", city, &mut self.dice);
            for &guest in &mates {
                let (check_in, check_out) = (at + 3600, at + days * DAY);
                let payer = Some(leader);
                self.booking(guest, &Stay { hotel, phone: None, payer, check_in, check_out });
            }
            let phone = self.phone_of(leader);
            self.ad(phone, city, at - 5 * DAY, ad);
            at += days * DAY;
            self.sighting(van, city, at);
        }
        self.known(leader, 'C');
        for &mate in &mates {
            let at = self.moment();
            self.border(mate, at, self.world.city, None);
        }
        let mut all = members(EntityType::Person, &mates);
        all.extend([(EntityType::Person, leader), (EntityType::Vehicle, van)]);
        all
    }

    fn coach_and_team(&mut self) -> Members {
        let near = nearest(self.world.city);
        self.travellers(8, &[near[0]], 2, "Youth football tournament this weekend, all welcome")
    }

    fn touring_band(&mut self) -> Members {
        let near = nearest(self.world.city);
        let stops = [near[0], near[2], near[4], near[1]];
        self.travellers(4, &stops, 3, "Live on stage Friday, tickets at the door")
    }

    fn rental_fleet(&mut self) -> Members {
        let city = self.world.city;
        let company = self.world.organization("transport", city, &mut self.dice);
        let renters = self.strangers(6);
        self.register(company, renters[0], START + DAY);
        let cars: Vec<usize> = (0..2).map(|_| self.world.vehicle(city, &mut self.dice)).collect();
        for (nth, &renter) in renters.iter().enumerate() {
            let at = START + (30 + 30 * nth as i64) * DAY;
            let car = cars[nth % 2];
            let report = Report { status: 'C', at, city, phone: None, vehicle: Some(car) };
            self.police(renter, &report);
            self.payment(Party::Person(renter), Party::Company(company), 180, at + DAY, city);
            self.sighting(car, city, at + 7200);
        }
        let mut all = members(EntityType::Person, &renters);
        all.extend(members(EntityType::Vehicle, &cars));
        all.push((EntityType::Organization, company));
        all
    }

    /// A bus and two commuters' cars pass the same cameras every working day.
    fn commuter_bus(&mut self) -> Members {
        let drivers = self.strangers(3);
        let near = nearest(self.world.city)[0];
        let mut vehicles = Vec::new();
        for &driver in &drivers {
            let vehicle = self.world.vehicle(self.world.city, &mut self.dice);
            let (at, city) = (self.moment(), self.world.city);
            let report = Report { status: 'W', at, city, phone: None, vehicle: Some(vehicle) };
            self.police(driver, &report);
            vehicles.push(vehicle);
        }
        for day in [100, 104, 108] {
            let mut at = START + day * DAY + 6 * 3600;
            for city in [self.world.city, near] {
                for (nth, &vehicle) in vehicles.iter().enumerate() {
                    let gap = nth as i64 * 90 + self.dice.between(0, 60);
                    self.sighting(vehicle, city, at + gap);
                }
                at = self.arrival(self.world.city, near, at);
            }
        }
        let mut all = members(EntityType::Person, &drivers);
        all.extend(members(EntityType::Vehicle, &vehicles));
        all
    }

    fn harvest_crew(&mut self) -> Members {
        let city = self.world.city;
        let farm = self.world.organization("farm", city, &mut self.dice);
        let camp = self.world.address(city, 0);
        let workers = self.strangers(8);
        self.register(farm, workers[0], START + DAY);
        for &worker in &workers {
            let at = START + 200 * DAY + self.dice.between(0, DAY);
            self.labour(worker, farm, Some(camp), at);
            // Wages go to each worker's own account.
            self.payment(Party::Company(farm), Party::Person(worker), 620, at + 9 * DAY, city);
            self.border(worker, at - 40 * DAY, city, None);
        }
        let mut all = members(EntityType::Person, &workers);
        all.extend([(EntityType::Organization, farm), (EntityType::Address, camp)]);
        all
    }

    /// One number, two unrelated users more than 90 days apart.
    fn recycled_number(&mut self) -> Members {
        let people = self.strangers(2);
        let phone = self.world.phone("US");
        let city = self.world.city;
        let friends = self.strangers(4);
        for (nth, &person) in people.iter().enumerate() {
            let from = START + 170 * nth as i64 * DAY;
            for week in 0..2 {
                let at = from + (10 + 20 * week) * DAY;
                let report = Report { status: 'C', at, city, phone: Some(phone), vehicle: None };
                self.police(person, &report);
            }
            for &friend in &friends[nth * 2..nth * 2 + 2] {
                let other = self.phone_of(friend);
                self.call(phone, other, from + 15 * DAY);
            }
        }
        for &friend in &friends {
            self.known(friend, 'C');
        }
        let mut all = members(EntityType::Person, &people);
        all.push((EntityType::Phone, phone));
        all
    }
}
