//! `scalerctl aws`: the simulated AWS on a port of this machine, with the function in it.

use std::{convert::Infallible, io, time::Duration};

use aws_credential_types::Credentials;
use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    config::{ConfigError, Route, routes_from_json},
    stored_routes::Place,
};
use simulator::{Pace, Settings, Simulator, http};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use scalerctl_console::{
    Failure,
    durations::{duration_up_to_days, positive_duration},
    loopback::{LOCAL_PORT, LOCAL_REGION, loopback_config},
    numbers::whole_number,
    output::{FormatArgs, print},
    runtime::runtime,
};

use crate::{
    fault::{self, Fault},
    function::{Functions, requests},
    history::{self, MOST_DAYS, MOST_ENDPOINTS, Past, fleet_routes},
    inference,
    initial_world::{Contents, FUNCTION, initial_world},
    objects::Objects,
    output::{Printed, Started, json_of, line},
    page::{self, Page},
    s3, server,
};

/// Arguments of `scalerctl aws`.
#[derive(Debug, Clone, Args)]
pub struct AwsArgs {
    /// Port on 127.0.0.1; 0 selects a free port
    #[arg(long, default_value_t = LOCAL_PORT, value_parser = whole_number::<u16>(0..=u16::MAX.into(), ""))]
    pub port: u16,

    /// SCALER_ROUTES of the function. The endpoints and buckets that it names are created
    #[arg(long, value_name = "JSON", default_value = ROUTES)]
    pub routes: String,

    /// Instead of --routes: N endpoints, my-endpoint, my-endpoint-02, and so on, each with a prefix
    /// of its own in the bucket my-inputs, such as my-endpoint-02/
    #[arg(long, value_name = "N", conflicts_with = "routes",
          value_parser = whole_number::<u32>(1..=MOST_ENDPOINTS.into(), ""))]
    pub endpoints: Option<u32>,

    /// Start with a past of this length that ends now, such as 6h or 30d, at most 60d
    #[arg(long, value_name = "TIME", conflicts_with = "no_function",
          value_parser = duration_up_to_days(MOST_DAYS))]
    pub history: Option<SignedDuration>,

    /// Seed of the requests of the past
    #[arg(long, value_name = "N", default_value_t = 1, requires = "history",
          value_parser = whole_number::<u64>(0..=u64::MAX.into(), ""))]
    pub seed: u64,

    /// Time from a request for more instances until they are in service
    #[arg(long, value_name = "TIME", default_value = "6m", value_parser = positive_duration)]
    pub provisioning: SignedDuration,

    /// Processing time of a request
    #[arg(long, value_name = "TIME", default_value = "45s", value_parser = positive_duration)]
    pub processing: SignedDuration,

    /// The requests that the backlog metrics count
    #[arg(long, value_enum, default_value_t = Backlog::All)]
    pub backlog: Backlog,

    /// Simulated seconds per second
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole_number::<u32>(1..=3600, ""))]
    pub speed: u32,

    /// A fault that doctor finds, from the start. Repeat the option for several
    #[arg(long = "fault", value_name = "NAME", value_enum)]
    pub faults: Vec<Fault>,

    /// Simulated time after which AWS ends quota, no-capacity, late-metrics, and throttling
    #[arg(long, value_name = "TIME", value_parser = positive_duration, requires = "faults")]
    pub fault_lasts: Option<SignedDuration>,

    /// Do not run the function
    #[arg(long)]
    pub no_function: bool,

    /// The output format. JSON: one object per line
    #[command(flatten)]
    pub format: FormatArgs,
}

/// AWS's documentation has both readings of the backlog metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backlog {
    /// Requests that wait or run
    All,
    /// Requests that wait
    Waiting,
}

/// Interval in which new calls are printed.
const PRINT_INTERVAL: Duration = Duration::from_millis(200);

