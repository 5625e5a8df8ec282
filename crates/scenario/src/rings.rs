//! The planted rings, after the indicators of the literature: a controller and those under control,
//! split over agencies so that no file alone shows the ring. Each function plants one ring and
//! returns the people and things that make it up.

use super::desk::Desk;
use super::event_rows::{Party, Stay};
use super::person_rows::Report;
use super::places::nearest;
use super::population::{DAY, START};
use accord_engine::model::EntityType;

/// Members of a planted case: type and index in the world.
pub(super) type Members = Vec<(EntityType, usize)>;

/// The kinds of rings.
pub(super) const RINGS: [&str; 9] = [
    "star",
    "two_tier_star",
    "circuit",
    "recruiter_chain",
    "rotating_phones",
    "convoy",
    "labour_camp",
    "funnel_payer",
    "front_business",
];

/// Members of one type.
pub(super) fn members(entity_type: EntityType, list: &[usize]) -> Members {
    list.iter().map(|&index| (entity_type, index)).collect()
}

impl Desk<'_> {
    /// Unrelated adults, each with an own home in the block's city.
    pub fn strangers(&mut self, count: usize) -> Vec<usize> {
        let city = self.world.city;
        let mut people = Vec::new();
        for _ in 0..count {
            let home = self.world.address(city, 0);
            people.push(self.world.person(home, (18, 45), &mut self.dice));
        }
        people
    }

    /// A few records of a person at police and border, so that each is known to somebody.
    pub fn known(&mut self, person: usize, status: char) {
        let (at, city) = (self.moment(), self.world.city);
        self.police(person, &Report { status, at, city, phone: None, vehicle: None });
        let at = self.moment();
        self.border(person, at, city, None);
    }

    /// The person's phone, given one when there is none.
    pub fn phone_of(&mut self, person: usize) -> usize {
        match self.world.people[person].phone {
            Some(phone) => phone,
            None => {
                let phone = self.world.phone("US");
                self.world.people[person].phone = Some(phone);
                phone
            }
        }
    }

    /// Plants a ring of this kind.
    pub fn ring(&mut self, kind: &str) -> Members {
        self.confined(|desk| match kind {
            "star" => desk.star(),
            "two_tier_star" => desk.two_tier_star(),
            "circuit" => desk.circuit(),
            "recruiter_chain" => desk.recruiter_chain(),
            "rotating_phones" => desk.rotating_phones(),
            "convoy" => desk.convoy(),
            "labour_camp" => desk.labour_camp(),
            "funnel_payer" => desk.funnel_payer(),
            _ => desk.front_business(),
        })
    }

    /// Ties victims to a controller: lodging paid, the controller's phone given and advertised,
    /// the controller's car at their incidents, and later a shelter for some.
    fn control(&mut self, controller: usize, victims: &[usize], vehicle: usize, from: i64) {
        let (city, phone) = (self.world.city, self.phone_of(controller));
        let hotel = self.world.organization("hotel", city, &mut self.dice);
        let house = self.world.organization("shelter", city, &mut self.dice);
        for (index, &victim) in victims.iter().enumerate() {
            let check_in = from + self.dice.between(0, 40) * DAY;
            let check_out = check_in + self.dice.between(2, 9) * DAY;
            let payer = Some(controller);
            self.booking(victim, &Stay { hotel, phone: Some(phone), payer, check_in, check_out });
            let at = check_in + self.dice.between(1, 20) * 3600;
            let vehicle = (index % 2 == 0).then_some(vehicle);
            let report = Report { status: 'V', at, city, phone: Some(phone), vehicle };
            self.police(victim, &report);
            self.ad(phone, city, check_in + 7200, "New in town, sweet and discreet, call any time");
            let own = self.phone_of(victim);
            self.call(phone, own, check_in + 9000);
            self.call(own, phone, check_in + 30_000);
            if self.dice.chance(0.6) {
                let intake = check_out + self.dice.between(20, 90) * DAY;
                self.shelter(victim, house, None, (intake, intake + 20 * DAY));
            }
        }
        for _ in 0..3 {
            let at = from + self.dice.between(0, 50 * DAY);
            self.sighting(vehicle, city, at);
        }
    }

    fn controller(&mut self) -> (usize, usize) {
        let controller = self.strangers(1)[0];
        let vehicle = self.world.vehicle(self.world.city, &mut self.dice);
        self.world.people[controller].vehicle = Some(vehicle);
        // Before any ring begins, so that the vehicle is never in two places.
        let at = START + self.dice.between(0, 20 * DAY);
        let city = self.world.city;
        let report = Report { status: 'S', at, city, phone: None, vehicle: Some(vehicle) };
        self.police(controller, &report);
        (controller, vehicle)
    }

    /// A controller who has also crossed a border.
    fn travelled_controller(&mut self) -> (usize, usize) {
        let (controller, vehicle) = self.controller();
        let (at, city) = (START + self.dice.between(21 * DAY, 29 * DAY), self.world.city);
        self.border(controller, at, city, Some(vehicle));
        (controller, vehicle)
    }

    fn star(&mut self) -> Members {
        let (controller, vehicle) = self.controller();
        let count = 4 + self.dice.below(3);
        let victims = self.strangers(count);
        self.control(controller, &victims, vehicle, START + 60 * DAY);
        let mut all = members(EntityType::Person, &victims);
        let phone = self.phone_of(controller);
        all.extend([(EntityType::Person, controller), (EntityType::Phone, phone)]);
        all.push((EntityType::Vehicle, vehicle));
        all
    }

    fn two_tier_star(&mut self) -> Members {
        let (controller, vehicle) = self.controller();
        let between = self.strangers(2);
        self.control(controller, &between, vehicle, START + 40 * DAY);
        let mut all = members(EntityType::Person, &between);
        for &intermediary in &between {
            let victims = self.strangers(3);
            self.control(intermediary, &victims, vehicle, START + 90 * DAY);
            all.extend(members(EntityType::Person, &victims));
            let phone = self.phone_of(intermediary);
            all.push((EntityType::Phone, phone));
        }
        all.extend([(EntityType::Person, controller), (EntityType::Vehicle, vehicle)]);
        all
    }

    /// Three cities in the same order, twice: one car, bookings and advertisements in each.
    fn circuit(&mut self) -> Members {
        let (controller, vehicle) = self.travelled_controller();
        let victims = self.strangers(3);
        let phone = self.phone_of(controller);
        let near = nearest(self.world.city);
        let cities = [self.world.city, near[1], near[3]];
        let hotels: Vec<usize> = cities
            .iter()
            .map(|&city| self.world.organization("hotel", city, &mut self.dice))
            .collect();
        let (mut at, mut here) = (START + 100 * DAY, cities[0]);
        for stop in 0..6 {
            let city = cities[stop % 3];
            at = self.arrival(here, city, at);
            here = city;
            self.sighting(vehicle, city, at);
            self.ad(phone, city, at + 3600, "Visiting this week only, book now");
            for &guest in &victims {
                let stay = Stay {
                    hotel: hotels[stop % 3],
                    phone: Some(phone),
                    payer: Some(controller),
                    check_in: at + 5400,
                    check_out: at + 4 * DAY,
                };
                if stop < 3 || self.dice.chance(0.6) {
                    self.booking(guest, &stay);
                }
            }
            at += self.dice.between(4 * DAY, 7 * DAY);
            self.sighting(vehicle, city, at);
        }
        for &victim in &victims {
            self.known(victim, 'V');
        }
        let mut all = members(EntityType::Person, &victims);
        all.extend([(EntityType::Person, controller), (EntityType::Vehicle, vehicle)]);
        all.push((EntityType::Phone, phone));
        all
    }

    /// A recruiter calls each recruit; within a month the recruit is paid for by the exploiter.
    fn recruiter_chain(&mut self) -> Members {
        let (exploiter, vehicle) = self.travelled_controller();
        let recruiters = self.strangers(2);
        let mut all = members(EntityType::Person, &recruiters);
        for (index, &recruiter) in recruiters.iter().enumerate() {
            self.known(recruiter, 'C');
            let phone = self.phone_of(recruiter);
            self.ad(
                phone,
                self.world.city,
                START + 20 * DAY,
                "Hostess jobs abroad, housing included",
            );
            let recruits = self.strangers(3);
            for (nth, &recruit) in recruits.iter().enumerate() {
                let at = START + (30 + 35 * index as i64 + 9 * nth as i64) * DAY;
                let own = self.phone_of(recruit);
                self.call(own, phone, at);
                self.border(recruit, at + 6 * DAY, self.world.city, Some(vehicle));
                self.control(exploiter, &[recruit], vehicle, at + 8 * DAY);
                let (from, to) = (Party::Person(exploiter), Party::Person(recruiter));
                self.payment(from, to, 500, at + 12 * DAY, self.world.city);
            }
            all.extend(members(EntityType::Person, &recruits));
        }
        all.push((EntityType::Person, exploiter));
        all
    }

    /// One user, a new phone every month, the same contacts.
    fn rotating_phones(&mut self) -> Members {
        let (user, _) = self.travelled_controller();
        let contacts = self.strangers(4);
        let mut all = members(EntityType::Person, &contacts);
        for round in 0..4 {
            let phone = self.world.phone("US");
            let from = START + (40 + 32 * round) * DAY;
            let (city, vehicle) = (self.world.city, None);
            let report = Report { status: 'S', at: from + DAY, city, phone: Some(phone), vehicle };
            self.police(user, &report);
            for &contact in &contacts {
                let other = self.phone_of(contact);
                for _ in 0..2 {
                    let at = from + self.dice.between(0, 28 * DAY);
                    self.call(phone, other, at);
                }
            }
            self.ad(phone, city, from + 3 * DAY, "Discreet company, new number");
            all.push((EntityType::Phone, phone));
        }
        for &contact in &contacts {
            self.known(contact, 'C');
        }
        all.push((EntityType::Person, user));
        all
    }

    /// Three vehicles within minutes of each other in three cities on several days.
    fn convoy(&mut self) -> Members {
        let drivers = self.strangers(3);
        let mut vehicles = Vec::new();
        for &driver in &drivers {
            let vehicle = self.world.vehicle(self.world.city, &mut self.dice);
            self.world.people[driver].vehicle = Some(vehicle);
            let at = START + self.dice.between(0, 100 * DAY);
            let city = self.world.city;
            let report = Report { status: 'C', at, city, phone: None, vehicle: Some(vehicle) };
            self.police(driver, &report);
            self.border(driver, at + 30 * DAY, city, Some(vehicle));
            vehicles.push(vehicle);
        }
        let near = nearest(self.world.city);
        let route = [self.world.city, near[2], near[4], near[2], self.world.city];
        let (mut at, mut here) = (START + 150 * DAY, route[0]);
        for city in route {
            at = self.arrival(here, city, at);
            here = city;
            for (nth, &vehicle) in vehicles.iter().enumerate() {
                let gap = nth as i64 * 60 + self.dice.between(5, 40);
                self.sighting(vehicle, city, at + gap);
            }
            at += self.dice.between(DAY, 3 * DAY);
        }
        let mut all = members(EntityType::Person, &drivers);
        all.extend(members(EntityType::Vehicle, &vehicles));
        all
    }

    /// Workers of one employer in one house that belongs to it, paid to one account.
    fn labour_camp(&mut self) -> Members {
        let city = self.world.city;
        let farm = self.world.organization("farm", city, &mut self.dice);
        let (boss, van) = self.travelled_controller();
        self.register(farm, boss, START + DAY);
        let house = self.world.address(city, 0);
        let count = 8 + self.dice.below(5);
        let workers = self.strangers(count);
        for (nth, &worker) in workers.iter().enumerate() {
            let at = START + (120 + nth as i64 % 3) * DAY + self.dice.between(0, DAY / 2);
            self.labour(worker, farm, Some(house), at);
            self.border(worker, at - 30 * DAY, city, (nth % 2 == 0).then_some(van));
            if nth % 3 == 0 {
                let (from, to) = (Party::Company(farm), Party::Person(boss));
                self.payment(from, to, 900, at + 10 * DAY, city);
                self.police(
                    worker,
                    &Report {
                        status: 'V',
                        at: at + 5 * DAY,
                        city,
                        phone: None,
                        vehicle: Some(van),
                    },
                );
            }
        }
        let mut all = members(EntityType::Person, &workers);
        all.extend([(EntityType::Person, boss), (EntityType::Organization, farm)]);
        all.extend([(EntityType::Address, house), (EntityType::Vehicle, van)]);
        all
    }

    /// Cash from several cities to one person, who pays the lodging of many.
    fn funnel_payer(&mut self) -> Members {
        let (payer, _) = self.travelled_controller();
        let collectors = self.strangers(4);
        let near = nearest(self.world.city);
        for (nth, &collector) in collectors.iter().enumerate() {
            self.known(collector, 'C');
            for week in 0..3 {
                let at = START + (60 + 7 * week) * DAY + self.dice.between(0, 2 * DAY);
                let dollars = self.dice.between(700, 2900);
                let (from, to) = (Party::Person(collector), Party::Person(payer));
                self.payment(from, to, dollars, at, near[nth]);
            }
        }
        let guests = self.strangers(3);
        let hotel = self.world.organization("hotel", near[0], &mut self.dice);
        for &guest in &guests {
            self.known(guest, 'V');
            let check_in = START + 70 * DAY + self.dice.between(0, 10 * DAY);
            let check_out = check_in + 5 * DAY;
            let stay = Stay { hotel, phone: None, payer: Some(payer), check_in, check_out };
            self.booking(guest, &stay);
        }
        let mut all = members(EntityType::Person, &collectors);
        all.extend(members(EntityType::Person, &guests));
        all.push((EntityType::Person, payer));
        all
    }

    /// Businesses that share an officer and a phone; one is advertised for something else.
    fn front_business(&mut self) -> Members {
        let city = self.world.city;
        let (officer, _) = self.travelled_controller();
        let straw = self.strangers(1)[0];
        self.known(straw, 'C');
        let count = 3 + self.dice.below(3);
        let mut companies = Vec::new();
        for nth in 0..count {
            let company = self.world.organization("massage", city, &mut self.dice);
            if let Some(&first) = companies.first() {
                let shared: usize = first;
                let (phone, address) = {
                    let org = &self.world.organizations[shared];
                    (org.phone, org.address)
                };
                self.world.organizations[company].phone = phone;
                if nth % 2 == 0 {
                    self.world.organizations[company].address = address;
                }
            }
            companies.push(company);
            let who = if nth == 1 { straw } else { officer };
            self.register(company, who, START + (10 + nth as i64 * 20) * DAY);
        }
        let phone = self.world.organizations[companies[0]].phone;
        let workers = self.strangers(4);
        for (nth, &worker) in workers.iter().enumerate() {
            let at = START + (140 + nth as i64) * DAY;
            self.labour(worker, companies[nth % count], None, at);
            let report =
                Report { status: 'V', at: at + 20 * DAY, city, phone: Some(phone), vehicle: None };
            self.police(worker, &report);
            self.ad(phone, city, at - DAY, "Relaxing massage, new staff every week");
        }
        let mut all = members(EntityType::Organization, &companies);
        all.extend(members(EntityType::Person, &workers));
        all.extend([(EntityType::Person, officer), (EntityType::Person, straw)]);
        all.push((EntityType::Phone, phone));
        all
    }
}
