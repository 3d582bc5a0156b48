//! The driver with a scripted engine and a host that writes down what it is told.

use std::{cell::RefCell, rc::Rc};

use grend_shared::port::{Ask, Outcome};

use super::*;

type Journal = Rc<RefCell<Vec<String>>>;

struct Paper(Journal);

impl Paper {
    fn note(&self, line: impl Into<String>) {
        self.0.borrow_mut().push(line.into());
    }
}

impl Host for Paper {
    fn prepare(&self, _: String, _: i64) {}
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(0)
    }
    fn tell(&self, news: &FromEngine) {
        self.note(match news {
            FromEngine::Answer { request, outcome: Ok(_) } => format!("answer {request} yes"),
            FromEngine::Answer { request, outcome: Err(failure) } => format!("answer {request} {failure}"),
            other => format!("{other:?}"),
        });
    }
    fn connect(&self) {
        self.note("connect");
    }
    fn disconnect(&self) {
        self.note("disconnect");
    }
    fn send(&self, _: &[u8]) {
        self.note("send");
    }
    fn wake_at(&self, at: Option<Timestamp>) {
        if at.is_some() {
            self.note("timer");
        }
    }
    fn take_lock(&self, steal: bool) {
        self.note(if steal { "steal lock" } else { "take lock" });
    }
    fn load(&self, after_millis: i32) {
        self.note(format!("load after {after_millis}"));
    }
    fn hurry(&self) {
        self.note("hurry");
    }
    fn commit(&self, writes: Vec<Write>) {
        self.note(format!("commit {}", writes.into_iter().map(|write| write.key).collect::<String>()));
    }
}

/// Persists every ask under its own number and answers it when stored, as the real engine does. A `Peek` waits for the
/// relay for ever; a message from the relay makes it load anew, as one that shows a rolled back disk does.
#[derive(Default)]
struct Script {
    waiting: BTreeSet<PersistId>,
}

fn answer(id: PersistId, outcome: Result<Outcome, Failure>) -> Effect {
    let request = RequestId::try_from(id).expect("small in tests");
    Effect::Tell(Box::new(FromEngine::Answer { request, outcome }))
}

impl Driven for Script {
    fn start(&mut self, _: Timestamp) -> Vec<Effect> {
        vec![Effect::Tell(Box::new(FromEngine::Ready)), Effect::Connect]
    }

    fn handle(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        match event {
            Event::Ask { ask: Ask::ReadInvite { .. }, .. } => vec![Effect::WakeAt(now)],
            Event::Ask { request, .. } => {
                let id = PersistId::from(request);
                self.waiting.insert(id);
                vec![Effect::Persist { id, writes: vec![Write { key: id.to_string(), value: None }] }]
            }
            Event::Stored(id) => {
                self.waiting.remove(&id);
                vec![answer(id, Ok(Outcome::Done)), Effect::Send(Vec::new().into())]
            }
            Event::StoreFailed(id, _) => {
                let mut effects: Vec<_> =
                    self.waiting.split_off(&id).into_iter().map(|id| answer(id, Err(Failure::StorageFull))).collect();
                effects.extend([Effect::Reload, Effect::Connect]);
                effects
            }
            Event::Message(_) => {
                vec![Effect::Persist { id: 99, writes: vec![Write { key: "99".into(), value: None }] }, Effect::Reload]
            }
            _ => Vec::new(),
        }
    }
}

struct Stage {
    driver: Driver<Paper, Script>,
    journal: Journal,
}

impl Stage {
    fn empty() -> Self {
        let journal = Journal::default();
        Self { driver: Driver::new(Paper(Rc::clone(&journal))), journal }
    }

    /// Started, locked and loaded.
    fn running() -> Self {
        let mut stage = Self::empty();
        stage.start(false);
        stage.driver.lock_answered(true);
        stage.loaded();
        stage.read();
        stage
    }

    fn start(&mut self, take_over: bool) {
        self.driver.hear(ToEngine::Start { relay: String::new(), clock_offset: 0, take_over });
    }

    /// So often in a row, with a tick between two.
    fn refused(&mut self, times: u32) {
        for time in 0..times {
            if time > 0 {
                self.tick();
            }
            self.driver.lock_answered(false);
        }
    }

    fn tick(&mut self) {
        self.driver.happened(Event::Tick);
    }

