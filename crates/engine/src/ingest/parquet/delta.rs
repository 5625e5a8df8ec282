//! Checks of values written as differences, which state how many they are: the library takes the number for true.

use super::thrift::{Malformed, Walker};

/// The most values of one page. Writers end a page after some ten thousand.
const VALUES_MAX: u64 = 1 << 24;
/// The most values of one block. Writers use 128.
const BLOCK_MAX: u64 = 1 << 16;

/// Checks that `values` holds so many sequences of differences, one after the other, each of at most
/// `count` numbers and of the lengths that it states.
pub(super) fn check(values: &[u8], sequences: usize, count: u32) -> Result<(), Malformed> {
    let mut walker = Walker::new(values);
    (0..sequences).try_for_each(|_| sequence(&mut walker, u64::from(count)))
}

fn sequence(walker: &mut Walker<'_>, count: u64) -> Result<(), Malformed> {
    let [block, parts, numbers] = [walker.number()?, walker.number()?, walker.number()?];
    let fits = (1..=BLOCK_MAX).contains(&block)
        && (1..=block).contains(&parts)
        && block % parts == 0
        && (block / parts) % 8 == 0
        && numbers <= count.min(VALUES_MAX);
    if !fits {
        return Err(Malformed);
    }
    walker.zigzag()?;
    // The first number stands in the head.
    let mut left = numbers.saturating_sub(1);
    let of_part = block / parts;
    while left > 0 {
        walker.zigzag()?;
        let widths = (0..parts).map(|_| walker.byte()).collect::<Result<Vec<_>, _>>()?;
        for width in widths {
            if left == 0 {
                break;
            }
            walker.step(u64::from(width) * of_part / 8)?;
            left = left.saturating_sub(of_part);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_of_more_numbers_than_the_page_are_malformed() {
        // Blocks of 128 in 4 parts, 3 numbers, the first 7; one block of no width.
        let bytes = [0x80, 0x01, 4, 3, 14, 2, 0, 0, 0, 0];
        assert_eq!(check(&bytes, 1, 3), Ok(()));
        assert_eq!(check(&bytes, 1, 2), Err(Malformed));
        assert_eq!(check(&bytes, 2, 3), Err(Malformed));
        assert_eq!(check(&[bytes, bytes].concat(), 2, 3), Ok(()));
        assert_eq!(check(&bytes[..6], 1, 3), Err(Malformed));
        assert_eq!(check(&[0x80, 0x01, 0, 3, 14], 1, 3), Err(Malformed));
    }
}
