//! The relay's command line.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Parser, Subcommand};
use grend_server::{
    Config, Running, StartError, clock,
    config::PublicUrl,
    log, set_up,
    storage::{Sqlite, Storage},
};

/// Grend's relay: passes on what it can not read, and serves the app.
#[derive(Parser)]
#[command(name = "grend", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Run the relay (this is what happens without a subcommand).
    Serve(Serve),
    /// Make a link that sets up a service: good for 24 hours and once. The relay may be running.
    SetupLink(Place),
    /// Say that the data directory was put back from a backup: devices then give back what it lacks. The relay must not
    /// be running.
    Restored {
        /// The data directory.
        #[arg(long, env = "GREND_DATA", default_value = "./data")]
        data: PathBuf,
    },
}

#[derive(Args)]
struct Place {
    /// The data directory; made if it is not there.
    #[arg(long, env = "GREND_DATA", default_value = "./data")]
    data: PathBuf,
    /// The address people type, without a path. If not given: http://localhost and the port listened on.
    #[arg(long, env = "GREND_PUBLIC_URL")]
    public_url: Option<PublicUrl>,
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    place: Place,
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(long, env = "GREND_LISTEN", default_value = "127.0.0.1:8420")]
    listen: String,
    /// A proxy stands before the relay: count its X-Forwarded-For against the limits instead of its own address.
    #[arg(long, env = "GREND_BEHIND_PROXY")]
    behind_proxy: bool,
    /// A test aid: stand still so many milliseconds after each commit, before anything is acknowledged, so that a test
    /// can kill the relay there.
    #[arg(long, hide = true, default_value_t = 0)]
    test_pause_before_ack: u64,
    /// A test aid: serve the app from this folder instead of the one inside, as the next release does.
    #[arg(long, hide = true)]
    test_app: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.command {
        Some(Command::SetupLink(place)) => setup_link(&place),
        Some(Command::Restored { data }) => restored(&data),
        Some(Command::Serve(serve)) => run(serve),
        None => run(cli.serve),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when even standard error is closed.
            let _: Result<(), _> = writeln!(std::io::stderr(), "grend: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A line for the operator, past the log.
fn say(line: &str) -> Result<(), StartError> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

fn setup_link(place: &Place) -> Result<(), StartError> {
    let storage = Sqlite::open(&place.data)?;
    let public_url = match &place.public_url {
        Some(url) => url.clone(),
        None => "http://localhost:8420".parse()?,
    };
    say(set_up::make_link(&storage, &public_url)?.expose())
}

fn restored(data: &Path) -> Result<(), StartError> {
    let storage = Sqlite::open(data)?;
    storage.claim()?;
    let epoch = storage.restored(clock::now())?;
    say(&format!(
        "This is the relay's epoch {epoch}. Start it now: devices give back what the backup lacks, and each room goes on when \
         somebody in charge of it has confirmed that everything is there."
    ))
}

fn run(serve: Serve) -> Result<(), StartError> {
    log::start();
    let config = Config {
        listen: serve.listen,
        public_url: serve.place.public_url,
        behind_proxy: serve.behind_proxy,
        app: serve.test_app,
        pause_before_ack: Duration::from_millis(serve.test_pause_before_ack),
        ..Config::new(serve.place.data)
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(until_stopped(config))
}

async fn until_stopped(config: Config) -> Result<(), StartError> {
    let running = Running::start(config).await?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), address = %running.address, "the relay listens");
    say(&format!("listening on {}", running.address))?;
    say(&format!("Grend: {}", running.public_url))?;
    if let Some(link) = &running.first_link {
        say(&format!("Set up your service within 24 hours: {}", link.expose()))?;
    }
    stop_asked().await?;
    tracing::info!("the relay stops");
    running.shut_down().await;
    Ok(())
}

#[cfg(unix)]
async fn stop_asked() -> Result<(), StartError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}

#[cfg(not(unix))]
async fn stop_asked() -> Result<(), StartError> {
    Ok(tokio::signal::ctrl_c().await?)
}
