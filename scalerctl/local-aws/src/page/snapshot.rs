//! The state that the page shows.

use jiff::Timestamp;
use reactive_scaler::{
    config::Route,
    lease::{NAMES, Records},
    port::VariantId,
};
use serde::Serialize;
use simulator::{EndpointState, MetricName, VariantState, World};

use super::{
    alarms::{AlarmShown, alarms_of},
    targets::{UploadTarget, upload_targets},
};
use crate::fault::{Fault, is_present};

/// How far back the newest datapoint can be.
const RECENT: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);

/// The state of the simulated AWS, without its time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Snapshot {
    /// Simulated seconds per second.
    speed: i32,
    endpoints: Vec<EndpointShown>,
    faults: Vec<FaultShown>,
    uploads: Vec<UploadTarget>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct EndpointShown {
    name: String,
    status: String,
    failure_reason: Option<String>,
    waiting: usize,
    running: usize,
    /// The newest visible datapoint of `ApproximateBacklogSize`.
    datapoint: Option<DatapointShown>,
    variants: Vec<VariantShown>,
    alarms: Vec<AlarmShown>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct DatapointShown {
    at: Timestamp,
    value: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct VariantShown {
    name: String,
    desired: i32,
    in_service: i32,
    /// `MinCapacity` and `MaxCapacity`. `None`: not registered.
    bounds: Option<(i32, i32)>,
    suspended: bool,
    /// Lease, work record, and hold.
    records: Vec<RecordShown>,
    floor: FloorShown,
    /// Scheduled actions that are not ours.
    others: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct RecordShown {
    name: &'static str,
    ends_at: Timestamp,
    release: Timestamp,
}

/// Who set `MinCapacity`, as far as the records tell.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum FloorShown {
    /// `MinCapacity` is 0, or there is no registration.
    None,
    /// Our floor. Application Auto Scaling removes it at this time.
    Ours { until: Timestamp },
    /// No record of ours has a floor.
    Owners,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct FaultShown {
    name: &'static str,
    description: &'static str,
    present: bool,
}

impl Snapshot {
    /// The state now.
    pub(super) fn of(world: &World, routes: &[Route], speed: i32) -> Self {
        let fault = |fault: Fault| FaultShown {
            name: fault.name(),
            description: fault.description(),
            present: is_present(world, routes, fault),
        };
        Self {
            speed,
            endpoints: world.endpoints().map(|endpoint| shown(world, endpoint)).collect(),
            faults: Fault::ALL.map(fault).into(),
            uploads: upload_targets(routes),
        }
    }
}

fn shown(world: &World, endpoint: &EndpointState) -> EndpointShown {
    let now = world.now();
    let visible = world.visible(MetricName::BacklogSize, &endpoint.name, now - RECENT, now);
    let newest = visible.last().map(|point| DatapointShown { at: point.at, value: point.value });
    EndpointShown {
        name: endpoint.name.clone(),
        status: format!("{:?}", endpoint.status),
        failure_reason: endpoint.failure_reason.clone(),
        waiting: endpoint.waiting(),
        running: endpoint.running(),
        datapoint: newest,
        variants: endpoint.variants.iter().map(|it| variant(world, endpoint, it)).collect(),
        alarms: alarms_of(world, &endpoint.name),
    }
}

fn variant(world: &World, endpoint: &EndpointState, variant: &VariantState) -> VariantShown {
    let id = VariantId::new(&endpoint.name, &variant.name);
    let target = world.target(&id);
    let actions = world.actions_of(&id);
    let records = Records::read(&actions, &id, world.now());
    let shown = records.keeping_awake().map(|(name, record)| RecordShown {
        name: name.trim_start_matches("reactive-scaler-"),
        ends_at: record.ends_at(),
        release: record.release,
    });
    let floors = records.keeping_awake().filter(|(_, record)| records.counts(*record));
    let until = floors.map(|(_, record)| record.release).max();
    let floor = match (target.as_ref().map_or(0, |target| target.min), until) {
        (0, _) => FloorShown::None,
        (1, Some(until)) => FloorShown::Ours { until },
        _ => FloorShown::Owners,
    };
    let others = actions.iter().filter(|action| !NAMES.contains(&action.name.as_str()));
    VariantShown {
        name: variant.name.clone(),
        desired: variant.desired,
        in_service: variant.current,
        bounds: target.as_ref().map(|target| (target.min, target.max)),
        suspended: target.is_some_and(|target| {
            let it = target.suspended;
            it.scaling_in || it.scaling_out || it.scheduled
        }),
        records: shown.collect(),
        floor,
        others: others.map(|action| format!("{}: {}", action.name, action.schedule)).collect(),
    }
}
