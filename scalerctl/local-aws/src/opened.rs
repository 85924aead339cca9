//! The simulated AWS that is served: a new one, a new one with a past, or the one that a state file has.

use std::io;

use jiff::Timestamp;
use reactive_scaler::{
    config::{ConfigError, Route, Selector, routes_from_json},
    stored_routes::Place,
};
use scalerctl_console::{
    Failure,
    loopback::LOCAL_REGION,
    times::{
        local_zone,
        moment::{Reading, Way},
    },
};
use simulator::{Pace, Settings, Simulator, World};
use tokio::runtime::Builder;

use crate::{
    args::{AwsArgs, Backlog, ROUTES},
    fault,
    history::{self, Earlier, EarlierPast, Past, fleet_routes},
    initial_world::{Contents, FUNCTION, initial_world},
    objects::Objects,
    page::Recorder,
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
    /// What the timelines show of the past.
    pub recorder: Recorder,
    /// The earlier part of its past, which is not there yet.
    pub earlier: Option<Earlier>,
    /// The options that were given and have no effect, because the file has a simulated AWS already.
    pub without_effect: Vec<&'static str>,
}

impl Opened {
    /// The notice about options without effect.
    pub fn without_effect_text(&self) -> String {
        let file = self.state.as_ref().map(|it| it.path().display().to_string());
        format!(
            "--state: {} has a simulated AWS already, so {} no effect (what to do: leave them out to go on with it, or use \
             another FILE to make a new one)",
            file.unwrap_or_default(),
            match self.without_effect.as_slice() {
                [one] => format!("{one} has"),
                several => format!("{} have", several.join(", ")),
            }
        )
    }
}

/// Where it comes from.
#[derive(Debug)]
pub enum Source {
    /// It is new.
    New {
        /// `SCALER_ROUTES`.
        routes_text: String,
        /// The routes. Empty if they are stored.
        routes: Vec<Route>,
    },
    /// A state file has it.
    File(Box<Stored>),
}

/// Checks the arguments, and reads the state file.
///
/// # Errors
///
/// [`Failure::Usage`] if the arguments or the state file are not valid.
pub fn source(arguments: &AwsArgs) -> Result<Source, Failure> {
    let routes_text = match (&arguments.routes, arguments.endpoints) {
        (_, Some(endpoints)) if endpoints > 1 => fleet_routes(endpoints),
        (Some(routes), _) => routes.clone(),
        (None, _) => ROUTES.to_owned(),
    };
    let invalid = |error: ConfigError| {
        Failure::Usage(error.to_string().replace("SCALER_ROUTES:", "--routes:"))
    };
    let routes = routes(&routes_text).map_err(invalid)?;
    if let Some(length) = arguments.history {
        history::check(length, &routes)?;
    }
    let state = arguments.state.as_deref().map(StateFile::at);
    if let Some(stored) = state.as_ref().map(StateFile::read).transpose()?.flatten() {
        return Ok(Source::File(Box::new(stored)));
    }
    check_faults(arguments, &routes, !arguments.no_function)?;
    Ok(Source::New { routes_text, routes })
}

/// Makes it, with its past and the faults of the arguments.
///
/// # Errors
///
/// [`Failure::Usage`] if a fault needs what a state file does not have, [`Failure::NotOk`] if there is no temporary
/// folder.
pub fn open(arguments: &AwsArgs, source: Source) -> Result<Opened, Failure> {
    let opened = match source {
        Source::New { routes_text, routes } => new(arguments, routes_text, routes)?,
        Source::File(stored) => restored(arguments, *stored)?,
    };
    opened.sim.with(|world| {
        arguments.faults.iter().for_each(|it| fault::inject(world, &opened.routes, *it));
    });
    Ok(opened)
}

/// Checks that the faults change something.
fn check_faults(arguments: &AwsArgs, routes: &[Route], function_runs: bool) -> Result<(), Failure> {
    let check = |fault| fault::check(routes, function_runs, fault).map_err(Failure::Usage);
    arguments.faults.iter().copied().try_for_each(check)
}

/// The options that say what a new account has.
fn of_new_accounts(arguments: &AwsArgs, function_runs: bool) -> Vec<&'static str> {
    let given = [
        ("--routes", arguments.routes.is_some()),
        ("--endpoints", arguments.endpoints.is_some()),
        ("--history", arguments.history.is_some()),
        ("--no-function", arguments.no_function && function_runs),
    ];
    given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect()
}

/// Empty if the routes are stored.
fn routes(text: &str) -> Result<Vec<Route>, ConfigError> {
    match Place::of(text)? {
        Some(_) => Ok(Vec::new()),
        None => routes_from_json(text),
    }
}