/// Serves until Ctrl-C.
///
/// # Errors
///
/// [`Failure::Usage`] if the routes are not valid, [`Failure::NotOk`] if the port is not available.
pub fn run(arguments: &AwsArgs) -> Result<(), Failure> {
    let invalid = |error: ConfigError| {
        Failure::Usage(error.to_string().replace("SCALER_ROUTES:", "--routes:"))
    };
    let routes_text = match arguments.endpoints {
        None | Some(1) => arguments.routes.clone(),
        Some(several) => fleet_routes(several),
    };
    let stored = Place::of(&routes_text).map_err(invalid)?.is_some();
    let routes = match stored {
        true => Vec::new(),
        false => routes_from_json(&routes_text).map_err(invalid)?,
    };
    for fault in &arguments.faults {
        fault::check(&routes, !arguments.no_function, *fault).map_err(Failure::Usage)?;
    }
    if let Some(length) = arguments.history {
        history::check(length, &routes)?;
    }
    runtime()?.block_on(serve(arguments, &routes_text, &routes, stored))
}

async fn serve(
    arguments: &AwsArgs,
    routes_text: &str,
    routes: &[Route],
    stored: bool,
) -> Result<(), Failure> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => Failure::NotOk(format!(
            "port {0} of 127.0.0.1 is in use by another program (what to do: end that program, or use another port \
             with `scalerctl aws --port 0`)",
            arguments.port
        )),
        _ => Failure::NotOk(format!(
            "port {} of 127.0.0.1 is not available: {error}",
            arguments.port
        )),
    };
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (url, port) = (format!("http://{address}"), address.port());
    let settings = settings(arguments);
    let ledger = (stored || routes.iter().any(|route| route.results))
        .then(|| ("SCALER_LEDGER".to_owned(), settings.ledger_table.clone()));
    let variables = (!arguments.no_function).then(|| {
        let variables = [("SCALER_ROUTES", routes_text), ("SCALER_MODE", "act")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        variables.into_iter().chain(ledger).collect()
    });
    let now = Timestamp::now();
    let begin = arguments.history.map_or(now, |length| now - length);
    let (sim, mut contents) = initial_world(begin, settings, routes, variables);
    let objects = Objects::new(sim.clone())
        .map_err(|error| Failure::NotOk(format!("no temporary folder for objects: {error}")))?;
    if arguments.history.is_some() {
        add_past(&sim, &objects, routes, arguments, now, &mut contents).await?;
    }
    let speed = arguments.speed;
    sim.go_on_at(i32::try_from(speed).unwrap_or(i32::MAX));
    sim.with(|world| {
        arguments.faults.iter().for_each(|it| fault::inject(world, routes, *it));
    });
    let credentials = Credentials::new("local", "local", None, None, "scalerctl aws");
    let connection = loopback_config(&url, credentials).map_err(Failure::NotOk)?;
    let (invoke, requests) = requests();
    let others = http::unserved(sim.clone());
    let app = http::router(sim.clone(), others).merge(http::invocations(sim.clone(), invoke));
    let app = s3::in_front_of(app, objects.clone(), s3::LIMIT);
    let app = page::in_front_of(
        app,
        &Page {
            sim: &sim,
            objects: &objects,
            routes,
            function: contents.function.as_deref(),
            port,
        },
    );
    let started = Started {
        url: &url,
        speed,
        routes_text,
        routes,
        contents: &contents,
        faults: &arguments.faults,
    };
    let is_json = arguments.format.is_json();
    match is_json {
        true => print(&format!("{}\n", started.json()))?,
        false => print(&started.text())?,
    }
    let functions = Functions::new(sim.clone(), connection);
    tokio::select! {
        ended = server::serve(listener, app) => ended.map_err(failed),
        () = functions.run(requests) => Ok(()),
        () = inference::write_results(&sim, &objects) => Ok(()),
        never = end_faults(&sim, arguments, routes) => match never {},
        ended = print_events(&sim, contents.function.as_deref(), is_json) => ended,
        interrupted = interrupted() => interrupted.map_err(failed),
    }
}

fn settings(arguments: &AwsArgs) -> Settings {
    let pace = Pace {
        provisioning: arguments.provisioning.unsigned_abs(),
        processing: arguments.processing.unsigned_abs(),
        ..Pace::default()
    };
    let backlog_counts_running = arguments.backlog == Backlog::All;
    let region = LOCAL_REGION.to_owned();
    Settings { pace, backlog_counts_running, region, log_page_size: 10_000, ..Settings::default() }
}

