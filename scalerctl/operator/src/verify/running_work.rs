//! Whether the backlog metric counts a request that runs: sends one request to the idle instance, waits for its
//! result, and reads the datapoints of the minutes between.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::Records,
    port::{Clock, Datapoint, EndpointStatus, Endpoints, FailureKind, Scaling},
};
use scalerctl_console::Failure;

use super::{
    args::RunningWorkArgs,
    findings::{Measurements, RUNNING_WORK, RunningWork},
    interrupt::Interrupt,
    lease::renew,
    limits::{LOOK, METRIC_PATIENCE, RESULT_MARGIN},
    own_request::{OwnRequest, PERIOD},
    preconditions::Preconditions,
    running_answer::{Observed, listed},
};
use crate::{
    account::{
        call_error::CallError,
        metrics::{BACKLOG_METRICS, MetricQuery, Metrics, SAGEMAKER},
        s3::{Object, S3},
        s3_location::S3Location,
        sagemaker_runtime::{Request, ResultLocations, SageMakerRuntime},
    },
    local_scaler::LocalScaler,
};

/// The name of an object that does not exist.
const ABSENT: &str = "reactive-scaler-verify-no-such-object";

/// Checks before anything is started that the input exists, and that its result can be found.
///
/// # Errors
/// [`Failure::NotOk`] if not, else the failed call.
pub async fn check(
    scaler: &LocalScaler,
    found: &Preconditions,
    input: &S3Location,
) -> Result<(), Failure> {
    let s3 = S3::new(&scaler.config);
    let object = async |location: &S3Location| {
        s3.object(location).await.map_err(|error| Failure::NoAccess(error.with_advice()))
    };
    let refused = |why: &str, what_to_do: String| {
        let endpoint = &found.id.endpoint;
        Err(Failure::NotOk(format!(
            "{endpoint}: nothing was started: {why} (what to do: {what_to_do})"
        )))
    };
    match object(input).await? {
        Object::Exists => {}
        Object::Missing => {
            let why = format!("there is no object {input}");
            return refused(&why, "correct --running-work, or upload the object".to_owned());
        }
        Object::Denied => {
            return refused(&format!("S3 denied HeadObject on {input}"), allow(input));
        }
    }
    for path in &found.output_paths {
        let Ok(absent) = format!("{}/{ABSENT}", path.trim_end_matches('/')).parse() else {
            continue;
        };
        if object(&absent).await? == Object::Denied {
            let why = format!("S3 denied HeadObject under {path}, so the result cannot be found");
            return refused(&why, allow(&absent));
        }
    }
    Ok(())
}

fn allow(location: &S3Location) -> String {
    let bucket = &location.bucket;
    format!(
        "allow your own credentials s3:GetObject on the objects of {bucket}, and s3:ListBucket on {bucket}: without \
         it, S3 does not tell that an object does not exist"
    )
}

/// Sends the request, and measures.
///
/// # Errors
/// Why it ended early. The request may still run then.
pub async fn measure(
    scaler: &LocalScaler,
    found: &Preconditions,
    asked: &RunningWorkArgs,
    stop: &Interrupt,
    measurements: &mut Measurements,
) -> Result<(), String> {
    let Some(input) = &asked.running_work else { return Ok(()) };
    // The lease outlasts the request.
    renew(scaler, measurements).await?;
    if let Some(change) = change_of_capacity(scaler, found).await? {
        measurements.running_work = Some(RunningWork::not_known(change));
        return Ok(());
    }
    let sent_at = scaler.clock.now();
    // If the answer is lost, the request may run.
    measurements.request = Some(OwnRequest { sent_at, ended_at: None });
    let request = Request {
        endpoint: &found.id.endpoint,
        input,
        content_type: asked.content_type.as_deref(),
        timeout_seconds: asked.timeout_seconds(),
    };
    let locations = match SageMakerRuntime::new(&scaler.config).invoke(request).await {
        Ok(locations) => locations,
        Err(error) => {
            if error.kind() != FailureKind::NoAnswer {
                measurements.request = None;
            }
            return Err(error.with_advice());
        }
    };
    let patience = SignedDuration::from_mins(asked.minutes()) + RESULT_MARGIN;
    let waited = result(scaler, found, &locations, stop, sent_at + patience).await?;
    let Some(Waited { ran_until, ended_at, failed, change }) = waited else {
        let minutes = patience.as_mins();
        let why =
            format!("the request had no result within {minutes} minutes, at {}", locations.output);
        measurements.running_work = Some(RunningWork::not_known(why));
        return Ok(());
    };
    let request = OwnRequest { sent_at, ended_at: Some(ended_at) };
    measurements.request = Some(request);
    let datapoints = datapoints(scaler, found, stop, ended_at).await?;
    let seen = Observed { request, ran_until, ended_at };
    let backlog = datapoints.first().map_or(&[][..], Vec::as_slice);
    let others = others(scaler, found, measurements).await?;
    let counts = match change.or(others) {
        Some(why) => Err(why),
        None => seen.counts(backlog),
    };
    let values = BACKLOG_METRICS.iter().zip(&datapoints);
    measurements.running_work = Some(RunningWork {
        counts,
        seconds: Some(ended_at.duration_since(sent_at).as_secs()),
        failed,
        values: values.map(|(name, points)| (*name, seen.values(points))).collect(),
    });
    Ok(())
}