fn new(arguments: &AwsArgs, routes_text: String, routes: Vec<Route>) -> Result<Opened, Failure> {
    let settings = settings(arguments);
    let ledger = (routes.is_empty() || routes.iter().any(|route| route.results))
        .then(|| ("SCALER_LEDGER".to_owned(), settings.ledger_table.clone()));
    let variables = (!arguments.no_function).then(|| {
        let variables = [("SCALER_ROUTES", routes_text.as_str()), ("SCALER_MODE", "act")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        variables.into_iter().chain(ledger).collect()
    });
    let now = Timestamp::now();
    let now = match &arguments.until {
        Some(text) => {
            let zone = local_zone::of_input();
            let reading =
                Reading { option: "--until", way: Way::Back, now, from: now, zone: &zone };
            reading.of(text).map_err(Failure::Usage)?.at.min(now)
        }
        None => now,
    };
    let from = arguments.history.map_or(now, |length| now - length);
    let processing = arguments.processing.unsigned_abs();
    let boundary = history::boundary((from, now), &routes, processing);
    let boundary = arguments.served_from.or(boundary);
    let account = |start| initial_world(start, settings.clone(), &routes, variables.clone());
    let (sim, contents) = account(boundary.unwrap_or(from));
    let objects = Objects::new(sim.clone()).map_err(no_folder)?;
    let state = arguments.state.as_deref().map(StateFile::at);
    let recorder = sim.with(|world| Recorder::new(world));
    let earlier_account = boundary.map(|_| account(from).0);
    let mut opened = Opened {
        sim,
        objects,
        contents,
        routes_text,
        routes,
        state,
        recorder,
        earlier: None,
        without_effect: Vec::new(),
    };
    if arguments.history.is_some() {
        opened.contents.past_from = Some(from);
        add_past(&mut opened, arguments, earlier_account, now)?;
    }
    Ok(opened)
}

fn restored(arguments: &AwsArgs, stored: Stored) -> Result<Opened, Failure> {
    let written_at = stored.written_at;
    let (sim, objects) = stored.restore(settings(arguments)).map_err(no_folder)?;
    let mut contents = sim.with(|world| Contents::of(world));
    contents.state_of = Some(written_at);
    let routes_text = sim.with(|world| {
        let routes = world.function(FUNCTION).and_then(|it| it.variables.get("SCALER_ROUTES"));
        routes.map_or(ROUTES, String::as_str).to_owned()
    });
    // Somebody can have put routes that are not valid: the function then does not start, and this program does.
    let routes = routes(&routes_text).unwrap_or_default();
    check_faults(arguments, &routes, contents.function.is_some())?;
    let state = arguments.state.as_deref().map(StateFile::at);
    let without_effect = of_new_accounts(arguments, contents.function.is_some());
    let recorder = sim.with(|world| Recorder::new(world));
    let earlier = None;
    Ok(Opened {
        sim,
        objects,
        contents,
        routes_text,
        routes,
        state,
        recorder,
        earlier,
        without_effect,
    })
}

/// Plays the past until `now`, and notes what there is at its end. With the account of an earlier part, that part is
/// played at the same time.
fn add_past(
    opened: &mut Opened,
    arguments: &AwsArgs,
    earlier: Option<Simulator>,
    now: Timestamp,
) -> Result<(), Failure> {
    let failed = |why: &dyn std::fmt::Display| {
        Failure::NotOk(format!("--history: the past cannot be made: {why}"))
    };
    let Opened { sim, objects, contents, routes, earlier: started, .. } = &mut *opened;
    for account in [Some(&*sim), earlier.as_ref()].into_iter().flatten() {
        let topic = account.with(|world| history::add_backlog_alarms(world, routes));
        contents.topics.insert(topic.map_err(|refused| failed(&refused))?);
    }
    let Some(function) = sim.with(|world| world.function(FUNCTION).cloned()) else { return Ok(()) };
    let (routes, since) = (routes.as_slice(), sim.now());
    let arrivals = |range| {
        let endpoints = routes.iter().filter(|it| it.selector == Selector::Named).count();
        history::arrivals(endpoints, arguments.seed, arguments.processing.unsigned_abs(), range)
    };
    let mut sent_before = 0;
    if let Some(account) = earlier {
        sim.with(|world| world.number_from(history::FIRST_NUMBER));
        let arrivals = arrivals((account.now(), since - history::QUIET));
        sent_before = arrivals.len();
        *started = Some(Earlier::start(EarlierPast {
            objects: objects.beside(account.clone()),
            sim: account,
            function: function.clone(),
            routes: routes.to_vec(),
            arrivals,
            until: since,
            now,
        }));
    }
    let arrivals = arrivals((since, now));
    let (function, arrivals) = (&function, arrivals.as_slice());
    let past = Past { function, routes, arrivals, sent_before, until: now, now, stop: None };
    // Without the events of sockets: looking for them would take a good part of the time.
    let runtime = Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| failed(&error))?;
    // Nothing before the last day is shown.
    let mut recorder = None;
    let watch = |world: &World| match &mut recorder {
        Some(recorder) => Recorder::look(recorder, world),
        nothing => nothing.insert(Recorder::new(world)).look(world),
    };
    let played = history::play(sim, objects, past, watch);
    runtime.block_on(played).map_err(|error| failed(&error))?;
    if let Some(mut recorder) = recorder {
        sim.with(|world| recorder.skip_journal(world));
        opened.recorder = recorder;
    }
    opened.contents.read_variants(&opened.sim);
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
        result_delivery: arguments.result_messages.into(),
        region,
        log_page_size: LOG_PAGE,
        ..Settings::default()
    }
}
