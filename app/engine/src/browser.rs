//! The browser as the driver's [`Host`].

use core::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use grend_shared::{
    codec,
    crypto::Entropy,
    port::{FromEngine, ToEngine},
    sync::{Engine, Event, StoreFault, Write},
    time::Timestamp,
};
use grend_store::{Fault, Store};
use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::{
    driver::{CommitFault, Driver, Host, NotLoaded},
    lock,
    sample::SampleHost,
    scope::{self, Timer},
    socket::{Heard, Socket},
};

/// Makes the driver and gives it ears. It lives as long as the worker.
pub(crate) fn listen() {
    let driver = Rc::new_cyclic(|driver| RefCell::new(Driver::new(Browser::new(driver.clone()))));
    scope::on_online({
        let driver = Rc::clone(&driver);
        move || driver.borrow_mut().happened(Event::Wake)
    });
    let sample = SampleHost::new();
    scope::on_message(move |packed| {
        // The page is of the same build; what cannot be read is not from it.
        let message = codec::unpack::<ToEngine>(&packed);
        if let Some(message) = message.and_then(|message| sample.hear(message)) {
            driver.borrow_mut().hear(message);
        }
    });
}

/// What the worker's browser lends.
pub(crate) struct Browser {
    driver: Driving,
    relay: RefCell<String>,
    clock_offset: Cell<i64>,
    timer: Timer,
    store: RefCell<Option<Rc<Store>>>,
    socket: RefCell<Option<Socket>>,
    /// Ends the wait before the engine is loaded.
    hurry: Rc<RefCell<Option<Function>>>,
}

/// The way back to the driver, for answers.
#[derive(Clone)]
struct Driving(Weak<RefCell<Driver<Browser>>>);

impl Driving {
    fn with(&self, act: impl FnOnce(&mut Driver<Browser>)) {
        if let Some(driver) = self.0.upgrade() {
            act(&mut driver.borrow_mut());
        }
    }
}

impl Browser {
    fn new(driver: Weak<RefCell<Driver<Self>>>) -> Self {
        let driver = Driving(driver);
        let ticked = driver.clone();
        Self {
            driver,
            relay: RefCell::default(),
            clock_offset: Cell::new(0),
            timer: Timer::new(move || ticked.with(|driver| driver.happened(Event::Tick))),
            store: RefCell::default(),
            socket: RefCell::default(),
            hurry: Rc::default(),
        }
    }
}

impl Host for Browser {
    fn prepare(&self, relay: String, clock_offset: i64) {
        self.relay.replace(relay);
        self.clock_offset.set(clock_offset);
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(scope::clock()).plus_millis(self.clock_offset.get())
    }

    fn tell(&self, news: &FromEngine) {
        scope::tell(news);
    }

    fn connect(&self) {
        let driver = self.driver.clone();
        let hear = move |heard| {
            driver.with(|driver| {
                driver.happened(match heard {
                    Heard::Opened => Event::SocketOpened,
                    Heard::Message(message) => Event::Message(message),
                    Heard::Closed => Event::SocketClosed,
                });
            });
        };
        let socket = Socket::open(&self.relay.borrow(), hear);
        if socket.is_none() {
            let driver = self.driver.clone();
            spawn_local(async move { driver.with(|driver| driver.happened(Event::SocketClosed)) });
        }
        self.socket.replace(socket);
    }

    fn disconnect(&self) {
        self.socket.take();
    }

    fn send(&self, message: &[u8]) {
        if let Some(socket) = &*self.socket.borrow() {
            socket.send(message);
        }
    }

    fn wake_at(&self, at: Option<Timestamp>) {
        match at {
            Some(at) => self.timer.set(at.as_millis().saturating_sub(self.now().as_millis())),
            None => self.timer.clear(),
        }
    }

    fn take_lock(&self, steal: bool) {
        let (driver, loser) = (self.driver.clone(), self.driver.clone());
        spawn_local(async move {
            let ours = lock::take(steal, Rc::new(move || loser.with(Driver::lost))).await;
            driver.with(|driver| driver.lock_answered(ours));
        });
    }

    fn load(&self, after_millis: i32) {
        // Closed before it is opened anew.
        self.store.take();
        let (driver, hurry) = (self.driver.clone(), Rc::clone(&self.hurry));
        spawn_local(async move {
            if after_millis > 0 {
                scope::wait(after_millis, |end| *hurry.borrow_mut() = Some(end)).await;
                hurry.take();
            }
            let loaded = load().await;
            driver.with(|driver| {
                let engine = loaded.map(|(store, engine)| {
                    driver.host().store.replace(Some(Rc::new(store)));
                    engine
                });
                driver.loaded(engine);
            });
        });
    }

    fn hurry(&self) {
        if let Some(end) = self.hurry.take() {
            // The resolver of a promise does not throw.
            let _resolved = end.call0(&JsValue::UNDEFINED);
        }
    }

    fn commit(&self, writes: Vec<Write>) {
        let (driver, store) = (self.driver.clone(), self.store.borrow().clone());
        spawn_local(async move {
            let writes: Vec<_> =
                writes.into_iter().map(|Write { key, value }| grend_store::Write { key, value }).collect();
            let result = match store {
                Some(store) => store.commit(&writes).await.map_err(fault),
                None => Err(CommitFault::Store(StoreFault::Failed)),
            };
            driver.with(|driver| driver.committed(result));
        });
    }
}

async fn load() -> Result<(Store, Engine), NotLoaded> {
    let mut store = Store::open().await.map_err(|_| NotLoaded)?;
    store.claim().await.map_err(|_| NotLoaded)?;
    let stored = store.load_all().await.map_err(|_| NotLoaded)?;
    let engine = Engine::load(stored, Box::new(System)).map_err(|_| NotLoaded)?;
    Ok((store, engine))
}

const fn fault(fault: Fault) -> CommitFault {
    match fault {
        Fault::Full => CommitFault::Store(StoreFault::Full),
        Fault::Failed => CommitFault::Store(StoreFault::Failed),
        Fault::TakenOver => CommitFault::TakenOver,
    }
}

/// The browser's randomness.
pub(crate) struct System;

impl Entropy for System {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("a browser that has WebCrypto has randomness");
    }
}
