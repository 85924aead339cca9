//! Restores the state before the measurement. Changes by others are kept, and reported.
//! The order is that of a sleep: end the lease, restore the floor, set capacity 0, and check
//! whether work arrived meanwhile. The ended lease stays listed until its time, at most 10 minutes,
//! as after any sleep. Until then, a backlog wakes the endpoint.

use std::{future::Future, time::Duration};

use jiff::SignedDuration;
use reactive_scaler::{
    lease::{LEASE, Records},
    port::{
        AwsFailure, AwsResult, Clock, EndpointStatus, Endpoints, FailureKind, Metrics, Scaling,
    },
    signal::Command,
};

use super::{
    findings::{DIRECT_ZERO, Measurements},
    interrupt::Interrupt,
    limits::{LOOK, NAME, RESTORE_PATIENCE},
    preconditions::Preconditions,
};
use crate::{
    account::cli_commands,
    local_scaler::{LocalScaler, args::PolicyArgs},
};

/// Attempts of a call, and the time between them.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_secs(6);

/// The result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restored {
    /// What was not restored, and why.
    pub problems: Vec<String>,
}

/// Restores everything.
pub async fn run(
    scaler: &LocalScaler,
    found: &Preconditions,
    stop: &Interrupt,
    measurements: &mut Measurements,
) -> Restored {
    let mut problems = Vec::new();
    let back = Restore { scaler, found, stop };
    if measurements.test_action_exists {
        match back.tried(|| scaler.aws.delete_action(&found.id, NAME)).await {
            Ok(()) => measurements.test_action_exists = false,
            Err(why) => problems.extend([
                why,
                format!(
                    "the scheduled action {NAME} still exists (what to do: delete it with `{}`)",
                    cli_commands::delete_action(&found.id, NAME)
                ),
            ]),
        }
    }
    if measurements.woke_at.is_some()
        && let Err(why) = back.to_zero(measurements).await
    {
        problems.push(why);
    }
    if problems.is_empty()
        && let Err(why) = back.compare().await
    {
        problems.push(why);
    }
    Restored { problems }
}

struct Restore<'a> {
    scaler: &'a LocalScaler,
    found: &'a Preconditions,
    stop: &'a Interrupt,
}

