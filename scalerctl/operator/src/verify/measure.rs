//! The measurements, in order. An early end is reported, and the values measured so far are kept.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::{Clock, Datapoint, EndpointStatus, Endpoints, Metrics};

use scalerctl_console::progress::Progress;

use super::{
    alarm_delay,
    args::RunningWorkArgs,
    events,
    findings::{self, Measurements, RunningWork},
    interrupt::Interrupt,
    lag::Lag,
    lease::renew,
    limits::{IDLE_PATIENCE, LOOK, PATIENCE_MINUTES},
    preconditions::Preconditions,
    running_work,
    test_action::TestAction,
};
use crate::{
    account::{
        auto_scaling::AutoScaling,
        metrics::{self, MetricQuery, SAGEMAKER},
        sagemaker::SageMaker,
    },
    local_scaler::LocalScaler,
};

/// Number of datapoints of an idle instance to wait for.
const IDLE_DATAPOINTS: usize = 3;

/// Time range for the metric at zero.
const LOOK_BACK: SignedDuration = SignedDuration::from_mins(30);

/// Runs the measurements.
///
/// # Errors
/// Why they ended early.
pub async fn run(
    scaler: &LocalScaler,
    found: &Preconditions,
    (arguments, log_group): (&RunningWorkArgs, Option<&str>),
    (stop, progress): (&Interrupt, &Progress),
    measurements: &mut Measurements,
) -> Result<(), String> {
    measurements.not_measured(findings::IN_FLIGHT, "a request would be lost");
    progress.step("AWS: the metrics at zero, and a scheduled action");
    at_zero(scaler, found, measurements).await;
    let test_action = TestAction::put(scaler, found, measurements).await?;
    progress.step("SageMaker: waiting for the instance");
    wake(scaler, measurements).await?;
    let mut lag = Lag::default();
    let served = in_service(scaler, found, stop, measurements, &mut lag).await?;
    progress.step("CloudWatch: waiting for the datapoints of the idle instance");
    let idle = idle(scaler, found, stop, (test_action, served), measurements, &mut lag).await;
    measurements.lag = lag.least();
    after_the_change(scaler, found, measurements).await;
    events::look(scaler, log_group, measurements).await;
    alarm_delay::look(scaler, served, measurements).await;
    if idle? {
        progress.step("SageMaker: a request runs");
        running_work::measure(scaler, found, arguments, stop, measurements).await?;
    } else if arguments.running_work.is_some() {
        measurements.running_work = Some(RunningWork::not_known(
            "ApproximateBacklogSize has no datapoints, so no request was sent (what to do: see CloudWatch's metrics \
             of the endpoint)",
        ));
    }
    running_work::answer(measurements, arguments);
    Ok(())
}

async fn at_zero(scaler: &LocalScaler, found: &Preconditions, measurements: &mut Measurements) {
    let name = "ApproximateBacklogSizePerInstance";
    let metric = MetricQuery::of_endpoint(SAGEMAKER, name, "Maximum", scaler.endpoint());
    let metrics = metrics::Metrics::new(&scaler.config);
    match metrics.read(&[metric], 60, (found.at - LOOK_BACK, found.at)).await {
        Ok(datapoints) => {
            let some: usize = datapoints.iter().map(Vec::len).sum();
            let minutes = LOOK_BACK.as_mins();
            measurements.answer(
                findings::PER_INSTANCE,
                format!("{some} datapoints in the {minutes} minutes before, with no backlog"),
            );
        }
        Err(error) => measurements.not_measured(findings::PER_INSTANCE, error.to_string()),
    }
}

/// Wakes the endpoint with the function's own code: capacity, lease, floor.
async fn wake(scaler: &LocalScaler, measurements: &mut Measurements) -> Result<(), String> {
    // If the answer is lost, the wake may have happened.
    measurements.woke_at = Some(scaler.clock.now());
    renew(scaler, measurements).await
}

