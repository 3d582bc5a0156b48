//! Limits both sides keep. The relay enforces them before it allocates; a device never comes near them.

/// The most bytes of one WebSocket message.
pub const MAX_MESSAGE: usize = 1024 * 1024;
/// The most frames of one message.
pub const MAX_FRAMES: usize = 1_024;
/// About how many bytes of items the relay puts into one `Batch`.
pub const BATCH_BYTES: usize = 256 * 1024;
/// The most items of one `Batch`.
pub const BATCH_ITEMS: usize = 256;
/// How many `Put`s a device may have unanswered.
pub const WINDOW: usize = 32;
/// How often a device asks whether the relay is still there, milliseconds.
pub const PING_EVERY: i64 = 20_000;
/// How long without any frame until a device takes the relay for gone, milliseconds.
pub const SILENCE: i64 = 30_000;
