//! Failed authentications, by the address that they come from. The first failures of a minute are logged one by one;
//! further failures are answered 429 and counted, and once a minute one log entry for each address gives their number.
//! A caller with a valid credential is never hindered by failures from the same address.
//!
//! The address is the connection's: `X-Forwarded-For` can be set to anything by the sender.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The most addresses in each of the two generations.
const ADDRESSES_MAX: usize = 5_000;
/// The most log entries of a minute; the failures of further addresses are counted in one entry without an address.
const ENTRIES_MAX: usize = 1_000;
/// The limit of failures that are logged one by one, for all addresses together, as a multiple of the limit of one
/// address.
const ALL_ADDRESSES: u32 = 60;

/// The source of failures: an IPv4 address, or the /64 prefix of an IPv6 address, which one subscriber has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(IpAddr);

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        let IpAddr::V6(address) = address.to_canonical() else {
            return Self(address.to_canonical());
        };
        Self(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into())
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(address) => write!(f, "{address}/64"),
        }
    }
}

/// The treatment of one failed authentication: logged by itself, or counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The failure is logged and answered as usual.
    Single,
    /// The failure is counted; the sender may try again after this number of seconds.
    Counted(u16),
}

/// The recent failed authentications of a server.
pub struct Failures {
    a_minute: u32,
    table: Mutex<Table>,
}

/// The recent senders in two generations: a sender that does not fail again while the younger generation fills up is
/// forgotten with the older one. So the costs of a look-up and the memory are bounded.
struct Table {
    young: HashMap<Source, Sender>,
    old: HashMap<Source, Sender>,
    /// Number of counted failures of forgotten addresses.
    others: u64,
    all: Bucket,
}

struct Sender {
    bucket: Bucket,
    counted: u64,
}

/// A token bucket that refills a number of tokens per minute and holds at most as many.
#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    fn full(a_minute: u32, at: Instant) -> Self {
        Self { left: f64::from(a_minute), at }
    }

    /// Takes a token; if there is none, returns the seconds until the next one, 1 to 60.
    fn take(&mut self, a_minute: u32, now: Instant) -> Result<(), u16> {
        let rate = f64::from(a_minute) / 60.0;
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        *self = Self { left: (self.left + passed * rate).min(f64::from(a_minute)), at: now };
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        Err(((1.0 - self.left) / rate).ceil().clamp(1.0, 60.0) as u16)
    }
}

impl Failures {
    /// Creates an empty table that lets `a_minute` failures per minute of one address be logged one by one.
    pub fn new(a_minute: u32) -> Self {
        let all = Bucket::full(a_minute.saturating_mul(ALL_ADDRESSES), Instant::now());
        let table = Table { young: HashMap::new(), old: HashMap::new(), others: 0, all };
        Self { a_minute, table: Mutex::new(table) }
    }

    /// Notes a failure, and tells its treatment.
    pub fn note(&self, source: Source, now: Instant) -> Failure {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sender = table
            .young
            .remove(&source)
            .or_else(|| table.old.remove(&source))
            .unwrap_or_else(|| Sender { bucket: Bucket::full(self.a_minute, now), counted: 0 });
        let taken = sender.bucket.take(self.a_minute, now);
        let taken =
            taken.and_then(|()| table.all.take(self.a_minute.saturating_mul(ALL_ADDRESSES), now));
        sender.counted += u64::from(taken.is_err());
        if table.young.len() >= ADDRESSES_MAX {
            let young = std::mem::take(&mut table.young);
            let forgotten = std::mem::replace(&mut table.old, young);
            table.others += forgotten.values().map(|sender| sender.counted).sum::<u64>();
        }
        table.young.insert(source, sender);
        taken.map_or_else(Failure::Counted, |()| Failure::Single)
    }

    /// Returns and resets the numbers of counted failures by address; the failures without an address are the last
    /// item.
    pub(super) fn take(&self) -> Vec<(Option<Source>, u64)> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let Table { young, old, others, .. } = &mut *table;
        let senders = young.iter_mut().chain(old);
        let counted = senders.map(|(source, it)| (*source, std::mem::take(&mut it.counted)));
        let mut counted: Vec<_> = counted.filter(|(_, count)| *count > 0).collect();
        // The addresses with the most failures come first: they get an entry of their own.
        counted.sort_unstable_by_key(|(source, count)| (std::cmp::Reverse(*count), *source));
        let rest = counted.split_off(counted.len().min(ENTRIES_MAX));
        let rest = rest.iter().map(|(_, count)| count).sum::<u64>() + std::mem::take(others);
        let mut all: Vec<_> = counted.into_iter().map(|(it, count)| (Some(it), count)).collect();
        all.extend(Some((None, rest)).filter(|(_, rest)| *rest > 0));
        all
    }

    /// Adds failures again whose entry could not be written; they count without an address.
    pub(super) fn put_back(&self, count: u64) {
        self.table.lock().unwrap_or_else(PoisonError::into_inner).others += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        text.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn the_first_of_a_minute_are_single_and_the_rest_are_counted() {
        let (failures, start) = (Failures::new(10), Instant::now());
        let all: Vec<_> = (0..30).map(|_| failures.note(source("192.0.2.1"), start)).collect();
        assert!(all[..10].iter().all(|it| *it == Failure::Single));
        assert!(all[10..].iter().all(|it| *it == Failure::Counted(6)));
        assert_eq!(failures.note(source("192.0.2.2"), start), Failure::Single);
        assert_eq!(failures.take(), [(Some(source("192.0.2.1")), 20)]);
        assert_eq!(failures.take(), []);
        let later = start + std::time::Duration::from_secs(60);
        let again = (0..12).map(|_| failures.note(source("192.0.2.1"), later));
        assert_eq!(again.filter(|it| *it == Failure::Single).count(), 10);
    }

    #[test]
    fn an_ipv6_address_counts_with_its_subscribers() {
        assert_eq!(source("2001:db8:1:2:3::4"), source("2001:db8:1:2:ffff::"));
        assert_ne!(source("2001:db8:1:2::"), source("2001:db8:1:3::"));
        assert_eq!(source("::ffff:192.0.2.1").to_string(), "192.0.2.1");
        assert_eq!(source("2001:db8:1:2:3::4").to_string(), "2001:db8:1:2::/64");
    }

    #[test]
    fn however_many_addresses_there_are_little_is_kept_and_no_failure_is_lost() {
        let (failures, now) = (Failures::new(10), Instant::now());
        let mut counted = 0;
        for address in 0..50_000_u32 {
            let source = Source::from(IpAddr::from(address.to_be_bytes()));
            for _ in 0..2 {
                counted += u64::from(failures.note(source, now) != Failure::Single);
            }
        }
        // Over all addresses together, few failures are single, so that they cannot fill the log.
        assert_eq!(counted, 100_000 - 600);
        let table = failures.table.lock().unwrap();
        assert!(table.young.len() + table.old.len() <= 2 * ADDRESSES_MAX);
        drop(table);
        let taken = failures.take();
        assert_eq!(taken.len(), ENTRIES_MAX + 1);
        assert_eq!(taken.iter().map(|(_, count)| count).sum::<u64>(), counted);
    }
}
