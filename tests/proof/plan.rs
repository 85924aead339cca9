//! The plan of a world: its endpoints, its events and their times. A plan is data, so that it can
//! be shrunk: an event can be removed without a change to the others.

use std::time::Duration;

use jiff::SignedDuration;
use simulator::{CutJobs, Fault, Operation, PastSchedule, Publishing};

/// Milliseconds since the start of the world.
pub type At = u64;

/// The start of each world.
pub const START: &str = "2030-01-07T14:00:00Z";

pub const SECOND: u64 = 1000;
pub const MINUTE: u64 = 60 * SECOND;

/// The generator of a world. A seed results in a different world for each family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// One to three endpoints, each with its own route: `generate.rs`.
    Small,
    /// Many endpoints, every kind of route, and owners who set bounds: `generate_fleet.rs`.
    Fleet,
    /// One or two endpoints whose results are connected: `generate_results.rs`.
    Results,
}

#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: u64,
    pub family: Family,
    pub settings: ModelSettings,
    pub endpoints: Vec<EndpointPlan>,
    /// How many seconds the clock of each container is ahead. One entry for each concurrent
    /// container.
    pub skews: Vec<i64>,
    /// The offset of ticks from the start of the minute.
    pub tick_after: u64,
    /// Whether SageMaker sends events for changes of status.
    pub tells_status: bool,
    /// Whether an alarm on `HasBacklogWithoutCapacity` invokes the function.
    pub backstop: bool,
    /// The queue between S3 or SNS and the function, if there is one.
    pub queue: Option<QueuePlan>,
    /// Ordered by time.
    pub events: Vec<PlannedEvent>,
    /// From this time on, all faults are over and only ticks occur.
    pub calm_from: At,
    pub ends: At,
}

/// The SQS queue in front of the function.
#[derive(Debug, Clone, Copy)]
pub struct QueuePlan {
    /// The batching window.
    pub window: At,
    /// The maximum number of messages in a batch.
    pub most: usize,
    /// Whether SNS delivers the messages of a topic without an envelope (raw message delivery).
    pub is_raw: bool,
}

/// The settings of the model that vary between worlds. All of them are assumptions.
#[derive(Debug, Clone)]
pub struct ModelSettings {
    pub metric_lag: Duration,
    pub publishing: Publishing,
    pub past_schedule: PastSchedule,
    pub keep_past_actions: bool,
    pub schedule_lateness: Duration,
    pub update_accepted_when_degraded: bool,
    pub deregister_on_delete: bool,
    pub page_size: usize,
    pub backlog_counts_running: bool,
    pub cut_jobs: CutJobs,
    pub ledger_page_size: usize,
}

#[derive(Debug, Clone)]
pub struct EndpointPlan {
    pub name: String,
    pub variant: &'static str,
    /// The kind of route that leads to it.
    pub route_kind: RouteKind,
    /// The model of its endpoint configuration.
    pub model: String,
    /// The age in minutes at the start of the world.
    pub age: u64,
    pub registered: bool,
    pub max: i32,
    pub wake_to: i32,
    pub idle_minutes: i64,
    pub inputs_per_instance: Option<u32>,
    pub starts_with: i32,
    pub provisioning: Duration,
    pub scale_in: Duration,
    pub concurrency: usize,
    /// Whether the results are connected.
    pub results: bool,
    pub job_minutes: u64,
}

impl EndpointPlan {
    /// J: the window of everything that is judged without results.
    pub fn window(&self) -> SignedDuration {
        let job = self.job_minutes.cast_signed() + 2;
        SignedDuration::from_mins(self.idle_minutes.max(job).max(5))
    }
}

/// The kinds of routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RouteKind {
    /// The route has the endpoint's name.
    Named,
    /// The route has a pattern. Inputs go to the newest matching endpoint.
    Newest,
    /// The route has a pattern. Inputs go to all matching endpoints.
    All,
    /// The key contains the name, at the position of `{endpoint}` in the prefix.
    InKey,
    /// A key of the SageMaker Python SDK with the endpoint's name.
    SdkName,
    /// A key of the SageMaker Python SDK with the model's name.
    SdkModel,
}