/// The answer to the question, from the measurement.
pub fn answer(measurements: &mut Measurements, asked: &RunningWorkArgs) {
    let text = match (&measurements.running_work, &asked.running_work) {
        (_, None) => {
            measurements.not_measured(RUNNING_WORK, "add --running-work s3://BUCKET/KEY");
            return;
        }
        (None, Some(_)) => return,
        (Some(RunningWork { counts: Err(why), .. }), _) => format!("not known: {why}"),
        (Some(RunningWork { counts: Ok(counts), values, .. }), _) => {
            let verb = if *counts { "counts" } else { "does not count" };
            let values = values.iter().find(|(name, _)| *name == BACKLOG_METRICS[0]);
            let values = values.map(|(_, values)| listed(values)).unwrap_or_default();
            format!(
                "{verb} running work: {} was {values} while the request ran",
                BACKLOG_METRICS[0]
            )
        }
    };
    measurements.answer(RUNNING_WORK, text);
}

/// The request has a result.
struct Waited {
    /// It had none yet.
    ran_until: Timestamp,
    ended_at: Timestamp,
    failed: bool,
    /// The capacity changed meanwhile.
    change: Option<String>,
}

/// Waits for the result. `None`: there was none until then.
async fn result(
    scaler: &LocalScaler,
    found: &Preconditions,
    locations: &ResultLocations,
    stop: &Interrupt,
    until: Timestamp,
) -> Result<Option<Waited>, String> {
    let s3 = S3::new(&scaler.config);
    let mut ran_until = scaler.clock.now();
    let mut change = None;
    loop {
        let now = scaler.clock.now();
        let output = exists(&s3, &locations.output).await?;
        let failed = match &locations.failure {
            Some(failure) if !output => exists(&s3, failure).await?,
            _ => false,
        };
        if output || failed {
            let ended_at = scaler.clock.now();
            return Ok(Some(Waited { ran_until, ended_at, failed, change }));
        }
        ran_until = now;
        if change.is_none() {
            change = change_of_capacity(scaler, found).await?;
        }
        if now >= until {
            return Ok(None);
        }
        if stop.nap(scaler.clock, LOOK, 1).await {
            return Err("interrupted".to_owned());
        }
    }
}

/// Whether there is an object. A call without an answer is repeated by the next look.
async fn exists(s3: &S3, location: &S3Location) -> Result<bool, String> {
    let passes =
        |error: &CallError| matches!(error.kind(), FailureKind::NoAnswer | FailureKind::Throttled);
    match s3.object(location).await {
        Ok(Object::Exists) => Ok(true),
        Ok(Object::Missing) => Ok(false),
        Ok(Object::Denied) => {
            Err(format!("S3 denied HeadObject on {location} (what to do: {})", allow(location)))
        }
        Err(error) if passes(&error) => Ok(false),
        Err(error) => Err(error.with_advice()),
    }
}

/// What is not as it was: one instance in service.
async fn change_of_capacity(
    scaler: &LocalScaler,
    found: &Preconditions,
) -> Result<Option<String>, String> {
    let endpoint = match scaler.aws.endpoint(&found.id.endpoint).await {
        Ok(endpoint) => endpoint.ok_or("the endpoint was deleted meanwhile")?,
        Err(error) if matches!(error.kind, FailureKind::NoAnswer | FailureKind::Throttled) => {
            return Ok(None);
        }
        Err(error) => return Err(scaler.refused(error).to_string()),
    };
    let variant = endpoint.variants.iter().find(|variant| variant.name == found.id.variant);
    let counts = variant.map(|variant| (variant.current, variant.desired));
    Ok(match (endpoint.status, counts) {
        (EndpointStatus::InService, Some((Some(1), Some(1)))) => None,
        (status, _) => Some(format!(
            "the endpoint was {} with another number of instances than one (what to do: run the command again when no \
             other requests arrive)",
            status.as_str()
        )),
    })
}

/// The datapoints of the backlog metrics, in the order of [`BACKLOG_METRICS`], at least until the minute after the
/// request. Gives up after some time, because a datapoint can be missing.
async fn datapoints(
    scaler: &LocalScaler,
    found: &Preconditions,
    stop: &Interrupt,
    ended_at: Timestamp,
) -> Result<Vec<Vec<Datapoint>>, String> {
    let metrics = Metrics::new(&scaler.config);
    let queries = BACKLOG_METRICS
        .map(|name| MetricQuery::of_endpoint(SAGEMAKER, name, "Maximum", scaler.endpoint()));
    loop {
        let now = scaler.clock.now();
        let read = metrics.read(&queries, 60, (found.at, now)).await;
        let read = read.map_err(|error| error.with_advice())?;
        let newest = read.first().and_then(|backlog| backlog.last());
        let is_complete = newest.is_some_and(|newest| newest.at >= ended_at);
        if is_complete || now >= ended_at + PERIOD + METRIC_PATIENCE {
            return Ok(read);
        }
        if stop.nap(scaler.clock, LOOK, 1).await {
            return Err("interrupted".to_owned());
        }
    }
}

/// Whether the records show requests of others.
async fn others(
    scaler: &LocalScaler,
    found: &Preconditions,
    measurements: &Measurements,
) -> Result<Option<String>, String> {
    let actions = scaler.aws.actions(&found.id).await;
    let actions = actions.map_err(|failure| scaler.refused(failure).to_string())?;
    let records = Records::read(&actions, &found.id, scaler.clock.now());
    let renewed = records.hold.is_some() || records.ends_at() > measurements.lease_until;
    Ok(renewed.then(|| {
        "other requests arrived: the lease was extended (what to do: run the command again when no other requests \
         arrive)"
            .to_owned()
    }))
}
