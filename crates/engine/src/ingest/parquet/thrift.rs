//! Thrift's compact protocol, as far as a Parquet file's own words must be checked before the
//! library may act on them: its readers set aside memory for the sizes that a file states.

/// How deep structures, lists and maps may lie in each other.
const DEPTH_MAX: usize = 32;

/// The bytes are not what they should be, or end too soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// Kinds of values that are looked into; all others are stepped over.
const LIST: u8 = 9;
const STRUCTURE: u8 = 12;

/// Steps through encoded bytes.
pub(super) struct Walker<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walker<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes have been stepped over.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Reads a structure field by field: `take` gets the field's number and kind, and says whether
    /// it read the value; otherwise it is stepped over.
    pub fn structure(
        &mut self,
        mut take: impl FnMut(&mut Self, i16, u8) -> Result<bool, Malformed>,
    ) -> Result<(), Malformed> {
        let mut last = 0_i16;
        while let Some((number, kind)) = self.field(last)? {
            last = number;
            if !take(self, number, kind)? {
                self.skip(kind, DEPTH_MAX)?;
            }
        }
        Ok(())
    }

    /// Reads a structure inside a structure, given the kind that the field states.
    pub fn inner(
        &mut self,
        kind: u8,
        take: impl FnMut(&mut Self, i16, u8) -> Result<bool, Malformed>,
    ) -> Result<(), Malformed> {
        if kind == STRUCTURE { self.structure(take) } else { Err(Malformed) }
    }

    /// Reads the head of a list of structures: how many there are.
    pub fn list_of_structures(&mut self, kind: u8) -> Result<usize, Malformed> {
        match (kind, self.list()?) {
            (LIST, (length, STRUCTURE)) => Ok(length),
            _ => Err(Malformed),
        }
    }

    /// Reads a whole number or a truth value.
    pub fn integer(&mut self, kind: u8) -> Result<i64, Malformed> {
        match kind {
            1 => Ok(1),
            2 => Ok(0),
            3 => Ok(i64::from(self.byte()? as i8)),
            4..=6 => self.zigzag(),
            _ => Err(Malformed),
        }
    }

    /// Reads a number of seven bits a byte.
    pub fn number(&mut self) -> Result<u64, Malformed> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Malformed)
    }

    /// Reads a number of either sign.
    pub fn zigzag(&mut self) -> Result<i64, Malformed> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// Steps over so many bytes.
    pub fn step(&mut self, count: u64) -> Result<(), Malformed> {
        let left = (self.bytes.len() - self.at) as u64;
        if count > left {
            return Err(Malformed);
        }
        self.at += count as usize;
        Ok(())
    }

    /// Reads one byte.
    pub fn byte(&mut self) -> Result<u8, Malformed> {
        let byte = *self.bytes.get(self.at).ok_or(Malformed)?;
        self.at += 1;
        Ok(byte)
    }

    /// A field's number and kind; nothing at the structure's end.
    fn field(&mut self, last: i16) -> Result<Option<(i16, u8)>, Malformed> {
        let head = self.byte()?;
        let kind = head & 0x0f;
        if kind == 0 {
            return Ok(None);
        }
        let number = match i16::from(head >> 4) {
            0 => i16::try_from(self.zigzag()?).map_err(|_| Malformed)?,
            step => last.checked_add(step).ok_or(Malformed)?,
        };
        Ok(Some((number, kind)))
    }

    /// The length and kind of a list. Every element has a byte at least.
    fn list(&mut self) -> Result<(usize, u8), Malformed> {
        let head = self.byte()?;
        let length = match head >> 4 {
            15 => self.number()?,
            short => u64::from(short),
        };
        if length > (self.bytes.len() - self.at) as u64 {
            return Err(Malformed);
        }
        Ok((length as usize, head & 0x0f))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<(), Malformed> {
        let deeper = depth.checked_sub(1).ok_or(Malformed)?;
        match kind {
            1 | 2 => Ok(()),
            3 => self.step(1),
            4..=6 => self.number().map(drop),
            7 => self.step(8),
            8 => {
                let length = self.number()?;
                self.step(length)
            }
            LIST | 10 => {
                let (length, kind) = self.list()?;
                (0..length).try_for_each(|_| self.skip_element(kind, deeper))
            }
            11 => {
                let length = self.number()?;
                if length == 0 {
                    return Ok(());
                }
                let kinds = self.byte()?;
                (0..length).try_for_each(|_| {
                    self.skip_element(kinds >> 4, deeper)?;
                    self.skip_element(kinds & 0x0f, deeper)
                })
            }
            STRUCTURE => {
                let mut last = 0;
                while let Some((number, kind)) = self.field(last)? {
                    last = number;
                    self.skip(kind, deeper)?;
                }
                Ok(())
            }
            13 => self.step(16),
            _ => Err(Malformed),
        }
    }

    /// Skips an element of a list or map, where a truth value takes a byte.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Result<(), Malformed> {
        if matches!(kind, 1 | 2) { self.step(1) } else { self.skip(kind, depth) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_protocol_writes_them() {
        assert_eq!(Walker::new(&[0x96, 0x01]).number(), Ok(150));
        assert_eq!(Walker::new(&[0x01]).zigzag(), Ok(-1));
        assert_eq!(Walker::new(&[0x80]).number(), Err(Malformed));
        assert_eq!(Walker::new(&[0xff; 11]).number(), Err(Malformed));
    }

    #[test]
    fn a_structure_is_read_and_what_nobody_takes_is_stepped_over() {
        // 1: i32 5, 2: text "ab", 4: list of two truths, 5: i32 -3.
        let bytes = [0x15, 10, 0x18, 2, b'a', b'b', 0x29, 0x21, 1, 0, 0x15, 5, 0];
        let (mut walker, mut found) = (Walker::new(&bytes), Vec::new());
        walker
            .structure(|walker, number, kind| {
                let wanted = [1, 5].contains(&number);
                if wanted {
                    found.push((number, walker.integer(kind)?));
                }
                Ok(wanted)
            })
            .unwrap();
        assert_eq!((found, walker.at()), (vec![(1, 5), (5, -3)], bytes.len()));
    }

    #[test]
    fn what_lies_too_deep_and_lists_longer_than_the_bytes_are_malformed() {
        let deep = [0x1c; 10_000];
        assert_eq!(Walker::new(&deep).structure(|_, _, _| Ok(false)), Err(Malformed));
        let long = [0x19, 0xfc, 0xff, 0xff, 0xff, 0x7f, 0];
        assert_eq!(Walker::new(&long).structure(|_, _, _| Ok(false)), Err(Malformed));
        // A map of many pairs of nothing.
        let map = [0x1b, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x55, 0];
        assert_eq!(Walker::new(&map).structure(|_, _, _| Ok(false)), Err(Malformed));
    }
}
