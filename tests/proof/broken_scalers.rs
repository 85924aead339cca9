//! Broken scalers, to show that the oracles detect violations. Each has one defect between the real
//! scaler and its port. The oracles therefore see the calls that were really made.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{AtRelease, HOLD, LEASE, NO_FLOOR, Record, WORK},
    port::{
        AwsResult, Datapoint, Endpoint, EndpointStatus, Endpoints, FailureKind, ItemPage, Metrics,
        ScalableTarget, Scaling, ScheduledAction, Suspended, VariantId,
    },
};

use crate::{broken_ledger_memory::BrokenLedger, event_log::Signal, plan::Command, port::Port};

/// The defect of a broken scaler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
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
    // Only in worlds of the family `fleet`.
    ModelsNotRead,
    FailedListingTakenForEmpty,
    OneReadAfterAnother,
    EndOfListNotLookedAt,
    RecordMakesMinOurs,
    RefusedCapacityTakenForDone,
    PastScheduleStands,
    FirstMaxWritten,
    TargetWaitedFor,
    // Only in worlds of the family `results`.
    LastLookWithoutLedger,
    NoLookAfter,
    WorkNotEnded,
    LedgerWriteTakenForDone,
    OutstandingNotSeen,
    UnreadableTakenForDone,
    OldDatapointsCount,
    EarlierResultCounts,
    ResultsCounted,
    ForgottenUnconditionally,
    DeletedUnconditionally,
    NeverForgotten,
    InputWritesLease,
    TickWritesLease,
    LeaseDoesNotBlock,
    ResultWithoutUploadNotSeen,
    ShortWindow,
    LedgerWaitedFor,
    SlowLookTakenAsGood,
    RecordNotKept,
    AlarmWritesLease,
    DeletedAtOnce,
    LedgerNotReadAtZero,
    /// Set up by the runner: a route's `job_minutes` are too short for its jobs.
    IdleMinutesAsWindow,
    InvocationNotExplained,
    EverythingExplains,
    ForcedOverYoung,
    ForcedForgetsNothing,
    YoungForgotten,
    NoFloorNotPut,
    /// A variant that is scaled in to zero is shown at zero, so the endpoint seems to be `Updating` for all variants.
    ScaleInNotSeen,
}

/// The number of endpoints that a tick of `EndOfListNotLookedAt` reads.
const LOOKS: usize = 8;

/// The port of a broken scaler.
#[derive(Clone)]
pub struct DefectivePort {
    pub port: Port,
    pub defect: Defect,
    seen: Arc<Mutex<InvocationMemory>>,
    reading: Arc<tokio::sync::Mutex<()>>,
    first_max: Arc<Mutex<HashMap<VariantId, i32>>>,
    pub(crate) ledger: BrokenLedger,
    stands_at: Arc<Mutex<Option<Timestamp>>>,
}

/// What the current invocation has read and written.
#[derive(Default)]
pub(crate) struct InvocationMemory {
    pub(crate) signal: Option<Signal>,
    /// The ledger could not be read.
    pub(crate) is_unreadable: bool,
    wakes: bool,
    actions: Option<Vec<ScheduledAction>>,
    targets: Vec<ScalableTarget>,
    floor_is_gone: bool,
    failed: bool,
    looked_at: HashSet<String>,
    pub(crate) is_asleep: bool,
    /// The endpoints whose last DescribeEndpoint showed no instances.
    pub(crate) at_zero: HashSet<String>,
    /// The items that were read first, by endpoint and start of the page.
    pub(crate) items: HashMap<(String, Option<String>), ItemPage>,
    pub(crate) records_an_upload: bool,
    pub(crate) has_described: bool,
}

impl DefectivePort {
    /// `stands_at` stops the clock of the scaler.
    pub fn new(port: Port, defect: Defect, stands_at: Arc<Mutex<Option<Timestamp>>>) -> Self {
        Self {
            port,
            defect,
            seen: Arc::default(),
            reading: Arc::default(),
            first_max: Arc::default(),
            ledger: BrokenLedger::default(),
            stands_at,
        }
    }

