//! Lays frames together into as few messages as the limits allow.

use grend_shared::protocol::limits::{MAX_FRAMES, MAX_MESSAGE};

#[derive(Debug, Default)]
pub(super) struct Outbox {
    full: Vec<Vec<u8>>,
    open: Vec<u8>,
    frames: usize,
}

impl Outbox {
    /// Adds one encoded frame.
    pub(super) fn add(&mut self, frame: &[u8]) {
        if self.frames == MAX_FRAMES || self.open.len() + frame.len() > MAX_MESSAGE {
            self.seal();
        }
        self.open.extend_from_slice(frame);
        self.frames += 1;
    }

    fn seal(&mut self) {
        if !self.open.is_empty() {
            self.full.push(std::mem::take(&mut self.open));
        }
        self.frames = 0;
    }

    /// Bytes that wait.
    pub(super) fn len(&self) -> usize {
        self.open.len() + self.full.iter().map(Vec::len).sum::<usize>()
    }

    /// All messages, in order; the outbox is empty then.
    pub(super) fn take(&mut self) -> Vec<Vec<u8>> {
        self.seal();
        std::mem::take(&mut self.full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_share_messages_within_the_limits() {
        let mut outbox = Outbox::default();
        for _ in 0..=MAX_FRAMES {
            outbox.add(&[1]);
        }
        let messages = outbox.take();
        assert_eq!(messages.iter().map(Vec::len).collect::<Vec<_>>(), [MAX_FRAMES, 1]);
        outbox.add(&vec![0; MAX_MESSAGE]);
        outbox.add(&[1]);
        assert_eq!(outbox.len(), MAX_MESSAGE + 1);
        assert_eq!(outbox.take().len(), 2);
        assert!(outbox.take().is_empty());
    }
}