#[derive(Debug, Clone)]
pub struct PlannedEvent {
    /// Identifies the event in the timeline, and is part of the seed of its random numbers.
    pub number: u64,
    pub at: At,
    pub kind: EventKind,
}

#[derive(Debug, Clone)]
pub enum EventKind {
    /// Uploads an input and queues its request. The event is delivered once for each entry, after
    /// that time. No entry is a lost event, two entries are a duplicate.
    Upload {
        endpoint: usize,
        processing: Duration,
        delivered_after: Vec<u64>,
    },
    /// An object and its requests, of an endpoint whose results are connected.
    Request(RequestPlan),
    /// This many uploads for each of several endpoints, in one event.
    Batch {
        endpoints: Vec<usize>,
        uploads: usize,
        delivered_after: Vec<u64>,
    },
    /// The owner of an endpoint changes one of its settings.
    Owner {
        endpoint: usize,
        on: OwnerTrigger,
        change: OwnerChange,
    },
    /// A request with an inline body, without an event.
    Inline {
        endpoint: usize,
        processing: Duration,
    },
    /// The event of an upload from hours ago is delivered, for example from a dead-letter queue.
    OldEvent {
        endpoint: usize,
        hours: i64,
    },
    /// The ticks of this many minutes are missing.
    TicksMissing {
        minutes: u64,
    },
    /// An additional tick: a duplicate or a late one.
    ExtraTick,
    /// An event that the function ignores, or that is about other resources.
    Foreign {
        form: usize,
    },
    StatusEvent {
        endpoint: usize,
    },
    AlarmEvent {
        endpoint: usize,
    },
    ResultEvent {
        endpoint: usize,
    },
    Command {
        endpoint: usize,
        command: Command,
        twice: bool,
    },
    OutsideChange {
        endpoint: usize,
        change: OutsideChange,
    },
    /// A container is dropped. The next event runs in a cold one.
    Drop {
        container: usize,
    },
    Disruption(Disruption),
}

/// An object and its requests.
#[derive(Debug, Clone)]
pub struct RequestPlan {
    pub endpoint: usize,
    /// The number of its key. Two plans with the same number use the same key.
    pub key: u64,
    /// Whether it happens right before an item of the ledger is deleted or forgotten, and uses the key of that item.
    pub on_item_change: bool,
    /// Whether the object is uploaded now. If not, it existed before, and there is no event.
    pub uploaded: bool,
    /// The event of the upload is delivered once for each entry, after that time.
    pub delivered_after: Vec<At>,
    /// InvokeEndpointAsync is called once for each entry.
    pub calls: Vec<CallPlan>,
}

/// One call of InvokeEndpointAsync.
#[derive(Debug, Clone)]
pub struct CallPlan {
    /// The time from the upload.
    pub after: At,
    pub processing: Duration,
    /// The result's message is delivered once for each entry, that long after the request has completed.
    pub result_after: Vec<At>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    Wake,
    Sleep { force: bool },
    Hold { minutes: u64 },
    Release,
    Status,
}

/// When an owner makes a change: at the next occurrence of this event, plus milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerTrigger {
    Now,
    /// The function has set the capacity to 0.
    Zero(u64),
    /// The function has set `MinCapacity` to 1.
    FloorUp(u64),
    /// The function has set `MinCapacity` to 0.
    FloorDown(u64),
    /// L: a record of the function ends.
    Ends(u64),
    /// This long before R, the time at which AWS runs a record.
    BeforeRelease(u64),
}

/// A setting that an owner changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerChange {
    Min(i32),
    Max(i32),
    /// `cron`: `MinCapacity` 1, starting in this many minutes and for this many minutes.
    OfficeHours {
        begins_in: u64,
        lasting: u64,
        zone: &'static str,
    },
    /// `at`: this `MinCapacity`, in this many minutes.
    Once {
        min: i32,
        in_minutes: u64,
        zone: &'static str,
    },
    /// A one-time action from two days ago that is still listed.
    Past {
        zone: &'static str,
    },
}

