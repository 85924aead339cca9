//! The Lambda function: reads its settings, connects, and serves invocations.

use std::{
    cell::RefCell,
    io::{self, Write},
    os::unix::process::CommandExt,
    pin::pin,
    process::Command,
};

use aws_config::SdkConfig;
use lambda_runtime::{
    LambdaEvent, Runtime, layers::TracingLayer, service_fn, tower::util::MapFutureLayer,
};
use reactive_scaler::{
    aws::{Prewarming, SdkAws, SdkStore, connect},
    config::{Config, Mode, table_name},
    handler::{Served, handle},
    port::SystemClock,
    rate::Pace,
    report::LogLine,
    scaler::Scaler,
    stored_routes::{Place, StoredRoutes},
};
use serde_json::value::RawValue;
use tokio::sync::Notify;
use tracing_subscriber::{
    filter::{LevelFilter, filter_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Variables that Lambda always sets. The runtime crate requires them, and a local Runtime API does not set
/// them.
const STAND_INS: [(&str, &str); 3] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "reactive-scaler"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
];

/// Initial size of the buffer for a log line, in bytes.
const LINE: usize = 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    start_log();
    if std::env::args_os().len() > 1 || variable("AWS_LAMBDA_RUNTIME_API").is_none() {
        eprintln!(
            "reactive-scaler {} is an AWS Lambda function: it is started by Lambda, with \
             AWS_LAMBDA_RUNTIME_API and SCALER_ROUTES set.\nTo see it work without an account, \
             run `scalerctl demo`.",
            env!("CARGO_PKG_VERSION")
        );
        std::process::exit(2);
    }
    if let Some(error) = restart_with_stand_ins() {
        return Err(error.into());
    }
    let (scaler, stored) = match start().await {
        Ok(started) => started,
        Err(error) => {
            tracing::error!("cannot start: {error}");
            return Err(error);
        }
    };
    let (scaler, stored) = (&scaler, stored.as_ref());
    let unlogged = &Unlogged::default();
    let answered = service_fn(|event: LambdaEvent<Box<RawValue>>| {
        // Boxed: the future of one invocation is large, and the runtime's layers would each hold it.
        Box::pin(async move {
            let not_refreshed = match stored {
                Some(stored) => Box::pin(stored.refresh(scaler)).await,
                None => None,
            };
            let served = handle(scaler, &SystemClock, event, not_refreshed).await;
            let answer = served.answer();
            unlogged.push(served);
            answer
        })
    });
    // Around the runtime's own service, whose call ends once the answer is posted. The next invocation is asked
    // for after that, which is when Lambda may freeze the process (Lambda Developer Guide, "Execution environment
    // lifecycle"). So no log line waits until the process continues.
    let logging = MapFutureLayer::new(|call| async move {
        let mut call = pin!(call);
        let posted = tokio::select! {
            biased;
            posted = &mut call => posted,
            () = unlogged.log_meanwhile() => call.await,
        };
        unlogged.log();
        posted
    });
    Runtime::new(answered).layer(logging).layer(TracingLayer::new()).run().await
}

/// What was decided and is not logged yet: the log is written while the Runtime API takes the answer.
#[derive(Default)]
struct Unlogged {
    served: RefCell<Vec<Served>>,
    pushed: Notify,
}

impl Unlogged {
    fn push(&self, served: Served) {
        self.served.borrow_mut().push(served);
        self.pushed.notify_one();
    }

    /// Waits for something to log, and until it is on its way as an answer.
    async fn log_meanwhile(&self) {
        self.pushed.notified().await;
        tokio::task::yield_now().await;
        self.log();
    }

    fn log(&self) {
        let served = self.served.take();
        served.iter().flat_map(Served::lines).for_each(|line| write_line(&line));
    }
}

type Started = (Scaler<SdkAws, SystemClock>, Option<StoredRoutes<SdkStore, SystemClock>>);

