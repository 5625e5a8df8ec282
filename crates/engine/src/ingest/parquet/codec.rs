//! Unpacks pages. Never sets aside or writes more than the size that the page states, which the
//! caller has checked.

use std::io::{self, Read};

use parquet::basic::CompressionCodec;

/// Unpacks bytes to exactly so many; nothing when they do not give that.
pub(super) fn unpack(codec: CompressionCodec, packed: Vec<u8>, size: usize) -> Option<Vec<u8>> {
    if size == 0 {
        return Some(Vec::new());
    }
    let bytes = match codec {
        CompressionCodec::UNCOMPRESSED => Some(packed),
        CompressionCodec::SNAPPY => {
            let mut bytes = vec![0; size];
            let written = snap::raw::Decoder::new().decompress(&packed, &mut bytes).ok();
            written.map(|written| {
                bytes.truncate(written);
                bytes
            })
        }
        CompressionCodec::GZIP => gzip(&packed, size).ok(),
        CompressionCodec::ZSTD => zstd(&packed, size).ok(),
        CompressionCodec::LZ4_RAW => lz4(&packed, size),
        // Hadoop's frames; files of an older Arrow hold the bare block under the same name.
        CompressionCodec::LZ4 => hadoop(&packed, size).or_else(|| lz4(&packed, size)),
        _ => None,
    };
    bytes.filter(|bytes| bytes.len() == size)
}

/// Returns true if pages packed with the codec can be unpacked.
pub(super) fn is_known(codec: CompressionCodec) -> bool {
    !matches!(codec, CompressionCodec::LZO | CompressionCodec::BROTLI)
}

fn gzip(packed: &[u8], size: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size);
    flate2::read::MultiGzDecoder::new(packed).take(size as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes no more than one byte over the size. The decoder refuses frames whose window is above 100 MiB.
fn zstd(packed: &[u8], size: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size);
    let mut packed = packed;
    while !packed.is_empty() && bytes.len() <= size {
        let reader = ruzstd::decoding::StreamingDecoder::new(&mut packed);
        let reader = reader.map_err(io::Error::other)?;
        reader.take((size - bytes.len()) as u64 + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn lz4(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; size];
    let written = lz4_flex::block::decompress_into(packed, &mut bytes).ok()?;
    bytes.truncate(written);
    Some(bytes)
}

/// Frames of an unpacked size, a packed size (both big-endian) and a block.
fn hadoop(mut packed: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size);
    while !packed.is_empty() {
        let (unpacked_size, rest) = packed.split_first_chunk::<4>()?;
        let (packed_size, rest) = rest.split_first_chunk::<4>()?;
        let unpacked_size = u32::from_be_bytes(*unpacked_size) as usize;
        let (block, rest) = rest.split_at_checked(u32::from_be_bytes(*packed_size) as usize)?;
        if unpacked_size > size - bytes.len() {
            return None;
        }
        let unpacked = lz4(block, unpacked_size).filter(|it| it.len() == unpacked_size)?;
        bytes.extend(unpacked);
        packed = rest;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn every_codec_gives_the_bytes_back_and_never_more_than_stated() {
        let bytes = vec![b'a'; 100_000];
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gz.write_all(&bytes).unwrap();
        let block = lz4_flex::block::compress(&bytes);
        let mut frame = (bytes.len() as u32).to_be_bytes().to_vec();
        frame.extend((block.len() as u32).to_be_bytes());
        frame.extend(&block);
        for (codec, packed) in [
            (CompressionCodec::SNAPPY, snap::raw::Encoder::new().compress_vec(&bytes).unwrap()),
            (CompressionCodec::GZIP, gz.finish().unwrap()),
            (CompressionCodec::ZSTD, zstd::bulk::compress(&bytes, 1).unwrap()),
            (CompressionCodec::LZ4_RAW, block.clone()),
            (CompressionCodec::LZ4, block),
            (CompressionCodec::LZ4, frame),
            (CompressionCodec::UNCOMPRESSED, bytes.clone()),
        ] {
            let unpacked = |size| unpack(codec, packed.clone(), size);
            assert_eq!(unpacked(bytes.len()).as_ref(), Some(&bytes), "{codec:?}");
            for size in [1, 99_999, 100_001] {
                assert_eq!(unpacked(size), None, "{codec:?} {size}");
            }
        }
        assert!(!is_known(CompressionCodec::BROTLI));
    }
}
