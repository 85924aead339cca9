//! Scalers that are broken on purpose, to show that the judges see it. Each breaks one thing between
//! the real scaler and its port, so that what is judged is what really happened.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{AtRelease, HOLD, LEASE, NO_FLOOR, Record},
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
    // Of the second family.
    ModelsNotRead,
    FailedListingTakenForEmpty,
    OneReadAfterAnother,
    EndOfListNotLookedAt,
    RecordMakesMinOurs,
    RefusedCapacityTakenForDone,
    PastScheduleStands,
    FirstMaxWritten,
    TargetWaitedFor,
}

/// Endpoints that a tick looks at which never comes to the end of its list.
const LOOKS: usize = 8;

/// The port, as the broken scaler uses it.
#[derive(Clone)]
pub struct Broken {
    pub port: Port,
    pub what: Break,
    seen: Arc<Mutex<Seen>>,
    reading: Arc<tokio::sync::Mutex<()>>,
    first_max: Arc<Mutex<HashMap<VariantId, i32>>>,
}

/// What this invocation saw, for one that looks only once.
#[derive(Default)]
struct Seen {
    actions: Option<Vec<ScheduledAction>>,
    targets: Vec<ScalableTarget>,
    floor_is_gone: bool,
    failed: bool,
    looked_at: HashSet<String>,
}

impl Broken {
    pub fn new(port: Port, what: Break) -> Self {
        Self {
            port,
            what,
            seen: Arc::default(),
            reading: Arc::default(),
            first_max: Arc::default(),
        }
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

    /// Records as the scaler sees them that knows no other than floor records, and schedules as one sees
    /// them that never finds one over.
    fn as_read(&self, mut found: Vec<ScheduledAction>) -> Vec<ScheduledAction> {
        if self.is(Break::RecordMakesMinOurs) {
            found.retain(|action| action.name != NO_FLOOR);
            for action in found.iter_mut().filter(|action| [LEASE, HOLD].contains(&&*action.name)) {
                (action.min, action.max) = (Some(0), None);
            }
        }
        if self.is(Break::PastScheduleStands) {
            let zoned = |action: &&mut ScheduledAction| {
                !matches!(action.timezone.as_deref(), None | Some("UTC"))
            };
            for action in found.iter_mut().filter(zoned) {
                "cron(0 8 ? * MON-FRI *)".clone_into(&mut action.schedule);
            }
        }
        found
    }

    fn look(&self, found: Vec<ScheduledAction>) -> Vec<ScheduledAction> {
        let found = self.as_read(found);
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
        if self.is(Break::EndOfListNotLookedAt) {
            let is_left_out = {
                let looked_at = &mut self.seen().looked_at;
                looked_at.insert(name.to_owned());
                looked_at.len() > LOOKS
            };
            if is_left_out {
                std::future::pending::<()>().await;
            }
        }
        if self.is(Break::TargetWaitedFor) {
            let _ = self.port.target(&VariantId::new(name, "AllTraffic")).await;
        }
        let one_at_a_time = match self.what {
            Break::OneReadAfterAnother => Some(self.reading.lock().await),
            _ => None,
        };
        let mut found = self.port.endpoint(name).await;
        drop(one_at_a_time);
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
        match self.what {
            Break::ModelsNotRead => Ok(None),
            _ => self.port.models(endpoint_config).await,
        }
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
                if self.is(Break::RefusedCapacityTakenForDone)
                    && failure.kind == FailureKind::AccessDenied =>
            {
                Ok(())
            }
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
        let all = match self.port.targets().await {
            Err(_) if self.is(Break::FailedListingTakenForEmpty) => Vec::new(),
            all => all?,
        };
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
        let at_release = match record.at_release {
            AtRelease::KeepMax(_) if self.is(Break::RecordMakesMinOurs) => {
                if name == NO_FLOOR {
                    return Ok(());
                }
                AtRelease::DropFloor
            }
            AtRelease::KeepMax(max) if self.is(Break::FirstMaxWritten) => {
                let mut known = self.first_max.lock().unwrap_or_else(PoisonError::into_inner);
                AtRelease::KeepMax(*known.entry(id.clone()).or_insert(max))
            }
            standing => standing,
        };
        let record = Record { release: record.release + off, at_release };
        let result = self.swallow(self.port.put_record(id, name, record).await);
        if self.is(Break::LeaseTakenForWritten) && name == LEASE { Ok(()) } else { result }
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        // A record that is deleted before its R never brings an old MaxCapacity back.
        if self.is(Break::FirstMaxWritten) {
            return Ok(());
        }
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
    async fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<AwsResult<Vec<Datapoint>>> {
        let mut found = self.port.backlogs(endpoints, from, until).await;
        for datapoints in found.iter_mut().flatten() {
            match self.what {
                Break::BacklogSeenAsZero => {
                    datapoints.iter_mut().for_each(|point| point.value = 0.0)
                }
                Break::BacklogNeverSeen => datapoints.clear(),
                Break::BacklogImagined => {
                    let at = self.port.sim.now() - SignedDuration::from_mins(1);
                    datapoints.push(Datapoint { at, value: 1.0 });
                }
                _ => {}
            }
        }
        found
    }
}
