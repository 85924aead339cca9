//! The log of one execution environment, in CloudWatch Logs of the simulated AWS.

use std::{
    fmt,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use reactive_scaler::report::{DIMENSION, LogLine, NAMESPACE};
use serde_json::{Value, json};
use simulator::{LogEvent, Simulator};
use tracing::Dispatch;
use tracing_subscriber::{
    filter::{LevelFilter, filter_fn},
    fmt::{MakeWriter, format::Writer, time::FormatTime},
    layer::SubscriberExt,
};

/// The log stream of an execution environment.
#[derive(Debug, Clone)]
pub(super) struct Log {
    sim: Simulator,
    group: String,
    stream: Arc<str>,
    /// The lines of this invocation.
    lines: Arc<Mutex<String>>,
}

impl Log {
    pub(super) fn new(sim: &Simulator, group: String) -> Self {
        let stream = sim.with(simulator::World::log_stream).into();
        Self { sim: sim.clone(), group, stream, lines: Arc::default() }
    }

    /// Writes a line.
    pub(super) fn line(&self, line: &str) {
        let (group, stream, message) = (&self.group, Arc::clone(&self.stream), line.to_owned());
        self.sim.with(|world| {
            let event = LogEvent { at: world.now(), stream, message };
            world.log_event(group, event);
        });
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push_str(line);
        lines.push('\n');
    }

    /// Writes the line of a decision, and publishes its metrics, as CloudWatch does with a line in the embedded metric
    /// format.
    pub(super) fn decision(&self, line: &LogLine<'_>) {
        match serde_json::to_string(line) {
            Ok(text) => self.line(&text),
            Err(error) => return tracing::error!("a decision could not be logged: {error}"),
        }
        // The values are counts and milliseconds, far below 2^52.
        let values = line.metrics().iter().map(|(name, value)| (*name, *value as f64));
        let dimension = (DIMENSION, line.endpoint());
        self.sim.with(|world| world.put_metrics_of_endpoint(NAMESPACE, dimension, values));
    }

    /// Writes a line of the platform, in the JSON format of Lambda (Lambda Developer Guide, "Lambda Telemetry API Event
    /// schema reference").
    pub(super) fn platform(&self, kind: &str, record: &Value) {
        let time = self.sim.now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        let line = json!({ "time": time, "type": format!("platform.{kind}"), "record": record });
        self.line(&line.to_string());
    }

    /// The lines since the last call.
    pub(super) fn take_lines(&self) -> String {
        std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where the function's diagnostic log goes, in the format of the function.
    pub(super) fn diagnostics(&self, level: Option<&str>) -> Dispatch {
        let level = match level {
            Some("TRACE" | "DEBUG") => LevelFilter::DEBUG,
            Some("WARN") => LevelFilter::WARN,
            Some("ERROR" | "FATAL") => LevelFilter::ERROR,
            _ => LevelFilter::INFO,
        };
        let spans = level >= LevelFilter::DEBUG;
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(level)
            .with_timer(SimulatedTime(self.sim.clone()))
            .with_writer(self.clone())
            .finish()
            .with(filter_fn(move |metadata| spans || metadata.is_event()));
        Dispatch::new(subscriber)
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Write for Log {
    /// An event arrives as a whole.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        String::from_utf8_lossy(bytes).lines().for_each(|line| self.line(line));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The time of the simulated AWS.
struct SimulatedTime(Simulator);

impl FormatTime for SimulatedTime {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", self.0.now().strftime("%Y-%m-%dT%H:%M:%S%.6fZ"))
    }
}