    fn loaded(&mut self) {
        self.driver.loaded(Ok(Script::default()));
    }

    fn act(&mut self, request: RequestId) {
        let ask = Ask::SetUpService { token: "t".into(), service_name: "s".into(), person_name: "p".into() };
        self.driver.hear(ToEngine::Ask { request, ask });
    }

    fn look(&mut self, request: RequestId) {
        self.driver.hear(ToEngine::Ask { request, ask: Ask::ReadInvite { secret: "s".into() } });
    }

    fn full(&mut self) {
        self.driver.committed(Err(CommitFault::Store(StoreFault::Full)));
    }

    /// What was written down since last time.
    fn read(&self) -> Vec<String> {
        self.journal.take()
    }
}

#[test]
fn starts_with_the_lock_then_loads_then_hears_what_was_asked_meanwhile() {
    let mut stage = Stage::empty();
    stage.start(false);
    stage.act(1);
    stage.driver.lock_answered(true);
    stage.act(2);
    assert_eq!(stage.read(), ["take lock", "hurry", "load after 0", "hurry"]);
    stage.loaded();
    assert_eq!(stage.read(), ["Ready", "connect", "commit 1"]);
    stage.driver.committed(Ok(()));
    assert_eq!(stage.read(), ["answer 1 yes", "send", "commit 2"]);
}

#[test]
fn says_elsewhere_when_another_tab_has_the_lock_and_takes_over_when_told() {
    let mut stage = Stage::empty();
    stage.start(false);
    stage.refused(PATIENCE);
    stage.read();
    stage.start(true);
    assert_eq!(stage.read(), ["steal lock"]);
    stage.driver.lock_answered(true);
    assert_eq!(stage.read(), ["load after 0"]);
}

#[test]
fn a_page_that_is_slow_to_end_is_waited_for_before_a_word_is_said() {
    let mut stage = Stage::empty();
    stage.start(false);
    stage.refused(PATIENCE - 1);
    stage.tick();
    stage.driver.lock_answered(true);
    let expected = ["take lock", "timer", "take lock", "timer", "take lock", "timer", "take lock", "load after 0"];
    assert_eq!(stage.read(), expected);
}

#[test]
fn a_tab_that_was_refused_starts_by_itself_when_the_other_has_ended() {
    let mut stage = Stage::empty();
    stage.start(false);
    stage.refused(PATIENCE + 2);
    let said = stage.read();
    assert_eq!(said.iter().filter(|line| *line == "Elsewhere").count(), 1, "once: {said:?}");
    stage.tick();
    stage.driver.lock_answered(true);
    stage.loaded();
    assert_eq!(stage.read(), ["take lock", "load after 0", "Ready", "connect"]);
}

#[test]
fn it_asks_no_more_after_a_while_but_when_it_is_looked_at_again() {
    let mut stage = Stage::empty();
    stage.start(false);
    stage.refused(MOST_TRIES - 1);
    stage.tick();
    stage.read();
    stage.driver.lock_answered(false);
    assert_eq!(stage.read(), Vec::<String>::new());
    stage.driver.hear(ToEngine::Wake);
    stage.driver.lock_answered(false);
    stage.tick();
    assert_eq!(stage.read(), ["take lock", "timer", "take lock"], "for a while again, and without a second word");
}

#[test]
fn what_was_asked_of_a_tab_that_was_refused_is_not_done_when_the_other_has_ended() {
    let mut stage = Stage::empty();
    stage.start(false);
    stage.act(1);
    stage.refused(PATIENCE);
    stage.act(2);
    stage.tick();
    stage.driver.lock_answered(true);
    stage.read();
    stage.loaded();
    assert_eq!(stage.read(), ["Ready", "connect", "commit 2"]);
}

#[test]
fn being_told_to_take_over_while_it_asks_is_not_forgotten() {
    let mut stage = Stage::empty();
    stage.start(false);
    stage.refused(PATIENCE);
    stage.read();
    stage.start(true);
    stage.start(true);
    stage.driver.lock_answered(false);
    assert_eq!(stage.read(), ["steal lock", "steal lock"]);
    let mut stage = Stage::empty();
    stage.start(false);
    stage.start(true);
    stage.driver.lock_answered(false);
    assert_eq!(stage.read(), ["take lock", "steal lock"]);
}

