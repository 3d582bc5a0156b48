//! How often a dead engine is started anew.

use grend_shared::time::Timestamp;

const MOST: usize = 3;
const WITHIN_MILLIS: i64 = 60_000;

/// When the engine was started anew, lately.
#[derive(Debug, Default)]
pub(crate) struct Restarts(Vec<Timestamp>);

impl Restarts {
    /// Whether to start it once more; notes that it was. At most three times in a minute: an engine that dies at every
    /// start will not live the fourth time either.
    pub(crate) fn once_more(&mut self, now: Timestamp) -> bool {
        self.0
            .retain(|at| now.as_millis().saturating_sub(at.as_millis()).unsigned_abs() < WITHIN_MILLIS.unsigned_abs());
        let again = self.0.len() < MOST;
        if again {
            self.0.push(now);
        }
        again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_times_in_a_minute_and_again_after_it() {
        let mut restarts = Restarts::default();
        let at = |seconds: i64| Timestamp::from_millis(1_800_000_000_000 + seconds * 1000);
        let tries: Vec<bool> = [0, 1, 2, 3, 59, 60, 61].into_iter().map(|s| restarts.once_more(at(s))).collect();
        assert_eq!(tries, [true, true, true, false, false, true, true]);
    }
}
