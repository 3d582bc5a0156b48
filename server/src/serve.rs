//! From a configuration to a relay that listens, and back.

use std::{
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Body, extract::Request};
use grend_shared::secret::SecretText;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinHandle,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{
    config::{Config, PublicUrl},
    error::StartError,
    relay::Relay,
    router::{self, App},
    set_up,
    storage::{Sqlite, Storage},
};

/// For a request's head to arrive.
const HEAD: Duration = Duration::from_secs(15);

/// Where a request comes from, as the connection has it.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// A relay that listens.
pub struct Running {
    /// Where it listens: the port is the actual one.
    pub address: SocketAddr,
    /// How people reach it.
    pub public_url: PublicUrl,
    /// The link that sets up the first service, when there is neither a service nor a link. A secret for the operator.
    pub first_link: Option<SecretText>,
    relay: Relay,
    accepting: JoinHandle<()>,
}

impl Running {
    /// Opens the storage, listens and serves.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let storage = Sqlite::open(&config.data)?;
        storage.claim()?;
        Self::over(Arc::new(storage), config).await
    }

    /// Listens and serves over a storage that nobody else writes to; `config.data` is not looked at.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn over(storage: Arc<dyn Storage>, config: Config) -> Result<Self, StartError> {
        let refused = |why| StartError::Listen { address: config.listen.clone(), why };
        let listener = TcpListener::bind(&config.listen).await.map_err(refused)?;
        let address = listener.local_addr()?;
        let public_url = config.public_url.clone().unwrap_or_else(|| PublicUrl::local(address));
        let first_link = if storage.is_new()? && !storage.has_open_token(crate::clock::now())? {
            Some(set_up::make_link(&*storage, &public_url)?)
        } else {
            None
        };

        let relay = Relay::new(storage, config.limits.clone(), config.pause_before_ack)?;
        let mut app = App::new(relay.clone(), &public_url, address, config.behind_proxy);
        if let Some(folder) = &config.app {
            app = app.with_files_of(folder)?;
        }
        let accepting = tokio::spawn(accept(listener, router::app(app), relay.clone()));
        Ok(Self { address, public_url, first_link, relay, accepting })
    }

    /// The relay behind it.
    #[must_use]
    pub const fn relay(&self) -> &Relay {
        &self.relay
    }

    /// Stops: takes no more connections, gives the answers it owes, tells each session, empties the writer's queue.
    pub async fn shut_down(self) {
        self.relay.shut_down().await;
        if self.accepting.await.is_err() {
            tracing::error!("the listener ended with a panic");
        }
    }
}

/// Takes connections until the relay stops, at most so many at once.
async fn accept(listener: TcpListener, app: Router, relay: Relay) {
    let places = Arc::new(Semaphore::new(relay.limits().connections));
    let connections = TaskTracker::new();
    loop {
        let next = async {
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await.ok();
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = relay.stop().cancelled() => break,
            next = next => next,
        };
        match accepted {
            Ok((stream, peer)) => {
                let connection = serve(stream, peer.ip(), place, app.clone(), relay.stop().clone());
                connections.spawn(connection);
            }
            // Out of file handles, mostly: wait for some to be given back.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    // Requests under way get a moment, no more.
    let _: Result<(), _> = tokio::time::timeout(Duration::from_secs(2), connections.wait()).await;
}

async fn serve(
    stream: TcpStream,
    peer: IpAddr,
    place: Option<OwnedSemaphorePermit>,
    app: Router,
    stop: CancellationToken,
) {
    // Frames are coalesced already; waiting for more would only delay them.
    let _: Result<(), _> = stream.set_nodelay(true);
    let place = place.map(Arc::new);
    let service = app.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        // A WebSocket takes its connection's place along.
        request.extensions_mut().insert(Place(place.clone()));
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if ended.is_err() {
        tracing::trace!("a connection broke off");
    }
}

/// A connection's place among those there may be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place(#[expect(dead_code, reason = "held, not read")] Option<Arc<OwnedSemaphorePermit>>);