/// A change of an endpoint by a person, a deployment or AWS.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OutsideChange {
    Scale { to: i32 },
    Suspend { scaling_in: bool, scaling_out: bool, scheduled: bool, minutes: u64 },
    Bounds { min: i32, max: i32, minutes: u64 },
    Deregister { minutes: u64 },
    Recreate { minutes: u64 },
    Deploy { minutes: u64 },
    Maintain { minutes: u64 },
    RollBack { minutes: u64 },
    Degrade { minutes: u64 },
    Quota { minutes: u64 },
    Shortage { minutes: u64 },
    AlarmLow { minutes: u64 },
    LoseMetrics { minutes: u64 },
    StickBacklog { value: u32, minutes: u64 },
    DelayMetrics { minutes: u64 },
    ForeignAction { minutes: u64 },
}

/// A disruption between the function and AWS.
#[derive(Debug, Clone)]
pub enum Disruption {
    /// The next calls of one operation or of all operations fail.
    Calls { operation: Option<Operation>, fault: Fault, times: u32, lasting: u64 },
    /// All matching calls fail for some time.
    MatchingCalls { about: CallTarget, mode: FailureMode, lasting: u64 },
    /// The account has a rate limit.
    Limit { per_second: u32, burst: u32, lasting: u64 },
    /// Each call takes this long.
    Latency { each: u64, lasting: u64 },
    /// Reads return the state of this long ago.
    Stale { by: u64, lasting: u64 },
    /// The next invocation is killed at this call, before or after its effect.
    Kill { call: usize, after_effect: bool },
    /// The next invocation is frozen after this call.
    Freeze { call: usize, lasting: u64 },
    /// The next invocation makes no progress after this call, and Lambda stops it at its timeout.
    Stop { call: usize },
    /// Calls of invocations that start during this time take seconds.
    Slow { lasting: u64 },
}

/// The calls that a disruption affects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallTarget {
    /// DescribeEndpoint of this endpoint.
    Endpoint(usize),
    /// DescribeScalableTargets of this endpoint alone.
    Target(usize),
    /// DescribeScalableTargets of the whole namespace.
    Listing,
    /// UpdateEndpointWeightsAndCapacities of this endpoint.
    Capacity(usize),
    /// All calls to the ledger.
    Ledger,
}

/// How a call fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureMode {
    /// The call is not answered until the disruption is over.
    Hangs,
    Fails(Fault),
}

impl Plan {
    /// The number of variants of this endpoint that have a route.
    pub fn variants(&self, endpoint: usize) -> usize {
        let name = &self.endpoints[endpoint].name;
        self.endpoints.iter().filter(|of| of.name == *name).count()
    }

    /// Whether this is the first variant of its endpoint. Events that name only the endpoint have its number.
    pub fn is_first_variant(&self, endpoint: usize) -> bool {
        let name = &self.endpoints[endpoint].name;
        self.endpoints.iter().position(|of| of.name == *name) == Some(endpoint)
    }

    /// The endpoints that an input for this endpoint is routed to. A pattern can match several.
    pub fn meant_with(&self, endpoint: usize) -> Vec<usize> {
        let route_kind = self.endpoints[endpoint].route_kind;
        match route_kind {
            RouteKind::All => self.of(route_kind),
            RouteKind::Newest => self.newest().into_iter().collect(),
            _ => vec![endpoint],
        }
    }

    /// The newest endpoint with the route kind `Newest`.
    pub fn newest(&self) -> Option<usize> {
        self.of(RouteKind::Newest).into_iter().min_by_key(|place| self.endpoints[*place].age)
    }

    /// The endpoints with this kind of route.
    pub fn of(&self, route_kind: RouteKind) -> Vec<usize> {
        let all = self.endpoints.iter().enumerate();
        all.filter(|(_, of)| of.route_kind == route_kind).map(|(place, _)| place).collect()
    }
}
