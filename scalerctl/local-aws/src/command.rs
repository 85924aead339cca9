//! `scalerctl aws`: the simulated AWS on a port of this machine, in real time.

use std::{collections::BTreeSet, io, time::Duration};

use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    config::{Route, routes_from_json},
    port::VariantId,
};
use simulator::{Bucket, Call, Outcome, Pace, Settings, Simulator, VariantState, http};
use tokio::net::TcpListener;

use scalerctl_console::{
    Failure,
    durations::positive_duration,
    loopback::{LOCAL_PORT, LOCAL_REGION},
    numbers::whole_number,
    runtime::runtime,
};

use crate::{objects::Objects, s3};

/// Arguments of `scalerctl aws`.
#[derive(Debug, Clone, Args)]
pub struct AwsArgs {
    /// Port on 127.0.0.1; 0 selects a free port
    #[arg(long, default_value_t = LOCAL_PORT, value_parser = whole_number::<u16>(0..=u16::MAX.into(), ""))]
    pub port: u16,

    /// Routes whose endpoints are created at zero instances, in the format of SCALER_ROUTES
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
}

/// AWS's documentation has both readings of the backlog metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backlog {
    /// Requests that wait or run
    All,
    /// Requests that wait
    Waiting,
}

/// The variant of a route without a variant.
const VARIANT: &str = "AllTraffic";

/// `MaxCapacity` of each scalable target.
const MAX: i32 = 4;

/// Interval in which new calls are printed.
const PRINT_INTERVAL: Duration = Duration::from_millis(200);

/// Serves until Ctrl-C.
///
/// # Errors
///
/// [`Failure::Usage`] if the routes are not valid, [`Failure::NotOk`] if the port is not available.
pub fn run(arguments: &AwsArgs) -> Result<(), Failure> {
    let routes = routes_from_json(&arguments.routes).map_err(|error| {
        Failure::Usage(error.to_string().replace("SCALER_ROUTES:", "--routes:"))
    })?;
    runtime()?.block_on(serve(arguments, &routes)).map_err(|error| {
        Failure::NotOk(format!("port {} of 127.0.0.1 is not available: {error}", arguments.port))
    })
}

async fn serve(arguments: &AwsArgs, routes: &[Route]) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let sim = world_of(routes, arguments);
    let objects = Objects::new(sim.clone())?;
    let app = s3::in_front_of(http::router(sim.clone()), objects, s3::LIMIT);
    anstream::println!(
        "The simulated AWS is at {url}. Set for the function:\n\n\
         export AWS_ENDPOINT_URL={url}\n\
         export AWS_REGION={LOCAL_REGION} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local\n\
         export SCALER_ROUTES='{}'\n\n\
         Calls (times in UTC):",
        arguments.routes
    );
    tokio::select! {
        ended = async { axum::serve(listener, app).await } => ended,
        () = print_calls(&sim) => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

/// A world with the endpoint of each route, registered, at zero instances.
fn world_of(routes: &[Route], arguments: &AwsArgs) -> Simulator {
    let pace = Pace {
        provisioning: arguments.provisioning.unsigned_abs(),
        processing: arguments.processing.unsigned_abs(),
        ..Pace::default()
    };
    let backlog_counts_running = arguments.backlog == Backlog::All;
    let settings = Settings { pace, backlog_counts_running, ..Settings::default() };
    let sim = Simulator::with_settings(Timestamp::now(), settings);
    let ids: BTreeSet<VariantId> = routes
        .iter()
        .map(|route| VariantId::new(&route.endpoint, route.variant.as_deref().unwrap_or(VARIANT)))
        .collect();
    sim.with(|world| {
        world.settings.region = LOCAL_REGION.into();
        for endpoint in ids.iter().map(|id| &id.endpoint).collect::<BTreeSet<_>>() {
            let variants = ids.iter().filter(|id| id.endpoint == *endpoint);
            let variants = variants.map(|id| VariantState::new(&id.variant, 0)).collect();
            world.add_endpoint(endpoint, variants, true);
        }
        for id in &ids {
            world.register_target(id, 0, MAX);
        }
        let outputs = ids.iter().filter_map(|id| world.endpoint(&id.endpoint));
        let outputs =
            outputs.filter_map(|it| it.output_path.strip_prefix("s3://")?.split('/').next());
        let inputs = routes.iter().filter_map(|route| route.bucket.as_deref());
        let buckets: BTreeSet<String> = outputs.chain(inputs).map(str::to_owned).collect();
        // With events to EventBridge, as the function's rule needs them.
        let bucket = Bucket { created: world.now(), event_bridge: true, ..Bucket::default() };
        for name in buckets {
            world.put_bucket(name, bucket.clone());
        }
    });
    sim.follow_wall_clock();
    sim
}

async fn print_calls(sim: &Simulator) {
    let mut printed = 0;
    loop {
        let new: Vec<Call> =
            sim.with(|world| world.journal.calls().skip(printed).cloned().collect());
        printed += new.len();
        for call in new {
            let outcome = match &call.outcome {
                Outcome::Ok => "ok",
                Outcome::Refused(code) => code.as_str(),
                Outcome::NoAnswer { .. } => "no answer",
            };
            anstream::println!(
                "{} {} {} {}: {outcome}",
                call.at.strftime("%H:%M:%S"),
                call.operation.as_str(),
                call.resource,
                call.arguments
            );
        }
        tokio::time::sleep(PRINT_INTERVAL).await;
    }
}

const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;

/// Description in `scalerctl aws --help`.
pub const AWS: &str = "\
Serve the simulated AWS on a loopback port until it is interrupted.

It answers the calls of the function to SageMaker, Application Auto Scaling, and CloudWatch, in the \
formats of these services and in real time: an endpoint takes minutes to scale out, or the time of \
--provisioning. It also answers InvokeEndpointAsync: the request takes the time of --processing on \
an instance. The endpoints of the routes start at zero instances, registered with 0 to 4. The \
command first prints the settings for the function, then each call.";

/// Examples and exit codes in `scalerctl aws --help`.
pub const AWS_EXAMPLES: &str = "\
Examples:
  scalerctl aws
  scalerctl aws --port 0 --routes '[{\"endpoint\":\"a\"},{\"endpoint\":\"b\",\"idle_minutes\":5}]'
  scalerctl aws --provisioning 10s
  scalerctl aws --provisioning 10s --processing 5m --backlog waiting

Exit codes:
  0  interrupted
  1  the port is not available
  2  the arguments are not valid";