impl Restore<'_> {
    async fn to_zero(&self, measurements: &mut Measurements) -> Result<(), String> {
        let Self { scaler, found, .. } = self;
        let id = &found.id;
        let desired = self.settled().await?;
        self.no_work(measurements, desired).await?;
        let release = scaler.ask(Command::Release, false).await.map_err(|e| e.to_string())?;
        if let Some(failure) = scaler.trouble(&release).await {
            return Err(failure.to_string());
        }
        let target = self.tried(|| scaler.aws.target(id)).await?;
        let min = target.map(|target| target.min);
        // The wake raises MinCapacity from 0 to 1. Another value was set by something else.
        if min == Some(1) {
            self.tried(|| scaler.aws.set_min(id, found.target.min)).await?;
        }
        if desired > 0 {
            let began = scaler.clock.now();
            measurements.slept_at = Some(began);
            self.tried(|| scaler.aws.set_capacity(id, 0)).await?;
            self.settled().await?;
            measurements.scale_in = Some(scaler.clock.now().duration_since(began));
            measurements.answer(DIRECT_ZERO, "yes");
        }
        self.nothing_slipped_in().await
    }

    /// Waits until SageMaker accepts changes, and returns the desired capacity.
    async fn settled(&self) -> Result<i32, String> {
        let Self { scaler, found, stop } = self;
        let until = scaler.clock.now() + RESTORE_PATIENCE;
        loop {
            let endpoint = self.tried(|| scaler.aws.endpoint(&found.id.endpoint)).await?;
            let endpoint = endpoint.ok_or("the endpoint was deleted meanwhile")?;
            let variant = endpoint.variants.iter().find(|v| v.name == found.id.variant);
            let desired = variant.and_then(|variant| variant.desired);
            if let (EndpointStatus::InService, Some(desired)) = (endpoint.status, desired) {
                return Ok(desired);
            }
            let status = endpoint.status.as_str();
            if scaler.clock.now() >= until {
                return Err(self.left_awake(&format!("it stays {status}")));
            }
            if stop.nap(scaler.clock, LOOK, 2).await {
                return Err(self.left_awake(&format!("interrupted again while it was {status}")));
            }
        }
    }

    /// Checks that no work needs the instance.
    async fn no_work(&self, measurements: &Measurements, desired: i32) -> Result<(), String> {
        let Self { scaler, found, .. } = self;
        if desired == 0 {
            return Ok(());
        }
        let now = scaler.clock.now();
        let actions = self.tried(|| scaler.aws.actions(&found.id)).await?;
        let records = Records::read(&actions, &found.id, now);
        if records.hold.is_some() || records.ends_at() > measurements.lease_until {
            return Err(self.left_awake("the lease was extended, or there is a hold"));
        }
        let request = measurements.request;
        if request.is_some_and(|request| request.ended_at.is_none()) {
            return Err(self.left_awake("the request that verify sent may still run"));
        }
        let name = &found.id.endpoint;
        let from = found.at - SignedDuration::from_mins(5);
        let datapoints = self.tried(|| scaler.aws.backlog(name, from, now)).await?;
        let own = |datapoint| request.is_some_and(|request| request.explains(datapoint));
        if datapoints.iter().any(|datapoint| datapoint.value > 0.0 && !own(datapoint)) {
            return Err(self.left_awake("work arrived"));
        }
        // A datapoint of the request, or from before it, proves nothing.
        let since = request.and_then(|request| request.ended_at).unwrap_or(from);
        if !datapoints.iter().any(|datapoint| datapoint.at >= since) {
            let why = "no datapoint of ApproximateBacklogSize proves that it is idle";
            return Err(self.left_awake(why));
        }
        Ok(())
    }

    /// Wakes the endpoint if an input renewed the lease during the scale-in.
    async fn nothing_slipped_in(&self) -> Result<(), String> {
        let Self { scaler, found, .. } = self;
        let actions = self.tried(|| scaler.aws.actions(&found.id)).await?;
        if !Records::read(&actions, &found.id, scaler.clock.now()).live(scaler.clock.now()) {
            return Ok(());
        }
        let woken = scaler.ask(Command::Wake, false).await.map_err(|e| e.to_string())?;
        match scaler.trouble(&woken).await {
            Some(failure) => Err(failure.to_string()),
            None => Err(self.left_awake("work arrived during the scale-in")),
        }
    }

    /// Checks that everything but the ended lease is restored.
    async fn compare(&self) -> Result<(), String> {
        let Self { scaler, found, .. } = self;
        let id = &found.id;
        let endpoint = self.tried(|| scaler.aws.endpoint(&id.endpoint)).await?;
        let target = self.tried(|| scaler.aws.target(id)).await?;
        let actions = self.tried(|| scaler.aws.actions(id)).await?;
        let desired = endpoint
            .and_then(|endpoint| endpoint.variants.into_iter().find(|v| v.name == id.variant))
            .and_then(|variant| variant.desired);
        let mut other = Vec::new();
        if desired != Some(0) {
            other.push("the capacity");
        }
        if target.as_ref() != Some(&found.target) {
            other.push("the scalable target");
        }
        if actions.iter().any(|action| action.name == NAME) {
            other.push("the scheduled action that was put");
        }
        match other.as_slice() {
            [] => Ok(()),
            some => Err(format!(
                "different from before, but not changed by this command: \
                                 {}",
                some.join(", ")
            )),
        }
    }

    fn left_awake(&self, why: &str) -> String {
        format!(
            "left awake, {why} (what to do: nothing if a function is deployed: after {LEASE} ends, it scales the \
             endpoint to zero. Otherwise, when the work is done, run `{}`)",
            self.scaler.same_variant(&PolicyArgs::default()).sleep("--force --wait")
        )
    }

    /// A call with retries for temporary failures.
    async fn tried<T, F>(&self, call: impl Fn() -> F) -> Result<T, String>
    where
        F: Future<Output = AwsResult<T>>,
    {
        let mut attempt = 1;
        loop {
            let failure: AwsFailure = match call().await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let passes = matches!(
                failure.kind,
                FailureKind::Busy
                    | FailureKind::Concurrent
                    | FailureKind::Throttled
                    | FailureKind::NoAnswer
            );
            if !passes || attempt == ATTEMPTS {
                return Err(self.scaler.refused(failure).to_string());
            }
            attempt += 1;
            if self.stop.nap(self.scaler.clock, PAUSE, 2).await {
                return Err(self.left_awake("interrupted again"));
            }
        }
    }
}
