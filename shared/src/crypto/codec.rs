//! The one way bytes are laid out under signatures: fixed fields, big-endian numbers, length-prefixed byte strings.
//! No optional spaces, no two layouts of one value.

/// Bytes that are not a layout of what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The bytes end too soon.
    #[error("the bytes end too soon")]
    Short,
    /// There are bytes left over.
    #[error("there are bytes left over")]
    Trailing,
    /// A number stands for nothing.
    #[error("a number stands for nothing")]
    Unknown,
    /// A length is above its limit.
    #[error("a length is above its limit")]
    TooLong,
    /// Made by a later version of this layout.
    #[error("a later version of the layout")]
    Version,
}

/// Writes a layout.
#[derive(Debug, Default, Clone)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty layout.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Bytes of a length both sides know.
    #[must_use]
    pub fn fixed(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// One byte.
    #[must_use]
    pub fn u8(self, number: u8) -> Self {
        self.fixed(&[number])
    }

    /// Two bytes, big-endian.
    #[must_use]
    pub fn u16(self, number: u16) -> Self {
        self.fixed(&number.to_be_bytes())
    }

    /// Four bytes, big-endian.
    #[must_use]
    pub fn u32(self, number: u32) -> Self {
        self.fixed(&number.to_be_bytes())
    }

    /// Eight bytes, big-endian.
    #[must_use]
    pub fn u64(self, number: u64) -> Self {
        self.fixed(&number.to_be_bytes())
    }

    /// Eight bytes, big-endian, two's complement.
    #[must_use]
    pub fn i64(self, number: i64) -> Self {
        self.fixed(&number.to_be_bytes())
    }

    /// A byte string with its length in four bytes before it. Longer than 4 GiB is cut off, which no caller reaches.
    #[must_use]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.u32(len).fixed(bytes.get(..len as usize).unwrap_or(bytes))
    }

    /// A flag byte, then the bytes if there are any.
    #[must_use]
    pub fn option(self, bytes: Option<&[u8]>) -> Self {
        match bytes {
            None => self.u8(0),
            Some(bytes) => self.u8(1).fixed(bytes),
        }
    }

    /// The layout so far.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The finished layout.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads a layout without copying; never allocates.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Begins at the first byte.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next `len` bytes.
    ///
    /// # Errors
    /// [`Malformed::Short`]; so do all readers below.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (head, rest) = self.rest.split_at_checked(len).ok_or(Malformed::Short)?;
        self.rest = rest;
        Ok(head)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// [`Malformed::Short`].
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(Malformed::Short)?;
        self.rest = rest;
        Ok(*head)
    }

    /// One byte.
    ///
    /// # Errors
    /// [`Malformed::Short`].
    pub fn u8(&mut self) -> Result<u8, Malformed> {
        self.array().map(u8::from_be_bytes)
    }

    /// Two bytes, big-endian.
    ///
    /// # Errors
    /// [`Malformed::Short`].
    pub fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    /// Four bytes, big-endian.
    ///
    /// # Errors
    /// [`Malformed::Short`].
    pub fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    /// Eight bytes, big-endian.
    ///
    /// # Errors
    /// [`Malformed::Short`].
    pub fn u64(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_be_bytes)
    }

    /// Eight bytes, big-endian, two's complement.
    ///
    /// # Errors
    /// [`Malformed::Short`].
    pub fn i64(&mut self) -> Result<i64, Malformed> {
        self.array().map(i64::from_be_bytes)
    }

    /// A byte string of at most `max` bytes.
    ///
    /// # Errors
    /// [`Malformed::TooLong`] above the limit, before anything is read; [`Malformed::Short`].
    pub fn bytes(&mut self, max: usize) -> Result<&'a [u8], Malformed> {
        let len = usize::try_from(self.u32()?).map_err(|_| Malformed::TooLong)?;
        if len > max { Err(Malformed::TooLong) } else { self.take(len) }
    }

    /// `N` bytes behind a flag byte.
    ///
    /// # Errors
    /// [`Malformed::Unknown`] for a flag that is neither 0 nor 1; [`Malformed::Short`].
    pub fn option<const N: usize>(&mut self) -> Result<Option<[u8; N]>, Malformed> {
        match self.u8()? {
            0 => Ok(None),
            1 => self.array().map(Some),
            _ => Err(Malformed::Unknown),
        }
    }

    /// How many bytes are left.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.rest.len()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`Malformed::Trailing`] when bytes are left over.
    pub const fn end(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed::Trailing) }
    }
}
