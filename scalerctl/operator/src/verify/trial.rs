//! The measurements, in order. What ends them early is told; what was learnt stays learnt.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    port::{Clock, Datapoint, EndpointStatus, Endpoints, Metrics},
    signal::Command,
};

use super::{
    account, alarm_delay,
    answer::{self, Learnt},
    events,
    found::Found,
    lag::Lag,
    limits::{IDLE_PATIENCE, LOOK, PATIENCE_MINUTES},
    probe::Probe,
    stop::Stop,
};
use crate::deeds::Operator;

/// Datapoints of an idle instance that are waited for.
const IDLE_DATAPOINTS: usize = 3;

/// How far back the metric at zero is read.
const LOOK_BACK: SignedDuration = SignedDuration::from_mins(30);

/// Runs the trial.
///
/// # Errors
///
/// Why it ended early.
pub async fn run(
    operator: &Operator,
    found: &Found,
    log_group: Option<&str>,
    stop: &Stop,
    learnt: &mut Learnt,
) -> Result<(), String> {
    learnt.not_measured(answer::IN_FLIGHT, "it would lose a request");
    at_zero(operator, found, learnt).await;
    let probe = Probe::put(operator, found, learnt).await?;
    wake(operator, learnt).await?;
    let mut lag = Lag::default();
    let served = in_service(operator, found, stop, learnt, &mut lag).await?;
    let idle = idle(operator, found, stop, (probe, served), learnt, &mut lag).await;
    learnt.lag = lag.least();
    after_the_change(operator, found, learnt).await;
    events::look(operator, log_group, learnt).await;
    alarm_delay::look(operator, served, learnt).await;
    idle
}

async fn at_zero(operator: &Operator, found: &Found, learnt: &mut Learnt) {
    let metric = "ApproximateBacklogSizePerInstance";
    match account::datapoints(operator, metric, found.at - LOOK_BACK, found.at).await {
        Ok(datapoints) => {
            let some = datapoints.len();
            let minutes = LOOK_BACK.as_mins();
            learnt.tell(
                answer::PER_INSTANCE,
                format!("{some} datapoints in the {minutes} minutes before, with no backlog"),
            );
        }
        Err(refusal) => learnt.not_measured(answer::PER_INSTANCE, refusal.to_string()),
    }
}

/// By the function's own code: capacity, lease, floor.
async fn wake(operator: &Operator, learnt: &mut Learnt) -> Result<(), String> {
    // A lost answer may hide a wake that happened.
    learnt.woke_at = Some(operator.clock.now());
    let done = operator.ask(Command::Wake, false).await.map_err(|failure| failure.to_string())?;
    learnt.lease_until = done.effects.awake_until;
    if let Some(failure) = operator.trouble(&done).await {
        return Err(failure.to_string());
    }
    match done.to() {
        Some(1..) => Ok(()),
        _ => Err(format!("it was not woken: {}", done.reason.meaning())),
    }
}

/// Until it serves.
async fn in_service(
    operator: &Operator,
    found: &Found,
    stop: &Stop,
    learnt: &mut Learnt,
    lag: &mut Lag,
) -> Result<Timestamp, String> {
    let began = learnt.woke_at.unwrap_or(found.at);
    let until = began + SignedDuration::from_mins(PATIENCE_MINUTES);
    loop {
        let endpoint = operator.aws.endpoint(&found.id.endpoint).await;
        let endpoint = endpoint.map_err(|failure| operator.refused(failure).to_string())?;
        let endpoint = endpoint.ok_or("the endpoint was deleted meanwhile")?;
        let now = operator.clock.now();
        let variant = endpoint.variants.iter().find(|variant| variant.name == found.id.variant);
        let count = variant.map(|variant| (variant.current, variant.desired));
        match (endpoint.status, count) {
            (EndpointStatus::InService, Some((Some(1..), _))) => {
                learnt.provisioning = Some(now.duration_since(began));
                return Ok(now);
            }
            (EndpointStatus::InService, Some((_, Some(0)))) => {
                let why = endpoint.failure_reason.unwrap_or_else(|| "no reason given".to_owned());
                return Err(format!("it went back to zero before it served: {why}"));
            }
            _ => {}
        }
        if now >= until {
            return Err(format!("it was not in service within {PATIENCE_MINUTES} minutes"));
        }
        backlog(operator, found, lag).await?;
        if stop.nap(operator.clock, LOOK, 1).await {
            return Err("interrupted".to_owned());
        }
    }
}

/// While it idles: what the metric shows, how late, and what becomes of the probe.
async fn idle(
    operator: &Operator,
    found: &Found,
    stop: &Stop,
    (probe, served): (Probe, Timestamp),
    learnt: &mut Learnt,
    lag: &mut Lag,
) -> Result<(), String> {
    let mut looked = false;
    loop {
        let datapoints = backlog(operator, found, lag).await?;
        let now = operator.clock.now();
        let since = datapoints.iter().filter(|datapoint| datapoint.at >= served).count();
        if !looked && probe.is_due(now) {
            probe.look(operator, found, learnt).await?;
            looked = true;
        }
        if looked && since >= IDLE_DATAPOINTS {
            learnt.tell(
                answer::IDLE_BACKLOG,
                format!("yes: {since} datapoints since it was in service"),
            );
            return Ok(());
        }
        if now >= served + IDLE_PATIENCE {
            let minutes = IDLE_PATIENCE.as_mins();
            learnt.tell(
                answer::IDLE_BACKLOG,
                format!("no: {since} datapoints in {minutes} minutes; no sleep can be proven safe"),
            );
            return Ok(());
        }
        if stop.nap(operator.clock, LOOK, 1).await {
            return Err("interrupted".to_owned());
        }
    }
}

/// One look at the backlog. Work ends the trial: the instance is its.
async fn backlog(
    operator: &Operator,
    found: &Found,
    lag: &mut Lag,
) -> Result<Vec<Datapoint>, String> {
    let now = operator.clock.now();
    let datapoints = operator.aws.backlog(&found.id.endpoint, found.at - LOOK_BACK, now).await;
    let datapoints = datapoints.map_err(|failure| operator.refused(failure).to_string())?;
    // Read after the answer: a lag is never told shorter than it is.
    lag.look(&datapoints, operator.clock.now());
    match datapoints.iter().any(|datapoint| datapoint.at >= found.at && datapoint.value > 0.0) {
        true => Err("work arrived".to_owned()),
        false => Ok(datapoints),
    }
}

async fn after_the_change(operator: &Operator, found: &Found, learnt: &mut Learnt) {
    let began = learnt.woke_at.unwrap_or(found.at);
    match account::activities(operator, &found.id, began).await {
        Ok(activities) if activities.is_empty() => {
            learnt.tell(answer::ACTIVITIES, "nothing: it lists no activity");
        }
        Ok(activities) => learnt.tell(answer::ACTIVITIES, activities.join("; ")),
        Err(refusal) => learnt.not_measured(answer::ACTIVITIES, refusal.to_string()),
    }
    match (account::last_modified(operator).await, found.modified) {
        (Ok(Some(now)), Some(before)) => {
            learnt.tell(answer::MODIFIED, if now > before { "yes" } else { "no" });
        }
        (Ok(_), _) => learnt.not_measured(answer::MODIFIED, "DescribeEndpoint does not say"),
        (Err(refusal), _) => learnt.not_measured(answer::MODIFIED, refusal.to_string()),
    }
}
