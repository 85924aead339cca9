//! Scalers that are broken on purpose, to show that the judges see it. Each breaks one thing between
//! the real scaler and its port, so that what is judged is what really happened.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{LEASE, Record},
    port::{
        AwsResult, Datapoint, Endpoint, EndpointStatus, Endpoints, FailureKind, Metrics,
        ScalableTarget, Scaling, ScheduledAction, Suspended, VariantId,
    },
};

use crate::port::Port;

/// What is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    Nothing,
    LeaseNotWritten,
    WakeNotAskedFor,
    CapacitySeenAsZero,
    WakesAboveMax,
    LastLookRemembers,
    LastLookLeftOut,
    BacklogSeenAsZero,
    StatusSeenAsInService,
    SuspensionNotSeen,
    UsersMinNotSeen,
    BacklogNeverSeen,
    SleepNotAskedFor,
    FloorNotLowered,
    RecordsNotSeen,
    MetricReadEachTime,
    NothingRemembered,
    WriteFailuresSwallowed,
    ReadFailuresSwallowed,
    RenewalNotSeen,
    LeaseTooLong,
    LeaseOnlySaid,
    BacklogImagined,
    WakesToOne,
    BoundsInvented,
    SecondFailureSwallowed,
    BusyTakenForDone,
    ScheduledSuspensionNotSeen,
    LeaseTakenForWritten,
    LeaseTooShort,
}

/// The port, as the broken scaler uses it.
#[derive(Clone)]
pub struct Broken {
    pub port: Port,
    pub what: Break,
    seen: Arc<Mutex<Seen>>,
}

/// What this invocation saw, for one that looks only once.
#[derive(Default)]
struct Seen {
    actions: Option<Vec<ScheduledAction>>,
    targets: Vec<ScalableTarget>,
    floor_is_gone: bool,
    failed: bool,
}

impl Broken {
    pub fn new(port: Port, what: Break) -> Self {
        Self { port, what, seen: Arc::default() }
    }

    /// A new invocation begins.
    pub fn forget(&self) {
        *self.seen() = Seen::default();
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is(&self, what: Break) -> bool {
        self.what == what
    }

    fn swallow(&self, result: AwsResult<()>) -> AwsResult<()> {
        if self.is(Break::WriteFailuresSwallowed) { Ok(()) } else { result }
    }

    fn as_seen(&self, mut target: ScalableTarget) -> ScalableTarget {
        match self.what {
            Break::SuspensionNotSeen => target.suspended = Suspended::default(),
            Break::ScheduledSuspensionNotSeen => target.suspended.scheduled = false,
            Break::UsersMinNotSeen => target.min = 0,
            Break::WakesAboveMax => target.max += 2,
            _ => {}
        }
        target
    }

    fn look(&self, found: Vec<ScheduledAction>) -> Vec<ScheduledAction> {
        let mut seen = self.seen();
        match self.what {
            Break::LastLookRemembers => seen.actions.get_or_insert(found).clone(),
            Break::LastLookLeftOut => {
                seen.actions = Some(found.clone());
                found
            }
            Break::RecordsNotSeen => Vec::new(),
            Break::RenewalNotSeen => seen.actions.insert(found).clone(),
            _ => found,
        }
    }
}

impl Endpoints for Broken {
    async fn endpoint(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        if self.is(Break::MetricReadEachTime) {
            let now = self.port.sim.now();
            let from = now - SignedDuration::from_mins(5);
            let _ = self.port.backlog(name, from, now).await;
        }
        let mut found = self.port.endpoint(name).await;
        if let (Break::StatusSeenAsInService, Ok(Some(found))) = (self.what, &mut found) {
            found.status = EndpointStatus::InService;
            for variant in &mut found.variants {
                variant.current = variant.desired;
            }
        }
        if let (Break::CapacitySeenAsZero, Ok(Some(found))) = (self.what, &mut found) {
            found.variants.iter_mut().for_each(|variant| variant.desired = Some(0));
        }
        let failed = found.is_err() && std::mem::replace(&mut self.seen().failed, found.is_err());
        match found {
            Err(_) if self.is(Break::ReadFailuresSwallowed) => Ok(None),
            Err(_) if self.is(Break::SecondFailureSwallowed) && failed => Ok(None),
            found => found,
        }
    }