#[test]
fn commits_one_at_a_time_and_answers_only_after_each() {
    let mut stage = Stage::running();
    stage.act(1);
    stage.act(2);
    assert_eq!(stage.read(), ["commit 1"]);
    stage.driver.committed(Ok(()));
    assert_eq!(stage.read(), ["answer 1 yes", "send", "commit 2"]);
    stage.driver.committed(Ok(()));
    assert_eq!(stage.read(), ["answer 2 yes", "send"]);
}

#[test]
fn after_a_fault_tries_nothing_behind_it_answers_everybody_and_loads_anew() {
    let mut stage = Stage::running();
    stage.look(7);
    stage.act(1);
    stage.act(2);
    stage.read();
    stage.full();
    let expected = [
        "answer 1 the disk is full",
        "answer 2 the disk is full",
        "disconnect",
        "answer 7 the disk is full",
        "load after 2000",
    ];
    assert_eq!(stage.read(), expected);
    stage.driver.happened(Event::SocketOpened);
    stage.act(3);
    assert_eq!(stage.read(), ["hurry"], "a person does not wait for the wait");
    stage.loaded();
    assert_eq!(stage.read(), ["Ready", "connect", "commit 3"]);
    stage.full();
    assert_eq!(stage.read().last().map(String::as_str), Some("load after 4000"));
    stage.loaded();
    stage.act(4);
    stage.driver.committed(Ok(()));
    stage.act(5);
    stage.full();
    assert_eq!(stage.read().last().map(String::as_str), Some("load after 2000"), "a commit that works ends the row");
}

#[test]
fn finishes_the_commits_under_way_before_it_loads_anew() {
    let mut stage = Stage::running();
    stage.act(1);
    stage.driver.happened(Event::Message(Vec::new()));
    stage.act(2);
    assert_eq!(stage.read(), ["commit 1", "disconnect", "hurry"]);
    stage.driver.committed(Ok(()));
    assert_eq!(stage.read(), ["answer 1 yes", "commit 99"], "saved is said, but nothing is sent any more");
    stage.driver.committed(Ok(()));
    assert_eq!(stage.read().last().map(String::as_str), Some("load after 0"));
    stage.loaded();
    assert_eq!(stage.read(), ["Ready", "connect", "commit 2"]);
}

#[test]
fn stops_when_the_lock_or_the_store_is_taken() {
    let mut stage = Stage::running();
    stage.act(1);
    stage.act(2);
    stage.driver.committed(Err(CommitFault::TakenOver));
    stage.driver.lost();
    assert_eq!(stage.read(), ["commit 1", "disconnect", "TakenOver"]);

    let mut stage = Stage::running();
    stage.act(1);
    stage.driver.lost();
    stage.driver.committed(Ok(()));
    stage.driver.happened(Event::Tick);
    assert_eq!(stage.read(), ["commit 1", "disconnect", "TakenOver"]);
}

#[test]
fn a_late_answer_of_a_stopped_engines_commit_is_not_taken_for_the_next_ones() {
    let mut stage = Stage::running();
    stage.act(1);
    stage.driver.lost();
    stage.start(true);
    stage.driver.lock_answered(true);
    stage.loaded();
    stage.act(1);
    stage.read();
    stage.driver.committed(Ok(()));
    assert_eq!(stage.read(), ["commit 1"]);
    stage.driver.committed(Ok(()));
    assert_eq!(stage.read(), ["answer 1 yes", "send"]);
}

#[test]
fn says_no_storage_at_once_at_the_first_start_and_later_only_after_trying() {
    let mut stage = Stage::empty();
    stage.start(false);
    stage.driver.lock_answered(true);
    stage.driver.loaded(Err(NotLoaded));
    assert_eq!(stage.read(), ["take lock", "load after 0", "disconnect", "NoStorage"]);

    let mut stage = Stage::running();
    stage.act(1);
    stage.full();
    stage.read();
    for wait in [4_000, 8_000, 16_000, 32_000] {
        stage.driver.loaded(Err(NotLoaded));
        assert_eq!(stage.read(), [format!("load after {wait}")]);
    }
    stage.driver.loaded(Err(NotLoaded));
    assert_eq!(stage.read(), ["disconnect", "NoStorage"]);
}
