//! The pages of one column in one row group. Their headers are read and checked here, before
//! anything is set aside for what they state; the values are decoded by the library.

use parquet::basic::{CompressionCodec, Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;

use super::codec;
use super::delta;
use super::fault::ParquetFault;
use super::footer::Input;
use super::thrift::{Malformed, Walker};

/// How much of a file is read at once to find a page's header, which states the page's least and
/// greatest value and so may be long.
const HEADER_BYTES: [u64; 3] = [512, 64 * 1024, 4 * 1024 * 1024];

/// The pages of a column, in order.
pub(super) struct Pages {
    input: Input,
    at: u64,
    end: u64,
    codec: CompressionCodec,
    physical: Type,
    /// Bytes of the shortest value that a dictionary may hold.
    width_min: usize,
    nullable: bool,
    has_dictionary: bool,
    /// Values that are still to come.
    values_left: u64,
    /// The longest page, packed or not.
    bytes_max: usize,
}

/// The numbers in a page's header, as far as they are read.
#[derive(Default)]
struct Header {
    kind: i64,
    size: i64,
    packed_size: i64,
    /// The numbers of the data or dictionary page's own header, by field.
    parts: [Option<i64>; 8],
}

/// A header's kinds of pages, and where each has its own header.
const DATA: i64 = 0;
const INDEX: i64 = 1;
const DICTIONARY: i64 = 2;
const DATA_2: i64 = 3;

impl Pages {
    /// The pages of a column; none is longer than `bytes_max`.
    ///
    /// # Errors
    /// When they do not lie in the file.
    pub fn new(
        input: Input,
        column: &ColumnChunkMetaData,
        bytes_max: usize,
    ) -> std::result::Result<Self, ParquetFault> {
        let outside = ParquetFault::Corrupt("a column lies outside the file");
        let begin = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
        let begin = u64::try_from(begin).map_err(|_| outside.clone())?;
        let length = u64::try_from(column.compressed_size()).map_err(|_| outside.clone())?;
        let end = begin.checked_add(length).filter(|end| *end <= input.length()).ok_or(outside)?;
        let descriptor = column.column_descr();
        Ok(Self {
            input,
            at: begin,
            end,
            codec: column.compression_codec(),
            physical: descriptor.physical_type(),
            width_min: match descriptor.physical_type() {
                Type::BOOLEAN => 1,
                Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
                Type::INT64 | Type::DOUBLE => 8,
                Type::INT96 => 12,
                Type::FIXED_LEN_BYTE_ARRAY => usize::try_from(descriptor.type_length())
                    .ok()
                    .filter(|length| *length > 0)
                    .ok_or(ParquetFault::Corrupt("values of no length"))?,
            },
            nullable: descriptor.max_def_level() > 0,
            has_dictionary: false,
            values_left: u64::try_from(column.num_values())
                .map_err(|_| ParquetFault::Corrupt("a negative number of values"))?,
            bytes_max,
        })
    }

    /// The next header and how long it is.
    fn header(&self) -> std::result::Result<(Header, u64), ParquetFault> {
        for most in HEADER_BYTES {
            let there = (self.end - self.at).min(most);
            let bytes = self.input.bytes(self.at, there as usize)?;
            match header(&bytes) {
                Ok((header, length)) => return Ok((header, length as u64)),
                Err(Malformed) if there < most => break,
                Err(Malformed) => {}
            }
        }
        Err(ParquetFault::Corrupt("a page's header cannot be read"))
    }

    fn next_page(&mut self) -> std::result::Result<Option<Page>, ParquetFault> {
        while self.at < self.end {
            let (header, length) = self.header()?;
            self.at += length;
            let [size, packed_size] = [header.size, header.packed_size].map(usize::try_from);
            let (Ok(size), Ok(packed_size)) = (size, packed_size) else {
                return Err(ParquetFault::Corrupt("a page of negative length"));
            };
            if packed_size as u64 > self.end - self.at {
                return Err(ParquetFault::Corrupt("a page is longer than its column"));
            }
            if size.max(packed_size) > self.bytes_max {
                return Err(ParquetFault::TooLarge("a page of one of its columns"));
            }
            let from = self.at;
            self.at += packed_size as u64;
            if header.kind == INDEX {
                continue;
            }
            let packed = self.input.bytes(from, packed_size)?;
            return self.page(&header, packed, size).map(Some);
        }
        Ok(None)
    }

    fn page(
        &mut self,
        header: &Header,
        packed: Vec<u8>,
        size: usize,
    ) -> std::result::Result<Page, ParquetFault> {
        match header.kind {
            DICTIONARY => self.dictionary(header, packed, size),
            DATA => self.data(header, packed, size),
            DATA_2 => self.data_2(header, packed, size),
            _ => Err(ParquetFault::Corrupt("a page of an unknown kind")),
        }
    }

    fn dictionary(
        &mut self,
        header: &Header,
        packed: Vec<u8>,
        size: usize,
    ) -> std::result::Result<Page, ParquetFault> {
        let buf = self.unpack(packed, size)?;
        let num_values = header.count(1)?;
        if num_values as usize > buf.len() / self.width_min {
            return Err(ParquetFault::Corrupt("a dictionary of more values than it holds"));
        }
        self.has_dictionary = true;
        let encoding = encoding(header.parts[2])?;
        Ok(Page::DictionaryPage { buf: buf.into(), num_values, encoding, is_sorted: false })
    }

    fn data(
        &mut self,
        header: &Header,
        packed: Vec<u8>,
        size: usize,
    ) -> std::result::Result<Page, ParquetFault> {
        let num_values = self.values(header)?;
        let encoding = encoding(header.parts[2])?;
        let def_level_encoding = level_encoding(header.parts[3])?;
        let buf = self.unpack(packed, size)?;
        let levels = match def_level_encoding {
            _ if !self.nullable => 0,
            Encoding::RLE => {
                let length = buf.first_chunk::<4>().map_or(0, |it| u32::from_le_bytes(*it));
                4 + length as usize
            }
            _ => (num_values as usize).div_ceil(8),
        };
        self.check(encoding, buf.get(levels..), num_values)?;
        Ok(Page::DataPage {
            buf: buf.into(),
            num_values,
            encoding,
            def_level_encoding,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        })
    }

    fn data_2(
        &mut self,
        header: &Header,
        packed: Vec<u8>,
        size: usize,
    ) -> std::result::Result<Page, ParquetFault> {
        let num_values = self.values(header)?;
        let encoding = encoding(header.parts[4])?;
        let (defs, reps) = (header.count(5)? as usize, header.count(6)? as usize);
        let levels = defs + reps;
        let is_compressed = header.parts[7] != Some(0);
        if levels > size.min(packed.len()) {
            return Err(ParquetFault::Corrupt("a page shorter than its levels"));
        }
        let buf = if is_compressed && self.codec != CompressionCodec::UNCOMPRESSED {
            let mut buf = packed[..levels].to_vec();
            buf.extend(self.unpack(packed[levels..].to_vec(), size - levels)?);
            buf
        } else {
            packed
        };
        self.check(encoding, buf.get(levels..), num_values)?;
        Ok(Page::DataPageV2 {
            buf: buf.into(),
            num_values,
            encoding,
            num_nulls: header.count(2)?,
            num_rows: header.count(3)?,
            def_levels_byte_len: defs as u32,
            rep_levels_byte_len: reps as u32,
            is_compressed,
            statistics: None,
        })
    }

    fn unpack(&self, packed: Vec<u8>, size: usize) -> std::result::Result<Vec<u8>, ParquetFault> {
        codec::unpack(self.codec, packed, size)
            .ok_or(ParquetFault::Corrupt("a page that cannot be unpacked"))
    }

    /// Returns the number of a data page's values; an error if the pages hold more than the footer states for the
    /// column.
    fn values(&mut self, header: &Header) -> std::result::Result<u32, ParquetFault> {
        let count = header.count(1)?;
        let left = self.values_left.checked_sub(u64::from(count));
        self.values_left = left.ok_or(ParquetFault::Corrupt("more values than the footer says"))?;
        Ok(count)
    }

    /// Checks the properties of a data page that the library takes for granted.
    fn check(
        &self,
        encoding: Encoding,
        values: Option<&[u8]>,
        count: u32,
    ) -> std::result::Result<(), ParquetFault> {
        let values = values.ok_or(ParquetFault::Corrupt("a page shorter than its levels"))?;
        #[allow(deprecated, reason = "older files still name it")]
        let by_dictionary =
            matches!(encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY);
        if by_dictionary && !self.has_dictionary {
            return Err(ParquetFault::Corrupt("a page that needs a dictionary and has none"));
        }
        let deltas = match (encoding, self.physical) {
            (Encoding::DELTA_BINARY_PACKED, _) | (Encoding::DELTA_LENGTH_BYTE_ARRAY, _) => 1,
            (Encoding::DELTA_BYTE_ARRAY, _) => 2,
            _ => 0,
        };
        // Each value of this kind may repeat the whole of the one before.
        if encoding == Encoding::DELTA_BYTE_ARRAY
            && values.len() > self.bytes_max / super::BATCH_ROWS
        {
            return Err(ParquetFault::TooLarge("a page of one of its columns"));
        }
        delta::check(values, deltas, count)
            .map_err(|Malformed| ParquetFault::Corrupt("a page's values cannot be read"))
    }
}

impl Header {
    /// Returns a count of the header, which must be there and not negative.
    fn count(&self, field: usize) -> std::result::Result<u32, ParquetFault> {
        let count = self.parts[field].and_then(|count| i32::try_from(count).ok());
        let count = count.and_then(|count| u32::try_from(count).ok());
        count.ok_or(ParquetFault::Corrupt("a page's header cannot be read"))
    }
}

/// Reads a page's header; tells how long it is.
fn header(bytes: &[u8]) -> std::result::Result<(Header, usize), Malformed> {
    let mut header = Header { kind: -1, size: -1, packed_size: -1, ..Header::default() };
    let mut walker = Walker::new(bytes);
    walker.structure(|walker, number, kind| {
        match number {
            1 => header.kind = walker.integer(kind)?,
            2 => header.size = walker.integer(kind)?,
            3 => header.packed_size = walker.integer(kind)?,
            5 | 7 | 8 => walker.inner(kind, |walker, number, kind| {
                let place = usize::try_from(number).ok().and_then(|at| header.parts.get_mut(at));
                match place {
                    Some(part) if kind <= 6 => {
                        *part = Some(walker.integer(kind)?);
                        Ok(true)
                    }
                    _ => Ok(false),
                }
            })?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok((header, walker.at()))
}

#[allow(deprecated, reason = "older files still name it")]
fn encoding(number: Option<i64>) -> std::result::Result<Encoding, ParquetFault> {
    Ok(match number {
        Some(0) => Encoding::PLAIN,
        Some(2) => Encoding::PLAIN_DICTIONARY,
        Some(3) => Encoding::RLE,
        Some(5) => Encoding::DELTA_BINARY_PACKED,
        Some(6) => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        Some(7) => Encoding::DELTA_BYTE_ARRAY,
        Some(8) => Encoding::RLE_DICTIONARY,
        Some(9) => Encoding::BYTE_STREAM_SPLIT,
        _ => return Err(ParquetFault::Corrupt("values in an unknown encoding")),
    })
}

#[allow(deprecated, reason = "older files still use it")]
fn level_encoding(number: Option<i64>) -> std::result::Result<Encoding, ParquetFault> {
    match number {
        Some(3) => Ok(Encoding::RLE),
        Some(4) => Ok(Encoding::BIT_PACKED),
        _ => Err(ParquetFault::Corrupt("levels in an unknown encoding")),
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

/// The rows are read one after the other: nothing is looked at ahead or left out.
impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.next_page().map_err(ParquetError::from)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Err(ParquetError::NYI("pages are read in order".to_owned()))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        Err(ParquetError::NYI("pages are read in order".to_owned()))
    }
}
