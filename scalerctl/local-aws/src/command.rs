//! `scalerctl aws`: the simulated AWS on a port of this machine, with the function in it.

use std::{future, io, path::PathBuf, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use clap::{Args, ValueEnum, ValueHint};
use jiff::{SignedDuration, Timestamp};
use simulator::{Simulator, http};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use scalerctl_console::{
    Failure,
    durations::{duration_up_to_days, positive_duration},
    loopback::{LOCAL_PORT, LOCAL_REGION, loopback_http},
    numbers::whole_number,
    output::{FormatArgs, print},
    runtime::runtime,
};

use crate::{
    function::{Functions, requests},
    history::{MOST_DAYS, MOST_ENDPOINTS},
    inference,
    opened::{Opened, open},
    output::{Printed, Started, json_of, line},
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

    /// For tests: the end of the past
    #[arg(long, hide = true, value_name = "TIME", requires = "history")]
    pub until: Option<Timestamp>,

    /// Keep the state in FILE: read it at the start if it exists, and write it while this runs and at
    /// the end
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub state: Option<PathBuf>,

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

/// Time-out of a call of the function with all its attempts.
const CALL: Duration = Duration::from_secs(20);

/// Interval in which new calls are printed.
const PRINT_INTERVAL: Duration = Duration::from_millis(200);

/// Serves until Ctrl-C.
///
/// # Errors
///
/// [`Failure::Usage`] if the routes are not valid, [`Failure::NotOk`] if the port is not available.
pub fn run(arguments: &AwsArgs) -> Result<(), Failure> {
    let runtime = runtime()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", arguments.port)));
    let listener = listener.map_err(|error| unavailable(arguments.port, error))?;
    let opened = open(arguments)?;
    runtime.block_on(serve(arguments, listener, opened))
}

fn unavailable(port: u16, error: io::Error) -> Failure {
    Failure::NotOk(match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} of 127.0.0.1 is in use by another program (what to do: end that program, or use another port \
             with `scalerctl aws --port 0`)"
        ),
        _ => format!("port {port} of 127.0.0.1 is not available: {error}"),
    })
}

async fn serve(arguments: &AwsArgs, listener: TcpListener, opened: Opened) -> Result<(), Failure> {
    let failed = |error: io::Error| unavailable(arguments.port, error);
    let url = format!("http://{}", listener.local_addr().map_err(failed)?);
    let Opened { sim, objects, contents, routes_text, routes, state } = opened;
    let speed = arguments.speed;
    sim.go_on_at(i32::try_from(speed).unwrap_or(i32::MAX));
    let connection = connection(&url).map_err(Failure::NotOk)?;
    let (invoke, requests) = requests();
    let others = http::unserved(sim.clone());
    let app = http::router(sim.clone(), others).merge(http::invocations(sim.clone(), invoke));
    let app = s3::in_front_of(app, objects.clone(), s3::LIMIT);
    let (routes_text, routes) = (routes_text.as_str(), routes.as_slice());
    let started = Started { url: &url, speed, routes_text, routes, contents: &contents };
    let is_json = arguments.format.is_json();
    match is_json {
        true => print(&format!("{}\n", started.json()))?,
        false => print(&started.text())?,
    }
    let functions = Functions::new(sim.clone(), connection, speed);
    let keep_state = async {
        match &state {
            Some(file) => file.keep_writing(&sim, &objects).await,
            None => future::pending().await,
        }
    };
    let ended = tokio::select! {
        ended = server::serve(listener, app) => ended.map_err(failed),
        () = functions.run(requests) => Ok(()),
        () = inference::write_results(&sim, &objects) => Ok(()),
        () = keep_state => Ok(()),
        ended = print_events(&sim, contents.function.as_deref(), is_json) => ended,
        interrupted = interrupted() => interrupted.map_err(failed),
    };
    match &state {
        Some(file) => ended.and(file.write_last(&sim, &objects)),
        None => ended,
    }
}

/// The function's connection to this server. The SDK's own loader would read environment variables and profiles.
fn connection(url: &str) -> Result<SdkConfig, String> {
    let credentials = Credentials::new("local", "local", None, None, "scalerctl aws");
    Ok(SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(loopback_http()?)
        .endpoint_url(url)
        .region(Region::from_static(LOCAL_REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        // The same number of attempts as in the function. A loopback port needs no longer time-out.
        .retry_config(RetryConfig::standard().with_max_attempts(6))
        .timeout_config(TimeoutConfig::builder().operation_timeout(CALL).build())
        .build())
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
Lambda, SNS, SQS, EventBridge, and CloudWatch Logs. The endpoints of the routes start at zero instances, registered \
with 0 to 4. Uploads to the buckets of the routes invoke the function, and so does a schedule each minute. An endpoint \
takes minutes to scale out, or the time of --provisioning, and a request takes the time of --processing. The port is \
on the loopback interface: other machines cannot reach it. The access key and the secret key are both `local`.

--speed: the clock of the simulated AWS starts at your time and runs N times as fast. Times in answers are simulated \
times, so they are ahead of your clock. A time range in a request that ends now by your clock means the range of the \
same length that ends now by the simulated clock. A range that ends at a simulated time is taken as it is, and so is \
a range of log events without an end. Signatures and the Date header use your clock. The time-out of the function and \
of its calls is in real time. Commands of scalerctl with --local use your clock: with --speed, use --function instead.

The command first prints the settings for the AWS CLI and what exists, and then each call and each decision of the \
function.";

/// Examples and exit codes in `scalerctl aws --help`.
pub const AWS_EXAMPLES: &str = "\
Examples:
  scalerctl aws
  scalerctl aws --speed 60
  scalerctl aws --port 0 --routes '[{\"endpoint\":\"a\"},{\"endpoint\":\"b\",\"idle_minutes\":5}]'
  scalerctl aws --provisioning 10s --processing 5m --backlog waiting
  scalerctl aws --no-function -o json

Exit codes:
  0  interrupted
  1  the port is not available
  2  the arguments are not valid";