async fn start() -> Result<Started, lambda_runtime::Error> {
    let Some(place) = variable("SCALER_ROUTES").as_deref().map(Place::of).transpose()?.flatten()
    else {
        let config = Config::read(variable)?;
        let table = table_name(variable)?;
        let connection = connect().await?;
        let aws = SdkAws::new(&connection).with_ledger(table.clone());
        ready(prewarming(&aws)).await;
        return Ok((scaler(aws, &connection, table, config), None));
    };
    let mode = Mode::read(variable)?;
    let table = table_name(variable)?;
    let connection = connect().await?;
    let aws = SdkAws::new(&connection).with_ledger(table.clone());
    let prewarming = prewarming(&aws);
    let store = SdkStore::new(&connection);
    let (stored, routes) = StoredRoutes::start(store, place, table.clone(), SystemClock).await?;
    ready(prewarming).await;
    Ok((scaler(aws, &connection, table, Config { routes, mode }), Some(stored)))
}

fn scaler(
    aws: SdkAws,
    connection: &SdkConfig,
    table: Option<String>,
    config: Config,
) -> Scaler<SdkAws, SystemClock> {
    let for_ticks = SdkAws::for_ticks(connection).with_ledger(table);
    Scaler::new(aws, SystemClock, config).with_ticks_by(for_ticks, Pace::default())
}

/// Opens connections in advance if the first event follows immediately. Containers with provisioned
/// concurrency or snapshots wait for their first event, and AWS closes idle connections (Lambda Developer
/// Guide, "Defined runtime environment variables": `AWS_LAMBDA_INITIALIZATION_TYPE`).
fn prewarming(aws: &SdkAws) -> Option<Prewarming> {
    let kind = variable("AWS_LAMBDA_INITIALIZATION_TYPE");
    matches!(kind.as_deref(), None | Some("on-demand")).then(|| aws.prewarm()).flatten()
}

async fn ready(prewarming: Option<Prewarming>) {
    if let Some(prewarming) = prewarming {
        prewarming.wait().await;
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Outside Lambda, starts this program again with the missing variables. Returns only if that fails or is not
/// needed. In Lambda, no variable is missing.
fn restart_with_stand_ins() -> Option<std::io::Error> {
    let mut missing: Vec<(&str, &str)> =
        STAND_INS.into_iter().filter(|(name, _)| variable(name).is_none()).collect();
    // A custom endpoint needs no region, but the SDK requires one.
    let region_known = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().any(|n| variable(n).is_some());
    if !region_known && variable("AWS_ENDPOINT_URL").is_some() {
        missing.push(("AWS_REGION", "us-east-1"));
    }
    if missing.is_empty() {
        return None;
    }
    match std::env::current_exe() {
        Ok(program) => Some(Command::new(program).envs(missing).exec()),
        Err(error) => Some(error),
    }
}

fn start_log() {
    let level = match variable("AWS_LAMBDA_LOG_LEVEL").as_deref() {
        // At TRACE, the runtime crate would log whole payloads.
        Some("TRACE" | "DEBUG") => LevelFilter::DEBUG,
        Some("WARN") => LevelFilter::WARN,
        Some("ERROR" | "FATAL") => LevelFilter::ERROR,
        _ => LevelFilter::INFO,
    };
    // The runtime crate's span around each invocation is formatted whether or not anything is logged
    // within. Lambda's own START and END lines have the request's id; at DEBUG, every line has it.
    let spans = level >= LevelFilter::DEBUG;
    tracing_subscriber::fmt()
        .json()
        .with_max_level(level)
        .with_writer(io::stdout)
        .finish()
        .with(filter_fn(move |metadata| spans || metadata.is_event()))
        .init();
}

/// Writes a log line with one call.
fn write_line(line: &LogLine<'_>) {
    let mut text = Vec::with_capacity(LINE);
    let written = serde_json::to_writer(&mut text, line).map_err(io::Error::from).and_then(|()| {
        text.push(b'\n');
        io::stdout().lock().write_all(&text)
    });
    if let Err(error) = written {
        eprintln!("a decision could not be logged: {error}");
    }
}