/// Waits until it is in service.
async fn in_service(
    scaler: &LocalScaler,
    found: &Preconditions,
    stop: &Interrupt,
    measurements: &mut Measurements,
    lag: &mut Lag,
) -> Result<Timestamp, String> {
    let began = measurements.woke_at.unwrap_or(found.at);
    let until = began + SignedDuration::from_mins(PATIENCE_MINUTES);
    loop {
        let endpoint = scaler.aws.endpoint(&found.id.endpoint).await;
        let endpoint = endpoint.map_err(|failure| scaler.refused(failure).to_string())?;
        let endpoint = endpoint.ok_or("the endpoint was deleted meanwhile")?;
        let now = scaler.clock.now();
        let variant = endpoint.variants.iter().find(|variant| variant.name == found.id.variant);
        let count = variant.map(|variant| (variant.current, variant.desired));
        match (endpoint.status, count) {
            (EndpointStatus::InService, Some((Some(1..), _))) => {
                measurements.provisioning = Some(now.duration_since(began));
                return Ok(now);
            }
            (EndpointStatus::InService, Some((_, Some(0)))) => {
                let why = endpoint.failure_reason.unwrap_or_else(|| "no reason given".to_owned());
                return Err(format!("it went back to zero before it was in service: {why}"));
            }
            _ => {}
        }
        if now >= until {
            return Err(format!("it was not in service within {PATIENCE_MINUTES} minutes"));
        }
        backlog(scaler, found, lag).await?;
        if stop.nap(scaler.clock, LOOK, 1).await {
            return Err("interrupted".to_owned());
        }
    }
}

/// Measures while it is idle: datapoints of the metric, their delay, and the test action. Returns whether there are
/// datapoints.
async fn idle(
    scaler: &LocalScaler,
    found: &Preconditions,
    stop: &Interrupt,
    (test_action, served): (TestAction, Timestamp),
    measurements: &mut Measurements,
    lag: &mut Lag,
) -> Result<bool, String> {
    let mut looked = false;
    loop {
        let datapoints = backlog(scaler, found, lag).await?;
        let now = scaler.clock.now();
        let since = datapoints.iter().filter(|datapoint| datapoint.at >= served).count();
        if !looked && test_action.is_due(now) {
            test_action.look(scaler, found, measurements).await?;
            looked = true;
        }
        if looked && since >= IDLE_DATAPOINTS {
            measurements.answer(
                findings::IDLE_BACKLOG,
                format!("yes: {since} datapoints since it was in service"),
            );
            return Ok(true);
        }
        if now >= served + IDLE_PATIENCE {
            let minutes = IDLE_PATIENCE.as_mins();
            measurements.answer(
                findings::IDLE_BACKLOG,
                format!(
                    "no: {since} datapoints in {minutes} minutes; scaling to zero cannot be \
                         proven safe"
                ),
            );
            return Ok(false);
        }
        if stop.nap(scaler.clock, LOOK, 1).await {
            return Err("interrupted".to_owned());
        }
    }
}

/// Reads the backlog. Work ends the measurement, because it needs the instance.
async fn backlog(
    scaler: &LocalScaler,
    found: &Preconditions,
    lag: &mut Lag,
) -> Result<Vec<Datapoint>, String> {
    let now = scaler.clock.now();
    let datapoints = scaler.aws.backlog(&found.id.endpoint, found.at - LOOK_BACK, now).await;
    let datapoints = datapoints.map_err(|failure| scaler.refused(failure).to_string())?;
    // The time is read after the answer, so the delay is never too short.
    lag.look(&datapoints, scaler.clock.now());
    match datapoints.iter().any(|datapoint| datapoint.at >= found.at && datapoint.value > 0.0) {
        true => Err("work arrived".to_owned()),
        false => Ok(datapoints),
    }
}

async fn after_the_change(
    scaler: &LocalScaler,
    found: &Preconditions,
    measurements: &mut Measurements,
) {
    let began = measurements.woke_at.unwrap_or(found.at);
    match AutoScaling::new(&scaler.config).activities(&found.id).await {
        Ok(activities) => {
            let text: Vec<String> = activities
                .iter()
                .filter(|it| it.began_at.as_second() >= began.as_second())
                .map(|it| format!("{} ({}) {}", it.description, it.cause, it.message))
                .collect();
            let none = "nothing: it lists no activity".to_owned();
            let text = if text.is_empty() { none } else { text.join("; ") };
            measurements.answer(findings::ACTIVITIES, text);
        }
        Err(error) => measurements.not_measured(findings::ACTIVITIES, error.to_string()),
    }
    let endpoint = SageMaker::new(&scaler.config).endpoint(&found.id.endpoint).await;
    match (endpoint.map(|endpoint| endpoint.modified_at), found.modified) {
        (Ok(Some(now)), Some(before)) => {
            measurements.answer(findings::MODIFIED, if now > before { "yes" } else { "no" });
        }
        (Ok(_), _) => {
            measurements.not_measured(findings::MODIFIED, "DescribeEndpoint returned none")
        }
        (Err(error), _) => measurements.not_measured(findings::MODIFIED, error.to_string()),
    }
}
