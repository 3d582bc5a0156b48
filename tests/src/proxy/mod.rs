//! Somebody between a browser and the relay. Pages pass untouched, so that the real binary serves the shipped app; what
//! goes over the socket is read frame by frame and altered on its way. Honest until it is told a trick.
//!
//! Knows frames, and by [`Operator`] what a relay's operator knows. One browser stands behind it. Start with [`Proxy`].

pub mod operator;
mod session;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use grend_shared::{
    crypto::head::SignedHead,
    ids::RoomId,
    protocol::{FromDevice, FromRelay, Item},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    sync::watch,
};

pub use operator::Operator;

/// Frames instead of one that came: none, others, more.
type Trick<T> = Box<dyn FnMut(T) -> Vec<T> + Send>;

/// What proxy and sessions share.
#[derive(Default)]
struct Shared {
    relay: Option<SocketAddr>,
    inwards: Option<Trick<FromRelay>>,
    outwards: Option<Trick<FromDevice>>,
    /// Takes no connection.
    away: bool,
    said: Vec<FromDevice>,
    heard: Vec<FromRelay>,
}

impl Shared {
    /// What reaches the browser instead of a frame of the relay's.
    fn inwards(&mut self, frame: FromRelay) -> Vec<FromRelay> {
        self.heard.push(frame.clone());
        pass(&mut self.inwards, frame)
    }

    /// What reaches the relay instead of a frame of the browser's.
    fn outwards(&mut self, frame: FromDevice) -> Vec<FromDevice> {
        self.said.push(frame.clone());
        pass(&mut self.outwards, frame)
    }
}

fn pass<T>(trick: &mut Option<Trick<T>>, frame: T) -> Vec<T> {
    match trick {
        Some(trick) => trick(frame),
        None => vec![frame],
    }
}

fn guard(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A proxy that listens until it is dropped.
pub struct Proxy {
    port: u16,
    shared: Arc<Mutex<Shared>>,
    /// Counts up when all connections shall end.
    cuts: watch::Sender<u64>,
    _runtime: Runtime,
}

impl Proxy {
    /// Listens; nobody stands behind it yet.
    ///
    /// # Panics
    /// When no port is to be had.
    #[must_use]
    pub fn listen() -> Self {
        let runtime = Runtime::new().expect("threads can be had");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        let shared = Arc::<Mutex<Shared>>::default();
        let (cuts, cut) = watch::channel(0);
        runtime.spawn(accept(listener, Arc::clone(&shared), cut));
        Self { port, shared, cuts, _runtime: runtime }
    }

    /// Where browsers find it: the relay's public address.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The relay that it stands before.
    pub fn stand_before(&self, relay: SocketAddr) {
        guard(&self.shared).relay = Some(relay);
    }

    /// Gives the browser other frames than the relay's.
    pub fn alter_what_comes(&self, trick: impl FnMut(FromRelay) -> Vec<FromRelay> + Send + 'static) {
        guard(&self.shared).inwards = Some(Box::new(trick));
    }

    /// Gives the relay other frames than the browser's.
    pub fn alter_what_goes(&self, trick: impl FnMut(FromDevice) -> Vec<FromDevice> + Send + 'static) {
        guard(&self.shared).outwards = Some(Box::new(trick));
    }

    /// Says whatever comes twice, both ways.
    pub fn replay_everything(&self) {
        self.alter_what_comes(|frame| match frame {
            // A second word of who speaks would only be another beginning.
            FromRelay::Challenge { .. } | FromRelay::Welcome { .. } => vec![frame],
            _ => vec![frame.clone(), frame],
        });
        self.alter_what_goes(|frame| match frame {
            FromDevice::Hello { .. } | FromDevice::Auth { .. } => vec![frame],
            _ => vec![frame.clone(), frame],
        });
    }

    /// Shows the browser a batch of a room altered, each time.
    pub fn alter_batches(&self, room: RoomId, mut alter: impl FnMut(&mut Vec<Item>, &mut SignedHead) + Send + 'static) {
        self.alter_what_comes(move |mut frame| {
            if let FromRelay::Batch { room: it, items, head, .. } = &mut frame
                && *it == room
            {
                alter(items, head);
            }
            vec![frame]
        });
    }

    /// Shows the browser another head of a room when it asks for it, and nothing new.
    pub fn open_at(&self, room: RoomId, head: SignedHead) {
        self.alter_what_comes(move |frame| match frame {
            FromRelay::Opened { room: it, beacons, .. } if it == room => {
                vec![FromRelay::Opened { room, head: head.clone(), beacons }]
            }
            FromRelay::Batch { room: it, .. } if it == room => Vec::new(),
            _ => vec![frame],
        });
    }

    /// Plays no tricks any more.
    pub fn be_honest(&self) {
        let mut shared = guard(&self.shared);
        (shared.inwards, shared.outwards, shared.away) = (None, None, false);
    }

    /// Ends all connections; the browser comes again.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Ends all connections and takes none before it is honest again.
    pub fn go_away(&self) {
        guard(&self.shared).away = true;
        self.cut();
    }

    /// All that the browser has said, as it said it.
    #[must_use]
    pub fn said(&self) -> Vec<FromDevice> {
        guard(&self.shared).said.clone()
    }

    /// All that the relay has said, as it said it.
    #[must_use]
    pub fn heard(&self) -> Vec<FromRelay> {
        guard(&self.shared).heard.clone()
    }
}

async fn accept(listener: TcpListener, shared: Arc<Mutex<Shared>>, cut: watch::Receiver<u64>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (shared, mut cut) = (Arc::clone(&shared), cut.clone());
        cut.mark_unchanged();
        tokio::spawn(async move {
            tokio::select! {
                // Whoever hangs up wants no answer.
                _ended = serve(stream, &shared) => {}
                _cut = cut.changed() => {}
            }
        });
    }
}

/// A page, byte for byte, or a socket, frame by frame.
async fn serve(mut browser: TcpStream, shared: &Arc<Mutex<Shared>>) -> std::io::Result<()> {
    let (relay, away) = {
        let shared = guard(shared);
        (shared.relay, shared.away)
    };
    let Some(relay) = relay else { return Ok(()) };
    let mut begin = [0; 10];
    while browser.peek(&mut begin).await? < begin.len() {
        tokio::task::yield_now().await;
    }
    if begin.starts_with(b"GET /sync ") {
        if !away {
            session::pass_on(browser, relay, shared).await;
        }
        return Ok(());
    }
    let mut relay = TcpStream::connect(relay).await?;
    copy_bidirectional(&mut browser, &mut relay).await?;
    Ok(())
}
