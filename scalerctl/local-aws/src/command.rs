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
    durations::positive_duration,
    loopback::{LOCAL_PORT, LOCAL_REGION, loopback_config},
    numbers::whole_number,
    output::{FormatArgs, print},
    runtime::runtime,
};

use crate::{
    fault::{self, Fault},
    function::{Functions, requests},
    inference,
    initial_world::initial_world,
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
    let stored = Place::of(&arguments.routes).map_err(invalid)?.is_some();
    let routes = match stored {
        true => Vec::new(),
        false => routes_from_json(&arguments.routes).map_err(invalid)?,
    };
    for fault in &arguments.faults {
        fault::check(&routes, !arguments.no_function, *fault).map_err(Failure::Usage)?;
    }
    runtime()?.block_on(serve(arguments, &routes, stored))
}

async fn serve(arguments: &AwsArgs, routes: &[Route], stored: bool) -> Result<(), Failure> {
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
        let variables = [("SCALER_ROUTES", arguments.routes.as_str()), ("SCALER_MODE", "act")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        variables.into_iter().chain(ledger).collect()
    });
    let (sim, contents) = initial_world(Timestamp::now(), settings, routes, variables);
    sim.with(|world| {
        arguments.faults.iter().for_each(|it| fault::inject(world, routes, *it));
    });
    let speed = arguments.speed;
    sim.follow_wall_clock_at(i32::try_from(speed).unwrap_or(i32::MAX));
    let credentials = Credentials::new("local", "local", None, None, "scalerctl aws");
    let connection = loopback_config(&url, credentials).map_err(Failure::NotOk)?;
    let (invoke, requests) = requests();
    let objects = Objects::new(sim.clone())
        .map_err(|error| Failure::NotOk(format!("no temporary folder for objects: {error}")))?;
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
        routes_text: &arguments.routes,
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
    Settings { pace, backlog_counts_running, region, ..Settings::default() }
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
    let mut printed = Printed::default();
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
