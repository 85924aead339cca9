//! One execution environment of the function.

use std::{collections::BTreeMap, error::Error, time::Duration};

use aws_config::SdkConfig;
use reactive_scaler::{
    aws::{SdkAws, SdkStore},
    config::{Config, Mode, table_name},
    handler::{self, InvocationError},
    port::Aws,
    rate::Pace,
    report::LogLine,
    scaler::Scaler,
    stored_routes::{Place, StoredRoutes},
};
use serde_json::{Value, json};
use simulator::{LambdaFunction, Simulator, http::Invoked};
use tokio::time::{Instant, timeout};
use tracing::{Dispatch, instrument::WithSubscriber};

use super::log::Log;

/// The function reports by itself after this time: see `handler`.
const LONGEST: Duration = Duration::from_secs(50);

/// Part of the timeout that the function reserves for its report.
const MARGIN: Duration = Duration::from_secs(1);

/// One execution environment. Its function calls AWS through `A`.
#[derive(Debug)]
pub(crate) struct Container<A> {
    /// The function as it was when the environment started.
    pub(super) function: LambdaFunction,
    clock: Simulator,
    log: Log,
    diagnostics: Dispatch,
    started: Option<Started<A>>,
    /// How long the start took, until it is reported.
    start_took: Option<Duration>,
}

/// The function's code, after its settings were read.
#[derive(Debug)]
struct Started<A> {
    scaler: Scaler<A, Simulator>,
    stored: Option<StoredRoutes<SdkStore, Simulator>>,
}

/// How an invocation ended.
enum Ended {
    Answered(Value),
    Failed(InvocationError),
    NotStarted,
    TimedOut,
}

impl Container<SdkAws> {
    /// Starts the function. If its settings are not valid, each invocation fails.
    pub(super) async fn start(
        function: LambdaFunction,
        clock: &Simulator,
        connection: &SdkConfig,
    ) -> Self {
        let variables = function.variables.clone();
        Self::starting(function, clock, start(&variables, clock, connection)).await
    }
}

impl Container<Simulator> {
    /// Starts the function in simulated time: its calls take no time, and go to the model without HTTP. Its routes
    /// cannot be stored ones.
    pub(crate) async fn in_process(function: LambdaFunction, clock: &Simulator) -> Self {
        let variables = function.variables.clone();
        let start = async {
            let config = Config::read(|name| variables.get(name).cloned())?;
            Ok(Started { scaler: Scaler::new(clock.clone(), clock.clone(), config), stored: None })
        };
        Self::starting(function, clock, start).await
    }
}

impl<A: Aws> Container<A> {
    async fn starting(
        function: LambdaFunction,
        clock: &Simulator,
        start: impl Future<Output = Result<Started<A>, Box<dyn Error>>>,
    ) -> Self {
        let log = Log::new(clock, function.log_group());
        log.platform(
            "initStart",
            &json!({
                "initializationType": "on-demand",
                "phase": "init",
                "functionName": function.name,
                "functionVersion": "$LATEST",
            }),
        );
        let begin = Instant::now();
        let level = function.variables.get("AWS_LAMBDA_LOG_LEVEL").map(String::as_str);
        let diagnostics = log.diagnostics(level);
        let starting =
            async { start.await.map_err(|error| tracing::error!("cannot start: {error}")).ok() };
        let started = starting.with_subscriber(diagnostics.clone()).await;
        let start_took = Some(begin.elapsed());
        Self { function, clock: clock.clone(), log, diagnostics, started, start_took }
    }

    /// Whether it can be used for the next invocation.
    pub(super) fn is_usable(&self) -> bool {
        self.started.is_some()
    }

    /// Runs one invocation.
    pub(crate) async fn invoke(&mut self, request_id: &str, payload: &Value) -> Invoked {
        let record = json!({ "requestId": request_id, "version": "$LATEST" });
        self.log.platform("start", &record);
        let begin = Instant::now();
        let limit = Duration::from_secs(self.function.timeout.into());
        let running = timeout(limit, self.run(payload, limit));
        let ended = running.with_subscriber(self.diagnostics.clone()).await;
        let ended = ended.unwrap_or(Ended::TimedOut);
        let (status, failed, payload) = answer(ended, request_id, limit);
        let milliseconds = |time: Duration| (time.as_secs_f64() * 100_000.0).round() / 100.0;
        let took = begin.elapsed();
        let mut metrics = json!({
            "durationMs": milliseconds(took),
            "billedDurationMs": took.as_millis() + 1,
            "memorySizeMB": self.function.memory,
            // It is not measured: the function is a part of this program.
            "maxMemoryUsedMB": 0,
        });
        if let Some(took) = self.start_took.take() {
            metrics["initDurationMs"] = json!(milliseconds(took));
        }
        let record = json!({ "requestId": request_id, "status": status, "metrics": metrics });
        self.log.platform("report", &record);
        Invoked { payload, failed, log: self.log.take_lines() }
    }

    async fn run(&self, payload: &Value, limit: Duration) -> Ended {
        let Some(Started { scaler, stored }) = &self.started else { return Ended::NotStarted };
        let not_refreshed = match stored {
            Some(stored) => stored.refresh(scaler).await,
            None => None,
        };
        let deadline = Instant::now() + limit.saturating_sub(MARGIN).min(LONGEST);
        let write = |line: &LogLine<'_>| self.log.decision(line);
        let answer =
            handler::serve(scaler, &self.clock, payload, not_refreshed, deadline, write).await;
        answer.map_or_else(Ended::Failed, Ended::Answered)
    }
}

/// The status in the log, whether it is an error, and the payload.
fn answer(ended: Ended, request_id: &str, limit: Duration) -> (&'static str, bool, Value) {
    let error = |kind: &str, message: &str| json!({ "errorType": kind, "errorMessage": message });
    match ended {
        Ended::Answered(answer) => ("success", false, answer),
        Ended::Failed(it) => ("error", true, error(it.kind, &it.message)),
        Ended::NotStarted => {
            let message = "Error: Runtime exited with error: exit status 1";
            let message = format!("RequestId: {request_id} {message}");
            ("error", true, error("Runtime.ExitError", &message))
        }
        Ended::TimedOut => {
            let seconds = limit.as_secs_f64();
            let message =
                format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds");
            ("timeout", true, error("Sandbox.Timedout", &message))
        }
    }
}

/// As in `main` of the function.
async fn start(
    variables: &BTreeMap<String, String>,
    clock: &Simulator,
    connection: &SdkConfig,
) -> Result<Started<SdkAws>, Box<dyn Error>> {
    let variable = |name: &str| variables.get(name).cloned();
    let place = variable("SCALER_ROUTES").as_deref().map(Place::of).transpose()?.flatten();
    let table = table_name(variable)?;
    let (config, stored) = match place {
        None => (Config::read(variable)?, None),
        Some(place) => {
            let mode = Mode::read(variable)?;
            let store = SdkStore::new(connection);
            let (stored, routes) =
                StoredRoutes::start(store, place, table.clone(), clock.clone()).await?;
            (Config { routes, mode }, Some(stored))
        }
    };
    let aws = SdkAws::new(connection).with_ledger(table.clone());
    let for_ticks = SdkAws::for_ticks(connection).with_ledger(table);
    let scaler = Scaler::new(aws, clock.clone(), config).with_ticks_by(for_ticks, Pace::default());
    Ok(Started { scaler, stored })
}