    async fn models(&self, endpoint_config: &str) -> AwsResult<Option<Vec<String>>> {
        self.port.models(endpoint_config).await
    }

    async fn set_capacity(&self, id: &VariantId, desired: i32) -> AwsResult<()> {
        match self.what {
            Break::WakeNotAskedFor if desired > 0 => return Ok(()),
            Break::SleepNotAskedFor if desired == 0 => return Ok(()),
            Break::WakesToOne if desired > 0 => return self.port.set_capacity(id, 1).await,
            _ => {}
        }
        let result = self.swallow(self.port.set_capacity(id, desired).await);
        match result {
            Err(failure)
                if self.is(Break::BusyTakenForDone) && failure.kind == FailureKind::Busy =>
            {
                Ok(())
            }
            result => result,
        }
    }
}

impl Scaling for Broken {
    async fn target(&self, id: &VariantId) -> AwsResult<Option<ScalableTarget>> {
        let known = self.seen().targets.iter().find(|target| target.id == *id).cloned();
        if known.is_some() && self.is(Break::LastLookLeftOut) && self.seen().floor_is_gone {
            return Ok(known);
        }
        let found = match self.port.target(id).await {
            Err(_) if self.is(Break::BoundsInvented) => Some(ScalableTarget {
                id: id.clone(),
                min: 0,
                max: 4,
                suspended: Suspended::default(),
            }),
            found => found?.map(|found| self.as_seen(found)),
        };
        self.seen().targets.extend(found.clone());
        Ok(found)
    }

    async fn targets(&self) -> AwsResult<Vec<ScalableTarget>> {
        let all = self.port.targets().await?;
        let all: Vec<_> = all.into_iter().map(|found| self.as_seen(found)).collect();
        self.seen().targets.extend(all.clone());
        Ok(all)
    }

    async fn actions(&self, id: &VariantId) -> AwsResult<Vec<ScheduledAction>> {
        let known = self.seen().actions.clone();
        if let Some(known) = known
            && self.is(Break::LastLookLeftOut)
            && self.seen().floor_is_gone
        {
            return Ok(known);
        }
        let found = self.port.actions(id).await?;
        if self.is(Break::RenewalNotSeen) {
            return Ok(self.seen().actions.clone().unwrap_or(found));
        }
        Ok(self.look(found).into_iter().filter(|action| action.id == *id).collect())
    }

    async fn all_actions(&self) -> AwsResult<Vec<ScheduledAction>> {
        let found = self.port.all_actions().await?;
        Ok(self.look(found))
    }

    async fn put_record(&self, id: &VariantId, name: &str, record: Record) -> AwsResult<()> {
        if self.is(Break::LeaseNotWritten) || self.is(Break::LeaseOnlySaid) {
            return Ok(());
        }
        let off = match self.what {
            Break::LeaseTooLong => SignedDuration::from_hours(9),
            Break::LeaseTooShort => SignedDuration::from_mins(-2),
            _ => SignedDuration::ZERO,
        };
        let result = {
            let record = Record { release: record.release + off, ..record };
            self.swallow(self.port.put_record(id, name, record).await)
        };
        if self.is(Break::LeaseTakenForWritten) && name == LEASE { Ok(()) } else { result }
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        self.swallow(self.port.delete_action(id, name).await)
    }

    async fn set_min(&self, id: &VariantId, min: i32) -> AwsResult<()> {
        if self.is(Break::FloorNotLowered) && min == 0 {
            return Ok(());
        }
        self.seen().floor_is_gone |= min == 0;
        self.swallow(self.port.set_min(id, min).await)
    }
}

impl Metrics for Broken {
    async fn backlog(
        &self,
        endpoint: &str,
        from: Timestamp,
        until: Timestamp,
    ) -> AwsResult<Vec<Datapoint>> {
        let mut found = self.port.backlog(endpoint, from, until).await?;
        match self.what {
            Break::BacklogSeenAsZero => found.iter_mut().for_each(|point| point.value = 0.0),
            Break::BacklogNeverSeen => found.clear(),
            Break::BacklogImagined => {
                let at = self.port.sim.now() - SignedDuration::from_mins(1);
                found.push(Datapoint { at, value: 1.0 });
            }
            _ => {}
        }
        Ok(found)
    }
}
