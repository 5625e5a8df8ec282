//! A bounded window on an input, through which the readers of CSV and JSON Lines read.

use std::io::{self, Read};

use super::check::ROW_BYTES_MAX;

/// How much is asked of the input at once.
const CHUNK_BYTES: usize = 64 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const BYTE_ORDER_MARKS_UTF16: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// The part of an input that is being looked at. Never holds more than a row and a chunk.
pub(super) struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    consumed: u64,
    line: u64,
    after_return: bool,
}

impl<R: Read> Window<R> {
    /// Opens a window at the input's begin, behind a byte order mark.
    pub fn new(input: R) -> io::Result<Self> {
        let (buffer, start) = (Vec::with_capacity(CHUNK_BYTES), 0);
        let mut window =
            Self { input, buffer, start, ended: false, consumed: 0, line: 1, after_return: false };
        while window.bytes().len() < BYTE_ORDER_MARK.len() && window.fill()? {}
        if window.bytes().starts_with(BYTE_ORDER_MARK) {
            window.consume(BYTE_ORDER_MARK.len());
        }
        Ok(window)
    }

    /// Returns true if the input begins with a byte order mark of UTF-16, as UTF-8 never does.
    pub fn is_utf16(&self) -> bool {
        self.consumed == 0 && BYTE_ORDER_MARKS_UTF16.iter().any(|it| self.bytes().starts_with(it))
    }

    /// Returns the bytes that have been read and not yet consumed.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Returns true if more bytes are waiting than the longest row may have.
    pub fn is_over_long(&self) -> bool {
        self.bytes().len() > ROW_BYTES_MAX
    }

    /// The number of the physical line at the window's begin, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Bytes consumed since the input's begin.
    pub fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Reads more; `false` at the input's end.
    pub fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let length = self.buffer.len();
        self.buffer.resize(length + CHUNK_BYTES, 0);
        let read = loop {
            match self.input.read(&mut self.buffer[length..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        self.buffer.truncate(length + read.as_ref().copied().unwrap_or(0));
        self.ended = read? == 0;
        Ok(!self.ended)
    }

    /// Moves the window's begin on, counting lines (ended by LF, CR LF or CR).
    pub fn consume(&mut self, count: usize) {
        for &byte in &self.buffer[self.start..self.start + count] {
            let ends_line = byte == b'\r' || (byte == b'\n' && !self.after_return);
            self.line += u64::from(ends_line);
            self.after_return = byte == b'\r';
        }
        self.start += count;
        self.consumed += count as u64;
    }

    /// Moves behind blank lines; `false` when nothing is left.
    pub fn skip_line_ends(&mut self) -> io::Result<bool> {
        loop {
            let blank = self.bytes().iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
            self.consume(blank);
            if !self.bytes().is_empty() {
                return Ok(true);
            }
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// Moves behind the current physical line, however long it is.
    pub fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let end = self.bytes().iter().position(|b| matches!(b, b'\n' | b'\r'));
            if let Some(end) = end {
                self.consume(end + 1);
                return Ok(());
            }
            self.consume(self.bytes().len());
            if !self.fill()? {
                return Ok(());
            }
        }
    }
}
