//! The simulated AWS that is served: a new one, a new one with a past, or the one that a state file has.

use std::io;

use jiff::Timestamp;
use reactive_scaler::{
    config::{ConfigError, Route, routes_from_json},
    stored_routes::Place,
};
use scalerctl_console::{Failure, loopback::LOCAL_REGION};
use simulator::{Pace, Settings, Simulator};
use tokio::runtime::Builder;

use crate::{
    command::{AwsArgs, Backlog},
    history::{self, Past, fleet_routes},
    initial_world::{Contents, FUNCTION, initial_world},
    objects::Objects,
    state::{StateFile, Stored},
};

/// Events on a page of FilterLogEvents (API: `FilterLogEvents`).
const LOG_PAGE: usize = 10_000;

/// A simulated AWS that is not served yet.
#[derive(Debug)]
pub struct Opened {
    /// The model.
    pub sim: Simulator,
    /// The objects of S3.
    pub objects: Objects,
    /// What exists.
    pub contents: Contents,
    /// `SCALER_ROUTES`.
    pub routes_text: String,
    /// The routes. Empty if they are stored.
    pub routes: Vec<Route>,
    /// Where its state is kept.
    pub state: Option<StateFile>,
}

/// Reads the state, or makes a new account.
///
/// # Errors
///
/// [`Failure::Usage`] if the arguments or the state file are not valid, [`Failure::NotOk`] if there is no temporary
/// folder.
pub fn open(arguments: &AwsArgs) -> Result<Opened, Failure> {
    let routes_text = match arguments.endpoints {
        None | Some(1) => arguments.routes.clone(),
        Some(several) => fleet_routes(several),
    };
    let invalid = |error: ConfigError| {
        Failure::Usage(error.to_string().replace("SCALER_ROUTES:", "--routes:"))
    };
    let routes = routes(&routes_text).map_err(invalid)?;
    if let Some(length) = arguments.history {
        history::check(length, &routes)?;
    }
    let state = arguments.state.as_deref().map(StateFile::at);
    match state.as_ref().map(StateFile::read).transpose()?.flatten() {
        Some(stored) => restored(arguments, stored, state),
        None => new(arguments, routes_text, routes, state),
    }
}

/// Empty if the routes are stored.
fn routes(text: &str) -> Result<Vec<Route>, ConfigError> {
    match Place::of(text)? {
        Some(_) => Ok(Vec::new()),
        None => routes_from_json(text),
    }
}

fn new(
    arguments: &AwsArgs,
    routes_text: String,
    routes: Vec<Route>,
    state: Option<StateFile>,
) -> Result<Opened, Failure> {
    let settings = settings(arguments);
    let ledger = (routes.is_empty() || routes.iter().any(|route| route.results))
        .then(|| ("SCALER_LEDGER".to_owned(), settings.ledger_table.clone()));
    let variables = (!arguments.no_function).then(|| {
        let variables = [("SCALER_ROUTES", routes_text.as_str()), ("SCALER_MODE", "act")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        variables.into_iter().chain(ledger).collect()
    });
    let now = Timestamp::now();
    let now = arguments.until.map_or(now, |until| until.min(now));
    let begin = arguments.history.map_or(now, |length| now - length);
    let (sim, contents) = initial_world(begin, settings, &routes, variables);
    let objects = Objects::new(sim.clone()).map_err(no_folder)?;
    let mut opened = Opened { sim, objects, contents, routes_text, routes, state };
    if arguments.history.is_some() {
        add_past(&mut opened, arguments, now)?;
    }
    Ok(opened)
}

fn restored(
    arguments: &AwsArgs,
    stored: Stored,
    state: Option<StateFile>,
) -> Result<Opened, Failure> {
    let written_at = stored.written_at;
    let (sim, objects) = stored.restore(settings(arguments)).map_err(no_folder)?;
    let mut contents = sim.with(|world| Contents::of(world));
    contents.state_of = Some(written_at);
    let routes_text = sim.with(|world| {
        let routes = world.function(FUNCTION).and_then(|it| it.variables.get("SCALER_ROUTES"));
        routes.unwrap_or(&arguments.routes).clone()
    });
    // Somebody can have put routes that are not valid: the function then does not start, and this program does.
    let routes = routes(&routes_text).unwrap_or_default();
    Ok(Opened { sim, objects, contents, routes_text, routes, state })
}

/// Plays the past until `now`, and notes what there is at its end.
fn add_past(opened: &mut Opened, arguments: &AwsArgs, now: Timestamp) -> Result<(), Failure> {
    let failed = |why: &dyn std::fmt::Display| {
        Failure::NotOk(format!("--history: the past cannot be made: {why}"))
    };
    let Opened { sim, objects, contents, routes, .. } = opened;
    contents.past_from = Some(sim.now());
    let topic = sim.with(|world| history::add_backlog_alarms(world, routes));
    contents.topics.insert(topic.map_err(|refused| failed(&refused))?);
    let function = sim.with(|world| world.function(FUNCTION).cloned());
    let Some(function) = function else { return Ok(()) };
    let (seed, processing) = (arguments.seed, arguments.processing.unsigned_abs());
    let past = Past { function: &function, routes, seed, processing, until: now };
    // Without the events of sockets: looking for them would take a good part of the time.
    let runtime = Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| failed(&error))?;
    runtime.block_on(history::play(sim, objects, past)).map_err(|error| failed(&error))?;
    contents.read_variants(sim);
    Ok(())
}

fn no_folder(error: io::Error) -> Failure {
    Failure::NotOk(format!("no temporary folder for objects: {error}"))
}

fn settings(arguments: &AwsArgs) -> Settings {
    let pace = Pace {
        provisioning: arguments.provisioning.unsigned_abs(),
        processing: arguments.processing.unsigned_abs(),
        ..Pace::default()
    };
    let backlog_counts_running = arguments.backlog == Backlog::All;
    let region = LOCAL_REGION.to_owned();
    Settings {
        pace,
        backlog_counts_running,
        region,
        log_page_size: LOG_PAGE,
        ..Settings::default()
    }
}
