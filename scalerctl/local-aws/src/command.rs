//! `scalerctl aws`: the simulated AWS on a port of this machine, with the function in it.

use std::{cell::Cell, convert::Infallible, future, io, time::Duration};

use aws_credential_types::Credentials;
use reactive_scaler::config::Route;
use simulator::{Simulator, http};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use scalerctl_console::{Failure, loopback::loopback_config, output::print, runtime::runtime};

pub use crate::args::AwsArgs;
use crate::{
    fault,
    function::{Functions, requests},
    history::Earlier,
    inference,
    opened::{Opened, open, source},
    output::{Printed, Started, json_of, line, past_is_complete},
    page::{self, Page},
    s3, server,
};

/// Interval in which new calls are printed.
const PRINT_INTERVAL: Duration = Duration::from_millis(200);

/// Serves until Ctrl-C.
///
/// # Errors
///
/// [`Failure::Usage`] if the arguments or the state file are not valid, [`Failure::NotOk`] if the port is not available
/// or the state cannot be written.
pub fn run(arguments: &AwsArgs) -> Result<(), Failure> {
    let source = source(arguments)?;
    let runtime = runtime()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", arguments.port)));
    let listener = listener.map_err(|error| unavailable(arguments.port, &error))?;
    let opened = open(arguments, source)?;
    if !opened.without_effect.is_empty() {
        anstream::eprintln!("scalerctl: {}", opened.without_effect_text());
    }
    runtime.block_on(serve(arguments, listener, opened))
}

fn unavailable(port: u16, error: &io::Error) -> Failure {
    Failure::NotOk(match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} of 127.0.0.1 is in use by another program (what to do: end that program, or use another port \
             with `scalerctl aws --port 0`)"
        ),
        _ => format!("port {port} of 127.0.0.1 is not available: {error}"),
    })
}

async fn serve(arguments: &AwsArgs, listener: TcpListener, opened: Opened) -> Result<(), Failure> {
    let failed = |error: io::Error| unavailable(arguments.port, &error);
    let address = listener.local_addr().map_err(failed)?;
    let (url, port) = (format!("http://{address}"), address.port());
    let Opened {
        sim, objects, contents, routes_text, routes, state, recorder, mut earlier, ..
    } = opened;
    let speed = arguments.speed;
    sim.go_on_at(i32::try_from(speed).unwrap_or(i32::MAX));
    let credentials = Credentials::new("local", "local", None, None, "scalerctl aws");
    let connection = loopback_config(&url, credentials).map_err(Failure::NotOk)?;
    let (invoke, requests) = requests();
    let others = http::unserved(sim.clone());
    let app = http::router(sim.clone(), others).merge(http::invocations(sim.clone(), invoke));
    let app = s3::in_front_of(app, objects.clone(), s3::LIMIT);
    let function = contents.function.as_deref();
    let (sim, objects, routes) = (&sim, &objects, routes.as_slice());
    let app = page::in_front_of(app, Page { sim, objects, routes, function, port, recorder });
    let started = Started {
        url: &url,
        speed,
        routes_text: &routes_text,
        routes,
        contents: &contents,
        faults: &arguments.faults,
        complete_from: earlier.as_ref().map(Earlier::until),
    };
    // From here on, a signal is an end with the last write of the state.
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let is_json = arguments.format.is_json();
    match is_json {
        true => print(&format!("{}\n", started.json()))?,
        false => print(&started.text())?,
    }
    let functions = Functions::new(sim.clone(), connection);
    let is_complete = Cell::new(earlier.is_none());
    let complete_and_keep_state = async {
        if let Some(earlier) = &mut earlier {
            earlier.add_to(sim, objects).await.map_err(|error| {
                Failure::NotOk(format!("--history: the past cannot be made: {error}"))
            })?;
            is_complete.set(true);
            print(&past_is_complete(sim.now(), earlier.from(), is_json))?;
        }
        match &state {
            Some(file) => file.keep_writing(sim, objects).await,
            None => future::pending().await,
        }
        Ok(())
    };
    let ended = tokio::select! {
        ended = server::serve(listener, app) => ended.map_err(failed),
        () = functions.run(requests) => Ok(()),
        () = inference::write_results(sim, objects) => Ok(()),
        ended = complete_and_keep_state => ended,
        never = end_faults(sim, arguments, routes) => match never {},
        ended = print_events(sim, function, is_json) => ended,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    };
    match &state {
        Some(file) if is_complete.get() => ended.and(file.write_last(sim, objects)),
        Some(file) => ended.and(Err(Failure::NotOk(format!(
            "--state: {} was not written: the past was not complete yet (what to do: start again, and end it after the \
             line that says so)",
            file.path().display()
        )))),
        None => ended,
    }
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
    future::pending().await
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

--history: before it serves, the command simulates a history that ends now: requests arrive at the endpoints in different \
patterns, and the function decides, as it does afterwards. So status, report, plot, doctor, and your tools find metrics, \
alarms, scaling activities, a log, and objects. Leases, requests, and schedules from the history \
continue. Of a long history, the last days are available first. The days before follow, and a line says when the past \
is complete. The clock of the \
simulated AWS starts at your time here, too, and times in the past are times of your clock. As in an account, \
datapoints of a minute are kept for 15 days and the log for 30. The calls of the last day are kept.

--state: FILE keeps resources, leases, queues, metrics, alarms, scaling activities, the newest 20,000 events of each \
log group, and objects of up to 1 MiB. It does not keep the list of calls, faults that AWS ends, timelines of the page, \
uploads in parts that are not complete, and larger objects. FILE is written as a whole or not at all. Its clock goes on \
from your time, or from the time in FILE if that is later. While the command does not run, simulated time passes for \
the services, but the function is not invoked. If FILE has a simulated AWS already, --routes, --endpoints, --history, and --no-function have no \
effect, and a message says so. A damaged FILE, or one of another version, is refused and not changed.

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
  scalerctl aws --history 30d --endpoints 20
  scalerctl aws --history 2d --state account.state
  scalerctl aws --no-function -o json

Exit codes:
  0  interrupted
  1  the port is not available, or the state or the objects cannot be written
  2  the arguments or the state file are not valid";
