//! The relay itself: one writer, many sessions.
//!
//! A session checks what can be checked of an item alone ([`prepare`]) and queues it. The writer ([`writer`]) has the
//! rooms' state, takes what is queued as one group, commits it with one wait for the disk, signs the heads of all
//! rooms it touched with one signature, answers the authors and passes the items on. So nothing is acknowledged that
//! is not on disk, and every reader gets the log in one order.

mod accept;
mod hub;
mod job;
pub mod mailbox;
pub mod prepare;
mod rooms;
mod writer;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use grend_shared::{
    crypto::{
        head::{LogHead, SignedHead, sign_heads},
        keys::SignKey,
    },
    ids::{DeviceId, RoomId},
};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::job::{Job, Work};
pub(crate) use self::{accept::invitation, rooms::replay};
use self::{
    job::Message,
    mailbox::{Mailbox, SessionId},
};
use crate::{
    error::StartError,
    limits::{Gate, Limits},
    storage::{Storage, StorageError},
};

/// How many reads of storage run at once.
const READS: usize = 8;

/// The key that signs heads, and the epoch they are signed in.
#[derive(Debug, Clone)]
pub struct Signer {
    key: SignKey,
    /// Counts restorations from a backup.
    pub epoch: u32,
    /// What rooms pin in their Genesis.
    pub public: [u8; 32],
}

impl Signer {
    fn new(storage: &dyn Storage) -> Result<Self, StorageError> {
        let identity = storage.identity()?;
        let key = SignKey::from_seed(&identity.seed);
        Ok(Self { public: key.public(), key, epoch: identity.epoch })
    }

    /// Signs heads with one signature, in their order.
    #[must_use]
    pub fn sign(&self, heads: &[(RoomId, LogHead)]) -> Vec<SignedHead> {
        sign_heads(&self.key, self.epoch, heads)
    }

    /// Signs one head.
    #[must_use]
    pub fn sign_one(&self, room: RoomId, head: LogHead) -> Option<SignedHead> {
        self.sign(&[(room, head)]).pop()
    }
}

/// A running relay; all clones are the same one.
#[derive(Clone)]
pub struct Relay(Arc<Inner>);

struct Inner {
    storage: Arc<dyn Storage>,
    signer: Signer,
    limits: Limits,
    gate: Gate,
    queue: mpsc::Sender<Message>,
    writer: Mutex<Option<JoinHandle<()>>>,
    reads: Semaphore,
    sessions: TaskTracker,
    stop: CancellationToken,
    next_session: AtomicU64,
}

impl Relay {
    /// Starts the writer over a storage. `pause_before_ack` is a test aid, see
    /// [`Config`](crate::config::Config::pause_before_ack).
    ///
    /// # Errors
    /// [`StartError`] when the storage does not answer or there is no thread for the writer.
    pub fn new(storage: Arc<dyn Storage>, limits: Limits, pause_before_ack: Duration) -> Result<Self, StartError> {
        let signer = Signer::new(&*storage)?;
        let (queue, requests) = mpsc::channel(limits.queue);
        let writer = writer::Writer::new(Arc::clone(&storage), signer.clone(), &limits, pause_before_ack);
        let thread = thread::Builder::new().name("writer".to_owned()).spawn(move || writer.run(requests))?;
        Ok(Self(Arc::new(Inner {
            storage,
            signer,
            gate: Gate::new(&limits),
            limits,
            queue,
            writer: Mutex::new(Some(thread)),
            reads: Semaphore::new(READS),
            sessions: TaskTracker::new(),
            stop: CancellationToken::new(),
            next_session: AtomicU64::new(1),
        })))
    }

    /// The key that signs heads.
    #[must_use]
    pub fn signer(&self) -> &Signer {
        &self.0.signer
    }

    /// What a session may use up.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Counts what comes from each address.
    #[must_use]
    pub fn gate(&self) -> &Gate {
        &self.0.gate
    }

    /// The sessions under way, so that the end can wait for them.
    #[must_use]
    pub fn sessions(&self) -> &TaskTracker {
        &self.0.sessions
    }

    /// Cancelled when the relay is asked to stop.
    #[must_use]
    pub fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    /// A session's number since the start: its name in the log.
    #[must_use]
    pub fn next_session(&self) -> SessionId {
        SessionId(self.0.next_session.fetch_add(1, Ordering::Relaxed))
    }

    /// Hands a request to the writer; waits while its queue is full. `false` when the writer is gone.
    pub async fn queue(&self, job: Job) -> bool {
        self.0.queue.send(Message::Job(Box::new(job))).await.is_ok()
    }

    /// Tells the writer that a device has signed in; gives when it knows. What is read from storage after that and what
    /// the writer tells of are together everything.
    pub async fn arrive(&self, session: SessionId, device: DeviceId, mailbox: Mailbox) {
        let (arrived, known) = oneshot::channel();
        if self.0.queue.send(Message::Arrive(session, device, mailbox, arrived)).await.is_ok() {
            // A writer that is gone has nothing to tell anybody.
            let _: Result<(), _> = known.await;
        }
    }

    /// Tells the writer that a session has ended.
    pub async fn leave(&self, session: SessionId) {
        // A writer that is gone has no sessions to forget.
        let _: Result<(), _> = self.0.queue.send(Message::Leave(session)).await;
    }

    /// Reads from storage beside the writer, off the async threads.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Storage) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        // The semaphore is never closed.
        let _turn = self.0.reads.acquire().await;
        let storage = Arc::clone(&self.0.storage);
        match tokio::task::spawn_blocking(move || read(&*storage)).await {
            Ok(result) => result,
            Err(_) => Err(StorageError::Damaged("a read ended without an answer")),
        }
    }

    /// Ends all sessions, each with its answers given, and the writer, with its queue empty.
    pub async fn shut_down(&self) {
        self.0.stop.cancel();
        self.0.sessions.close();
        if tokio::time::timeout(self.0.limits.shutdown, self.0.sessions.wait()).await.is_err() {
            tracing::warn!("some sessions did not end in time");
        }
        let _: Result<(), _> = self.0.queue.send(Message::Stop).await;
        let thread = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the writer ended with a panic");
            }
        }
    }
}