/// Plays the past until `now`, and notes what there is at its end.
async fn add_past(
    sim: &Simulator,
    objects: &Objects,
    routes: &[Route],
    arguments: &AwsArgs,
    now: Timestamp,
    contents: &mut Contents,
) -> Result<(), Failure> {
    let failed = |why: String| Failure::NotOk(format!("--history: the past ended early: {why}"));
    contents.past_from = Some(sim.now());
    let topic = sim.with(|world| history::add_backlog_alarms(world, routes));
    contents.topics.insert(topic.map_err(|refused| failed(refused.to_string()))?);
    let Some(function) = sim.with(|world| world.function(FUNCTION).cloned()) else {
        return Ok(());
    };
    let past = Past {
        function: &function,
        routes,
        seed: arguments.seed,
        processing: arguments.processing.unsigned_abs(),
        until: now,
    };
    history::play(sim, objects, past).await.map_err(|error| failed(error.to_string()))?;
    contents.read_instances(sim);
    Ok(())
}

/// Ends the faults after the time of `--fault-lasts`.
async fn end_faults(sim: &Simulator, arguments: &AwsArgs, routes: &[Route]) -> Infallible {
    if let Some(lasting) = arguments.fault_lasts {
        let end = sim.now() + lasting;
        while sim.now() < end {
            tokio::time::sleep(PRINT_INTERVAL).await;
        }
        sim.with(|world| arguments.faults.iter().for_each(|it| fault::end(world, routes, *it)));
    }
    std::future::pending().await
}

/// Until Ctrl-C or SIGTERM.
async fn interrupted() -> io::Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminated.recv() => Ok(()),
    }
}

async fn print_events(
    sim: &Simulator,
    function: Option<&str>,
    is_json: bool,
) -> Result<(), Failure> {
    let log_group = function.map(|name| format!("/aws/lambda/{name}"));
    let mut printed = sim.with(|world| Printed::until_now(world, log_group.as_deref()));
    loop {
        let new = sim.with(|world| printed.new_in(world, log_group.as_deref()));
        for (at, happened) in &new {
            match is_json {
                true => print(&format!("{}\n", json_of(*at, happened)))?,
                false => print(&format!("{}\n", line(*at, happened)))?,
            }
        }
        tokio::time::sleep(PRINT_INTERVAL).await;
    }
}

const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;

/// Description in `scalerctl aws --help`.
pub const AWS: &str = "\
Serve a simulated AWS on a port of this machine until it is interrupted, with the function in it.

The AWS CLI and SDKs can use it: SageMaker and its asynchronous requests, Application Auto Scaling, CloudWatch, S3, \
Lambda, SNS, SQS, EventBridge, CloudWatch Logs, and the quota of instances in Service Quotas. The endpoints of the routes start at zero instances, registered \
with 0 to 4. Uploads to the buckets of the routes invoke the function, and so does a schedule each minute. An endpoint \
takes minutes to scale out, or the time of --provisioning, and a request takes the time of --processing. The port is \
on the loopback interface: other machines cannot reach it. The access key and the secret key are both `local`.

--speed: the clock of the simulated AWS starts at your time and runs N times as fast. Times in answers are simulated \
times, so they are ahead of your clock. A time range in a request that ends now by your clock means the range of the \
same length that ends now by the simulated clock. A range that ends at a simulated time is taken as it is, and so is \
a range of log events without an end. Signatures and the Date header use your clock. The time-out of the function and \
of its calls is in real time. Commands of scalerctl with --local use your clock: with --speed, use --function instead.

The command first prints the settings for the AWS CLI and what exists, and then each call and each decision of the \
function. Its address in a browser is a page that shows the same, with a timeline and with buttons to act on it.";

/// Examples and exit codes in `scalerctl aws --help`.
pub const AWS_EXAMPLES: &str = "\
Examples:
  scalerctl aws
  scalerctl aws --speed 60
  scalerctl aws --port 0 --routes '[{\"endpoint\":\"a\"},{\"endpoint\":\"b\",\"idle_minutes\":5}]'
  scalerctl aws --provisioning 10s --processing 5m --backlog waiting
  scalerctl aws --fault quota --speed 60
  scalerctl aws --no-function -o json

Exit codes:
  0  interrupted
  1  the port is not available
  2  the arguments are not valid";
