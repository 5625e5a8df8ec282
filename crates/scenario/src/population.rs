//! Ordinary people: households, what agencies happen to know of them, and their everyday events.

use super::desk::Desk;
use super::event_rows::{Party, Stay};
use super::person_rows::Report;
use super::places::{CITIES, distance_km, nearest};

/// 2025-01-01T00:00:00Z.
pub(super) const START: i64 = 1_735_689_600;
/// A day in seconds.
pub(super) const DAY: i64 = 86_400;
/// Days that the scenario covers.
pub(super) const DAYS: i64 = 300;
/// Mean speed in km/h at which people drive between cities, stops included.
const DRIVING_KMH: f64 = 75.0;

/// Twins, and fathers and sons of one name, are about three times as frequent in a scenario as in
/// life: it is small and must hold some.
const TWINS_ONE_IN: usize = 20;

impl Desk<'_> {
    /// Some moment of the scenario.
    pub fn moment(&mut self) -> i64 {
        START + self.dice.between(0, DAYS * DAY - 1)
    }

    /// The earliest arrival in another city when leaving now.
    pub fn arrival(&mut self, from: usize, to: usize, leaving: i64) -> i64 {
        let hours = distance_km(&CITIES[from], &CITIES[to]) / DRIVING_KMH;
        leaving + (hours * 3600.0) as i64 + self.dice.between(900, 5400)
    }

    /// A block of `people` ordinary people with their records and events.
    pub fn population(&mut self, people: usize) {
        while self.world.people.len() < people {
            self.household(people, TWINS_ONE_IN);
        }
        let (mut hotels, mut employers, mut houses) = (Vec::new(), Vec::new(), Vec::new());
        let city = self.world.city;
        for kind in ["hotel", "hotel"] {
            hotels.push(self.world.organization(kind, city, &mut self.dice));
        }
        for kind in ["farm", "construction", "retail", "transport"] {
            employers.push(self.world.organization(kind, city, &mut self.dice));
        }
        houses.push(self.world.organization("shelter", city, &mut self.dice));
        for &employer in &employers {
            let officer = self.dice.below(people);
            let at = self.moment();
            self.register(employer, officer, at);
        }
        for person in 0..people {
            self.records_of(person, &hotels, &employers, &houses);
            self.everyday(person, people, &employers);
        }
    }

    /// One household of one to three people; one in `twins_one_in` has twins, one in as many a father
    /// and son of one name.
    pub fn household(&mut self, room: usize, twins_one_in: usize) {
        let city = self.world.city;
        let unit = if self.dice.chance(0.35) { 1 + self.dice.below(40) as u32 } else { 0 };
        let home = match self.world.addresses.len() {
            count if count > 0 && unit > 0 && self.dice.chance(0.3) => {
                self.world.neighbour(self.dice.below(count))
            }
            _ => self.world.address(city, unit),
        };
        let head = self.world.person(home, (19, 68), &mut self.dice);
        if self.dice.chance(0.45) {
            let vehicle = self.world.vehicle(city, &mut self.dice);
            self.world.people[head].vehicle = Some(vehicle);
        }
        let left = room.saturating_sub(self.world.people.len());
        match self.dice.below(twins_one_in) {
            _ if left < 2 => {}
            0 => {
                let twin = self.world.relative(head, (20, 40), &mut self.dice);
                self.world.people[twin].birth = self.world.people[head].birth;
                self.mark_namesakes(&[head, twin]);
            }
            1 => {
                let son = self.world.relative(head, (19, 30), &mut self.dice);
                let father = self.world.people[head].clone();
                let person = &mut self.world.people[son];
                (person.sex, person.given, person.papers) =
                    (father.sex, father.given, father.papers);
                person.second_given = father.second_given;
                person.birth.0 = father.birth.0 + 24;
                (person.suffix, self.world.people[head].suffix) = (Some("Jr."), Some("Sr."));
                self.mark_namesakes(&[head, son]);
            }
            shape if shape < 2 + twins_one_in * 3 / 10 => {
                self.world.relative(head, (19, 60), &mut self.dice);
                if left > 3 && self.dice.chance(0.5) {
                    self.world.relative(head, (15, 22), &mut self.dice);
                }
            }
            _ => {}
        }
    }

    fn mark_namesakes(&mut self, people: &[usize]) {
        for &person in people {
            self.world.people[person].namesake = true;
        }
    }

    /// How many records there are of a person: one to five, 2.4 in the mean.
    pub fn record_count(&mut self) -> usize {
        match self.dice.below(10) {
            0..3 => 1,
            3..6 => 2,
            6..8 => 3,
            8 => 4,
            _ => 5,
        }
    }

    /// One to five person records at agencies drawn at random.
    fn records_of(
        &mut self,
        person: usize,
        hotels: &[usize],
        employers: &[usize],
        houses: &[usize],
    ) {
        for _ in 0..self.record_count() {
            let at = self.moment();
            let city = self.world.city;
            let own = self.world.people[person].vehicle;
            let vehicle = own.filter(|_| self.dice.chance(0.7));
            match self.dice.below(100) {
                0..48 => {
                    let status = *self.dice.pick(&['C', 'C', 'W', 'S', 'V']);
                    self.police(person, &Report { status, at, city, phone: None, vehicle });
                }
                48..70 => {
                    let vehicle = vehicle.filter(|_| self.dice.chance(0.5));
                    self.border(person, at, city, vehicle);
                }
                70..83 => {
                    let employer = *self.dice.pick(employers);
                    self.labour(person, employer, None, at);
                }
                83..87 => {
                    let days = self.dice.between(3, 40);
                    let house = *self.dice.pick(houses);
                    self.shelter(person, house, None, (at, at + days * DAY));
                }
                _ => {
                    let days = self.dice.between(1, 6);
                    let hotel = *self.dice.pick(hotels);
                    let (check_in, check_out) = (at, at + days * DAY);
                    let stay = Stay { hotel, phone: None, payer: None, check_in, check_out };
                    self.booking(person, &stay);
                }
            }
        }
    }

    /// Calls, transfers, drives and small advertisements of one ordinary person.
    fn everyday(&mut self, person: usize, people: usize, employers: &[usize]) {
        let at = self.moment();
        if let Some(phone) = self.world.people[person].phone {
            for _ in 0..self.dice.below(3) {
                let other = (person + 1 + self.dice.below(9)) % people;
                let callee = self.world.people[other].phone.filter(|&other| other != phone);
                let at = self.moment();
                if let Some(callee) = callee {
                    self.call(phone, callee, at);
                }
            }
            if self.dice.chance(0.05) {
                let text = *self.dice.pick(&[
                    "Used bicycle, good condition, call after six",
                    "Two bedroom flat to let, no agents",
                    "Piano lessons for beginners, evenings",
                    "Moving house, sofa and table for sale",
                ]);
                self.ad(phone, self.world.city, at, text);
            }
        }
        if self.dice.chance(0.12) {
            let other = (person + 1 + self.dice.below(people - 1)) % people;
            let payer = match self.dice.below(3) {
                0 => Party::Company(*self.dice.pick(employers)),
                _ => Party::Person(person),
            };
            let dollars = self.dice.between(20, 1500);
            self.payment(payer, Party::Person(other), dollars, at, self.world.city);
        }
        if let Some(vehicle) = self.world.people[person].vehicle {
            let drives = self.dice.below(4);
            self.drives(vehicle, drives);
        }
    }

    /// Plate reads at home and, now and then, on a trip to a near city and back.
    fn drives(&mut self, vehicle: usize, count: usize) {
        let home = self.world.city;
        let mut at = START + self.dice.between(0, 30 * DAY);
        for _ in 0..count {
            at += self.dice.between(DAY, 60 * DAY);
            self.sighting(vehicle, home, at);
            if self.dice.chance(0.3) {
                let away = nearest(home)[self.dice.below(4)];
                at = self.arrival(home, away, at);
                self.sighting(vehicle, away, at);
                at = self.arrival(away, home, at + 3600);
                self.sighting(vehicle, home, at);
            }
        }
    }
}
