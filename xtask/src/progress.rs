//! Progress lines while something runs, and the table of times at the end.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Times the named steps of one task in the order they ran.
pub(crate) struct Progress {
    started: Instant,
    steps: Vec<(String, Duration)>,
}

impl Progress {
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), steps: Vec::new() }
    }

    /// Announces the step, runs it and remembers how long it took.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("▸ {name}");
        let begun = Instant::now();
        let result = work();
        self.steps.push((name.to_owned(), begun.elapsed()));
        result
    }

    /// One line: how long it took altogether.
    pub(crate) fn print_total(&self, what: &str) {
        println!("✓ {what} in {:.1} s", self.started.elapsed().as_secs_f64());
    }

    /// A line for each step, then the sum.
    pub(crate) fn print_table(&self) {
        println!();
        for (name, took) in &self.steps {
            println!("  {:<44} {:>8.1} s", name, took.as_secs_f64());
        }
        println!("  {:<44} {:>8.1} s", "altogether", self.started.elapsed().as_secs_f64());
    }
}