    /// Whether a person forces the endpoint to sleep.
    pub(crate) fn is_forced(&self) -> bool {
        matches!(self.seen().signal, Some(Signal::Command(_, Command::Sleep { force: true })))
    }

    fn stop_clock(&self, at: Option<Timestamp>) {
        *self.stands_at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    /// Starts a new invocation.
    pub fn forget(&self, signal: Signal) {
        *self.seen() = InvocationMemory { signal: Some(signal), ..InvocationMemory::default() };
        self.stop_clock(None);
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, InvocationMemory> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is(&self, defect: Defect) -> bool {
        self.defect == defect
    }

    fn swallow(&self, result: AwsResult<()>) -> AwsResult<()> {
        if self.is(Defect::WriteFailuresSwallowed) { Ok(()) } else { result }
    }

    fn as_seen(&self, mut target: ScalableTarget) -> ScalableTarget {
        match self.defect {
            Defect::SuspensionNotSeen => target.suspended = Suspended::default(),
            Defect::ScheduledSuspensionNotSeen => target.suspended.scheduled = false,
            Defect::UsersMinNotSeen => target.min = 0,
            Defect::WakesAboveMax => target.max += 2,
            _ => {}
        }
        target
    }

    /// Changes the actions that were read: for `RecordMakesMinOurs`, lease and hold look like floor
    /// records; for `PastScheduleStands`, schedules with a time zone never end.
    fn as_read(&self, mut found: Vec<ScheduledAction>) -> Vec<ScheduledAction> {
        if self.is(Defect::RecordMakesMinOurs) {
            found.retain(|action| action.name != NO_FLOOR);
            for action in found.iter_mut().filter(|action| [LEASE, HOLD].contains(&&*action.name)) {
                (action.min, action.max) = (Some(0), None);
            }
        }
        if self.is(Defect::PastScheduleStands) {
            let zoned = |action: &&mut ScheduledAction| {
                !matches!(action.timezone.as_deref(), None | Some("UTC"))
            };
            for action in found.iter_mut().filter(zoned) {
                "cron(0 8 ? * MON-FRI *)".clone_into(&mut action.schedule);
            }
        }
        let works: HashSet<VariantId> = found
            .iter()
            .filter(|action| self.is(Defect::LeaseDoesNotBlock) && action.name == WORK)
            .map(|action| action.id.clone())
            .collect();
        found.retain(|action| {
            ![LEASE, HOLD].contains(&&*action.name) || !works.contains(&action.id)
        });
        found
    }

    fn look(&self, found: Vec<ScheduledAction>) -> Vec<ScheduledAction> {
        let found = self.as_read(found);
        let mut seen = self.seen();
        match self.defect {
            Defect::LastLookRemembers => seen.actions.get_or_insert(found).clone(),
            Defect::LastLookLeftOut => {
                seen.actions = Some(found.clone());
                found
            }
            Defect::RecordsNotSeen => Vec::new(),
            Defect::AlarmWritesLease if matches!(seen.signal, Some(Signal::Alarm(_))) => Vec::new(),
            Defect::RenewalNotSeen => seen.actions.insert(found).clone(),
            _ => found,
        }
    }
}

impl Endpoints for DefectivePort {
    async fn endpoint(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        self.seen().has_described = true;
        if self.is(Defect::SlowLookTakenAsGood) && self.seen().floor_is_gone {
            self.stop_clock(Some(self.port.sim.now()));
        }
        if self.is(Defect::MetricReadEachTime) {
            let now = self.port.sim.now();
            let from = now - SignedDuration::from_mins(5);
            let _ = self.port.backlog(name, from, now).await;
        }
        if self.is(Defect::EndOfListNotLookedAt) {
            let is_left_out = {
                let looked_at = &mut self.seen().looked_at;
                looked_at.insert(name.to_owned());
                looked_at.len() > LOOKS
            };
            if is_left_out {
                std::future::pending::<()>().await;
            }
        }
        if self.is(Defect::TargetWaitedFor) {
            let _ = self.port.target(&VariantId::new(name, "AllTraffic")).await;
        }
        let one_at_a_time = match self.defect {
            Defect::OneReadAfterAnother => Some(self.reading.lock().await),
            _ => None,
        };
        let mut found = self.port.endpoint(name).await;
        drop(one_at_a_time);
        if let (Defect::StatusSeenAsInService, Ok(Some(found))) = (self.defect, &mut found) {
            found.status = EndpointStatus::InService;
            for variant in &mut found.variants {
                variant.current = variant.desired;
            }
        }
        if let (Defect::CapacitySeenAsZero, Ok(Some(found))) = (self.defect, &mut found) {
            found.variants.iter_mut().for_each(|variant| variant.desired = Some(0));
        }
        if let (Defect::ScaleInNotSeen, Ok(Some(found))) = (self.defect, &mut found) {
            let gone = found.variants.iter_mut().filter(|variant| variant.desired == Some(0));
            gone.for_each(|variant| variant.current = Some(0));
        }
        if let Ok(Some(found)) = &found {
            let at_zero = &mut self.seen().at_zero;
            match found.variants.iter().all(|variant| variant.desired == Some(0)) {
                true => at_zero.insert(name.to_owned()),
                false => at_zero.remove(name),
            };
        }
        let failed = found.is_err() && std::mem::replace(&mut self.seen().failed, found.is_err());
        match found {
            Err(_) if self.is(Defect::ReadFailuresSwallowed) => Ok(None),
            Err(_) if self.is(Defect::SecondFailureSwallowed) && failed => Ok(None),
            found => found,
        }
    }

    async fn models(&self, endpoint_config: &str) -> AwsResult<Option<Vec<String>>> {
        match self.defect {
            Defect::ModelsNotRead => Ok(None),
            _ => self.port.models(endpoint_config).await,
        }
    }

    async fn set_capacity(&self, id: &VariantId, desired: i32) -> AwsResult<()> {
        self.stop_clock(None);
        self.seen().wakes |= desired > 0;
        match self.defect {
            Defect::WakeNotAskedFor if desired > 0 => return Ok(()),
            Defect::SleepNotAskedFor if desired == 0 => return Ok(()),
            Defect::WakesToOne if desired > 0 => return self.port.set_capacity(id, 1).await,
            Defect::LedgerWaitedFor if desired > 0 => drop(self.ledger.write.lock().await),
            _ => {}
        }
        let result = self.swallow(self.port.set_capacity(id, desired).await);
        self.seen().is_asleep |= desired == 0;
        match result {
            Err(failure)
                if self.is(Defect::RefusedCapacityTakenForDone)
                    && failure.kind == FailureKind::AccessDenied =>
            {
                Ok(())
            }
            Err(failure)
                if self.is(Defect::BusyTakenForDone) && failure.kind == FailureKind::Busy =>
            {
                Ok(())
            }
            result => result,
        }
    }
}

impl Scaling for DefectivePort {
    async fn target(&self, id: &VariantId) -> AwsResult<Option<ScalableTarget>> {
        let known = self.seen().targets.iter().find(|target| target.id == *id).cloned();
        if known.is_some() && self.is(Defect::LastLookLeftOut) && self.seen().floor_is_gone {
            return Ok(known);
        }
        let found = match self.port.target(id).await {
            Err(_) if self.is(Defect::BoundsInvented) => Some(ScalableTarget {
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
            Err(_) if self.is(Defect::FailedListingTakenForEmpty) => Vec::new(),
            all => all?,
        };
        let all: Vec<_> = all.into_iter().map(|found| self.as_seen(found)).collect();
        self.seen().targets.extend(all.clone());
        Ok(all)
    }

    async fn actions(&self, id: &VariantId) -> AwsResult<Vec<ScheduledAction>> {
        let known = self.seen().actions.clone();
        if let Some(known) = known
            && self.is(Defect::LastLookLeftOut)
            && self.seen().floor_is_gone
        {
            return Ok(known);
        }
        if self.is(Defect::NoLookAfter) && self.seen().is_asleep {
            return Ok(Vec::new());
        }
        let found = self.port.actions(id).await?;
        if self.is(Defect::RenewalNotSeen) {
            return Ok(self.seen().actions.clone().unwrap_or(found));
        }
        Ok(self.look(found).into_iter().filter(|action| action.id == *id).collect())
    }

    async fn all_actions(&self) -> AwsResult<Vec<ScheduledAction>> {
        let found = self.port.all_actions().await?;
        Ok(self.look(found))
    }

    async fn put_record(&self, id: &VariantId, name: &str, record: Record) -> AwsResult<()> {
        let is_kept = {
            let seen = self.seen();
            seen.is_unreadable
                && seen.at_zero.contains(&id.endpoint)
                && !seen.wakes
                && seen.signal == Some(Signal::Tick)
        };
        if self.is(Defect::RecordNotKept) && is_kept {
            return Ok(());
        }
        if self.is(Defect::LeaseNotWritten) || self.is(Defect::LeaseOnlySaid) {
            return Ok(());
        }
        if self.is(Defect::NoFloorNotPut) && name == NO_FLOOR {
            return Ok(());
        }
        let now = self.port.sim.now();
        let (name, is_ending) = (self.renamed(name), record.ends_at() <= now);
        if self.is(Defect::WorkNotEnded) && name == WORK && is_ending {
            return Ok(());
        }
        let off = match self.defect {
            Defect::LeaseTooLong => SignedDuration::from_hours(9),
            Defect::LeaseTooShort => SignedDuration::from_mins(-2),
            _ => SignedDuration::ZERO,
        };
        let at_release = match record.at_release {
            AtRelease::KeepMax(_) if self.is(Defect::RecordMakesMinOurs) => {
                if name == NO_FLOOR {
                    return Ok(());
                }
                AtRelease::DropFloor
            }
            AtRelease::KeepMax(max) if self.is(Defect::FirstMaxWritten) => {
                let mut known = self.first_max.lock().unwrap_or_else(PoisonError::into_inner);
                AtRelease::KeepMax(*known.entry(id.clone()).or_insert(max))
            }
            standing => standing,
        };
        let record = Record { release: record.release + off, at_release };
        let result = self.swallow(self.port.put_record(id, name, record).await);
        if self.is(Defect::LeaseTakenForWritten) && name == LEASE { Ok(()) } else { result }
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        // If a record were deleted before its R, it would never restore an old MaxCapacity.
        if self.is(Defect::FirstMaxWritten) {
            return Ok(());
        }
        self.swallow(self.port.delete_action(id, name).await)
    }

    async fn set_min(&self, id: &VariantId, min: i32) -> AwsResult<()> {
        if self.is(Defect::FloorNotLowered) && min == 0 {
            return Ok(());
        }
        self.seen().floor_is_gone |= min == 0;
        self.swallow(self.port.set_min(id, min).await)
    }
}

impl Metrics for DefectivePort {
    async fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<AwsResult<Vec<Datapoint>>> {
        let mut found = self.port.backlogs(endpoints, from, until).await;
        for datapoints in found.iter_mut().flatten() {
            match self.defect {
                Defect::BacklogSeenAsZero => {
                    datapoints.iter_mut().for_each(|point| point.value = 0.0)
                }
                Defect::BacklogNeverSeen => datapoints.clear(),
                Defect::BacklogImagined => {
                    let at = self.port.sim.now() - SignedDuration::from_mins(1);
                    datapoints.push(Datapoint { at, value: 1.0 });
                }
                Defect::ShortWindow => {
                    let from = self.port.sim.now() - SignedDuration::from_mins(6);
                    let old = datapoints.iter_mut().filter(|point| point.at < from);
                    old.for_each(|point| point.value = 0.0);
                }
                _ => {}
            }
        }
        found
    }
}
